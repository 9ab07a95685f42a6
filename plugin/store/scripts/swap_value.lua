#!lua flags=allow-oom
-- Change one value only if it is still what the writer read. KEYS: value. ARGV: before ('' for none), after.
-- Answers 1, or 0 when somebody else has changed it meanwhile (nothing is done then).
if (redis.call('GET', KEYS[1]) or '') ~= ARGV[1] then
  return 0
end
redis.call('SET', KEYS[1], ARGV[2])
return 1
