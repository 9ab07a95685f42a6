-- with shared/ids.lua
-- Ask for order ids of one bucket. KEYS: ids made for ever, claims (a prefix).
-- ARGV: milliseconds a claim lasts, then pairs of order id (8 bytes) and who asks.
-- A claim is the word of one document for as long as it takes to keep it: when its writer dies, it runs out.
-- Answers one character per pair: '1' go on, '0' this order is made already, '?' another document is at it.
local answer = {}
for i = 2, #ARGV, 2 do
  local claim = KEYS[2] .. ARGV[i]
  local holder = redis.call('GET', claim)
  if find_id(KEYS[1], ARGV[i]) then
    answer[#answer + 1] = '0'
  elseif holder and holder ~= ARGV[i + 1] then
    answer[#answer + 1] = '?'
  else
    redis.call('SET', claim, ARGV[i + 1], 'PX', ARGV[1])
    answer[#answer + 1] = '1'
  end
end
return table.concat(answer)
