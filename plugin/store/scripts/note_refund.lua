-- Remember that something of an order came back, for a redemption that may become part of it later.
-- KEYS: what came back of the order. ARGV: refund, what it says, seconds to keep it, the most refunds of an order.
-- Answers 1, or 0 where it was known, or there are too many.
if redis.call('HLEN', KEYS[1]) >= tonumber(ARGV[4]) or redis.call('HSETNX', KEYS[1], ARGV[1], ARGV[2]) == 0 then
  return 0
end
return redis.call('EXPIRE', KEYS[1], ARGV[3])
