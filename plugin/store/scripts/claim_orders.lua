-- Ask for order ids of one bucket. KEYS: bucket. ARGV: pairs of order fingerprint and owner.
-- An id belongs to the document that first confirmed it ('!' in front of the owner); an unconfirmed claim of
-- another document is taken over, because that document may never have been kept.
-- Answers one character per pair: '1' go on, '0' another document made this order.
local answer = {}
for i = 1, #ARGV, 2 do
  local held = redis.call('HGET', KEYS[1], ARGV[i])
  if held and string.sub(held, 1, 1) == '!' and string.sub(held, 2) ~= ARGV[i + 1] then
    answer[#answer + 1] = '0'
  else
    if not held then
      redis.call('HSET', KEYS[1], ARGV[i], ARGV[i + 1])
    end
    answer[#answer + 1] = '1'
  end
end
return table.concat(answer)
