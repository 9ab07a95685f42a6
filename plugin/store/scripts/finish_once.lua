-- Put the answer in place of the run that gave it. KEYS: record, bytes kept today.
-- ARGV: the mark of that run, the answer, seconds to keep it, bytes it takes with its key.
-- Answers 1, or 0 when the run took so long that the record is no longer its own.
if redis.call('GET', KEYS[1]) ~= ARGV[1] then
  return 0
end
redis.call('SET', KEYS[1], ARGV[2], 'EX', ARGV[3])
redis.call('INCRBY', KEYS[2], ARGV[4])
redis.call('EXPIRE', KEYS[2], 2 * ARGV[3])
return 1
