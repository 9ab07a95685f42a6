-- Remember a redemption with its order. KEYS: redemptions of the order, what was told to have come back of it.
-- ARGV: redemption, seconds to keep it. Answers what came back: each refund's id and what it says.
redis.call('SADD', KEYS[1], ARGV[1])
redis.call('EXPIRE', KEYS[1], ARGV[2])
return redis.call('HGETALL', KEYS[2])
