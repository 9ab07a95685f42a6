-- Settle the order ids of one bucket whose documents are now on disk, and give back the claims on the others.
-- KEYS: ids made for ever, claims (a prefix). ARGV: triples of order id (8 bytes), who asked, '1' when kept.
local ID = 8
for i = 1, #ARGV, 3 do
  local made = redis.call('GET', KEYS[1]) or ''
  local at = string.find(made, ARGV[i], 1, true)
  while at and (at - 1) % ID ~= 0 do
    at = string.find(made, ARGV[i], at + 1, true)
  end
  if not at and ARGV[i + 2] == '1' then
    redis.call('APPEND', KEYS[1], ARGV[i])
  end
  if redis.call('GET', KEYS[2] .. ARGV[i]) == ARGV[i + 1] then
    redis.call('DEL', KEYS[2] .. ARGV[i])
  end
end
return 1
