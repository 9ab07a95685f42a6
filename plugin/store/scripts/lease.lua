#!lua flags=allow-oom
-- Take or keep a lease. KEYS: lease. ARGV: holder, milliseconds. Answers 1 when it is the holder's now.
local held = redis.call('GET', KEYS[1])
if held and held ~= ARGV[1] then
  return 0
end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return 1
