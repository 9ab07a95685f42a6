-- Take a visitor's number from a shopper, for good.
-- KEYS: bucket of owners. ARGV: the number's mark, the shopper, and the shopper's own mark.
-- Answers 1 when it was this shopper's until now.
local held = redis.call('HGET', KEYS[1], ARGV[1]) or ''
local owner, apart = string.match(held, '^([^\n]*)(.*)$')
local was = owner == ARGV[2]
if was then
  owner = ''
end
if not string.find(apart .. '\n', '\n' .. ARGV[3] .. '\n', 1, true) then
  apart = apart .. '\n' .. ARGV[3]
end
redis.call('HSET', KEYS[1], ARGV[1], owner .. apart)
return was and 1 or 0
