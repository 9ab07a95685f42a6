-- Add the next link to a chain, if nobody was quicker. KEYS: chain, its newest hash.
-- ARGV: newest hash as the writer read it ('' for none), the hash after, the entry.
-- Answers 1, or 0 when the chain has grown meanwhile (nothing is done then).
if (redis.call('GET', KEYS[2]) or '') ~= ARGV[1] then
  return 0
end
redis.call('XADD', KEYS[1], '*', 'd', ARGV[3], 'h', ARGV[2])
redis.call('SET', KEYS[2], ARGV[2])
return 1
