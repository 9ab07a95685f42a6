-- One consistent look at a shopper. KEYS: profile, pending.
return {redis.call('GET', KEYS[1]), redis.call('LRANGE', KEYS[2], 0, -1)}
