-- with shared/ledger.lua
-- How far an offer is used up, holds that are over given back. ARGV: now, then names of counts.
-- Answers the counts, in that order; none is nil.
sweep(ARGV[1])
return call('HMGET', KEYS[1], unpack(ARGV, 2))
