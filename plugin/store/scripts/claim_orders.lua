-- Ask for order ids of one bucket. KEYS: bucket. ARGV: pairs of order fingerprint and owner.
-- An id belongs to the document that first confirmed it ('!' in front of the owner); an unconfirmed claim
-- stops nobody, because its document may never have been kept.
-- Answers one character per pair: '1' go on, '0' this order is made already.
local answer = {}
for i = 1, #ARGV, 2 do
  local held = redis.call('HGET', KEYS[1], ARGV[i])
  if held and string.sub(held, 1, 1) == '!' then
    answer[#answer + 1] = '0'
  else
    if not held then
      redis.call('HSET', KEYS[1], ARGV[i], ARGV[i + 1])
    end
    answer[#answer + 1] = '1'
  end
end
return table.concat(answer)
