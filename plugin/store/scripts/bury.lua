#!lua flags=allow-oom
-- Put letters into a box of dead letters, each once, and let the oldest fall out of a box that is full.
-- KEYS: letters, their order. ARGV: how many are kept, the place before which all are too old, then pairs of
-- place (11 hexadecimal digits of time, then the letter's name) and letter.
for i = 3, #ARGV, 2 do
  if redis.call('HSETNX', KEYS[1], string.sub(ARGV[i], 12), ARGV[i + 1]) == 1 then
    redis.call('ZADD', KEYS[2], 0, ARGV[i])
  end
end
local function fall_out(places)
  for _, place in ipairs(places) do
    redis.call('HDEL', KEYS[1], string.sub(place, 12))
    redis.call('ZREM', KEYS[2], place)
  end
end
fall_out(redis.call('ZRANGEBYLEX', KEYS[2], '-', '(' .. ARGV[2]))
local over = redis.call('ZCARD', KEYS[2]) - tonumber(ARGV[1])
if over > 0 then
  fall_out(redis.call('ZRANGE', KEYS[2], 0, over - 1))
end
return 1
