-- Remember a redemption with its order. KEYS: redemptions of the order. ARGV: redemption, seconds to keep it.
redis.call('SADD', KEYS[1], ARGV[1])
return redis.call('EXPIRE', KEYS[1], ARGV[2])
