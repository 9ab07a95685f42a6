-- with shared/documents.lua
-- Change documents of a shop in one step. KEYS: documents, version, changes, history.
-- ARGV: then triples of name, body ('' deletes), and the history entry ('' for none).
local version = redis.call('INCR', KEYS[2])
for i = 1, #ARGV, 3 do
  keep(version, ARGV[i], ARGV[i + 1])
  if ARGV[i + 2] ~= '' then
    redis.call('XADD', KEYS[4], '*', 'd', ARGV[i + 2])
  end
end
return version
