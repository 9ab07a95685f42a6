-- One consistent look at an identity. KEYS: profile, pending, older (what lies beside the profile), owners.
-- ARGV: the visitor's mark among the owners ('' for a known shopper).
-- Answers profile, pending, older (only where something is pending that it may be needed for), owner.
local pending = redis.call('LRANGE', KEYS[2], 0, -1)
local older = #pending > 0 and redis.call('GET', KEYS[3])
local owner = ARGV[1] ~= '' and redis.call('HGET', KEYS[4], ARGV[1])
return {redis.call('GET', KEYS[1]), pending, older, owner}
