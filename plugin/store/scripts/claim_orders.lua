-- Ask for order ids of one bucket. KEYS: ids made for ever, claims (a prefix).
-- ARGV: milliseconds a claim lasts, then pairs of order id (8 bytes) and who asks.
-- A claim is the word of one document for as long as it takes to keep it: when its writer dies, it runs out.
-- Answers one character per pair: '1' go on, '0' this order is made already, '?' another document is at it.
local ID = 8
local made = redis.call('GET', KEYS[1]) or ''
local answer = {}
for i = 2, #ARGV, 2 do
  local at = string.find(made, ARGV[i], 1, true)
  while at and (at - 1) % ID ~= 0 do
    at = string.find(made, ARGV[i], at + 1, true)
  end
  if at then
    answer[#answer + 1] = '0'
  else
    local claim = KEYS[2] .. ARGV[i]
    local holder = redis.call('GET', claim)
    if holder and holder ~= ARGV[i + 1] then
      answer[#answer + 1] = '?'
    else
      redis.call('SET', claim, ARGV[i + 1], 'PX', ARGV[1])
      answer[#answer + 1] = '1'
    end
  end
end
return table.concat(answer)
