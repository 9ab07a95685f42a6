#!lua flags=allow-oom
-- Take letters out of a box of dead letters. KEYS: letters, their order. ARGV: places. Answers how many.
local taken = 0
for i = 1, #ARGV do
  redis.call('ZREM', KEYS[2], ARGV[i])
  taken = taken + redis.call('HDEL', KEYS[1], string.sub(ARGV[i], 12))
end
return taken
