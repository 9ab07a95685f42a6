-- Remember whose an order is and answer what waited for it: message marks and documents, in turn.
-- KEYS: buyers (bucket), early (of this order). ARGV: order fingerprint, shopper ('' for a guest).
-- The first name stands, except that a guest's order may still become somebody's.
local held = redis.call('HGET', KEYS[1], ARGV[1])
if not held or (held == '' and ARGV[2] ~= '') then
  redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
end
return redis.call('HGETALL', KEYS[2])
