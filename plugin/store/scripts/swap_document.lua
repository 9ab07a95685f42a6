-- Change one document only if it is still what the writer read. KEYS: documents, version, changes,
-- history. ARGV: name, body before ('' for none), body after ('' deletes), the history entry ('' for none).
-- Answers the new version, or 0 when stale.
local held = redis.call('HGET', KEYS[1], ARGV[1]) or ''
if held ~= ARGV[2] then
  return 0
end
local version = redis.call('INCR', KEYS[2])
if ARGV[3] == '' then
  redis.call('HDEL', KEYS[1], ARGV[1])
else
  redis.call('HSET', KEYS[1], ARGV[1], ARGV[3])
end
redis.call('ZADD', KEYS[3], version, ARGV[1])
if ARGV[4] ~= '' then
  redis.call('XADD', KEYS[4], '*', 'd', ARGV[4])
end
return version
