-- Change documents of a shop in one step. KEYS: documents, version, changes, history.
-- ARGV: then triples of name, body ('' deletes), and the history entry ('' for none).
local version = redis.call('INCR', KEYS[2])
for i = 1, #ARGV, 3 do
  if ARGV[i + 1] == '' then
    redis.call('HDEL', KEYS[1], ARGV[i])
  else
    redis.call('HSET', KEYS[1], ARGV[i], ARGV[i + 1])
  end
  redis.call('ZADD', KEYS[3], version, ARGV[i])
  if ARGV[i + 2] ~= '' then
    redis.call('XADD', KEYS[4], '*', 'd', ARGV[i + 2])
  end
end
return version
