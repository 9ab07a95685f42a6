-- Draw from what may be used within a window. KEYS: used. ARGV: wanted, most, seconds to remember.
-- Answers how much was given: the whole, what is left, or 0.
local used = tonumber(redis.call('GET', KEYS[1]) or '0')
local given = math.min(tonumber(ARGV[1]), tonumber(ARGV[2]) - used)
if given <= 0 then
  return 0
end
redis.call('INCRBY', KEYS[1], given)
redis.call('EXPIRE', KEYS[1], ARGV[3])
return given
