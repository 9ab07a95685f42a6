-- Give visitors' numbers of one bucket to the shoppers proven beside them, if they are nobody's yet.
-- KEYS: bucket of owners. ARGV: pairs of the number's mark and the shopper.
-- An entry is the owner ('' for nobody), and on further lines whom it was taken from and never goes back to.
-- Answers one character per pair: '1' the number is this shopper's, '0' it is not.
local answer = {}
for i = 1, #ARGV, 2 do
  local number, shopper = ARGV[i], ARGV[i + 1]
  local held = redis.call('HGET', KEYS[1], number) or ''
  local owner, apart = string.match(held, '^([^\n]*)(.*)$')
  if owner == '' and not string.find(apart .. '\n', '\n' .. shopper .. '\n', 1, true) then
    redis.call('HSET', KEYS[1], number, shopper .. apart)
    owner = shopper
  end
  answer[#answer + 1] = owner == shopper and '1' or '0'
end
return table.concat(answer)
