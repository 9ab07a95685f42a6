-- Give visitors' numbers to the shoppers proven beside them, if they are nobody's yet.
-- KEYS: bucket of owners. ARGV: triples of the number's mark, the shopper, and the shopper's own mark.
-- An entry is the owner ('' for nobody), and on further lines the marks of those from whom it was taken: they
-- never get it back.
-- Answers one character per triple: '1' the number is this shopper's, '0' it is not.
local answer = {}
for i = 1, #ARGV, 3 do
  local number, shopper, mark = ARGV[i], ARGV[i + 1], ARGV[i + 2]
  local held = redis.call('HGET', KEYS[1], number) or ''
  local owner, apart = string.match(held, '^([^\n]*)(.*)$')
  if owner == '' and not string.find(apart .. '\n', '\n' .. mark .. '\n', 1, true) then
    redis.call('HSET', KEYS[1], number, shopper .. apart)
    owner = shopper
  end
  answer[#answer + 1] = owner == shopper and '1' or '0'
end
return table.concat(answer)
