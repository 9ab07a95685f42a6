-- Change one record only if it is still what the writer read, and say how long it is to be kept.
-- KEYS: record. ARGV: before ('' for none), after, milliseconds to keep it.
-- Answers 1, or 0 when somebody else has changed it meanwhile (nothing is done then).
if (redis.call('GET', KEYS[1]) or '') ~= ARGV[1] then
  return 0
end
redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
return 1
