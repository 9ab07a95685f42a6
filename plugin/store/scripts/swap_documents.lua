-- with shared/documents.lua
-- Change documents, each only if it is still what the writer read, in one step. KEYS: documents, version,
-- changes, history. ARGV: then fours of name, body before ('' for none), body after ('' deletes), and the
-- history entry ('' for none). Answers for each 1, or 0 when stale; the version moves once if any changed.
local version = nil
local done = {}
for i = 1, #ARGV, 4 do
  local held = redis.call('HGET', KEYS[1], ARGV[i]) or ''
  if held ~= ARGV[i + 1] then
    done[#done + 1] = 0
  else
    version = version or redis.call('INCR', KEYS[2])
    keep(version, ARGV[i], ARGV[i + 2])
    if ARGV[i + 3] ~= '' then
      redis.call('XADD', KEYS[4], '*', 'd', ARGV[i + 3])
    end
    done[#done + 1] = 1
  end
end
return done
