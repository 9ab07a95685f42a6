-- with shared/documents.lua
-- Write an offer rule and, in the same step, what it looked like as its next version. KEYS: documents,
-- version, changes, the rule's versions. ARGV: document name, body before ('' for none), body after
-- ('' deletes), the new version's number, its record, the number that is dropped for it, how many seconds
-- the versions are kept from now on (0 for ever), then pairs of number and record that were not kept yet.
-- Answers 1, or 0 when somebody was quicker.
local held = redis.call('HGET', KEYS[1], ARGV[1]) or ''
if held ~= ARGV[2] or redis.call('HEXISTS', KEYS[4], ARGV[4]) == 1 then
  return 0
end
keep(redis.call('INCR', KEYS[2]), ARGV[1], ARGV[3])
for i = 8, #ARGV, 2 do
  redis.call('HSETNX', KEYS[4], ARGV[i], ARGV[i + 1])
end
redis.call('HSET', KEYS[4], ARGV[4], ARGV[5])
redis.call('HDEL', KEYS[4], ARGV[6])
if ARGV[7] == '0' then
  redis.call('PERSIST', KEYS[4])
else
  redis.call('EXPIRE', KEYS[4], ARGV[7])
end
return 1
