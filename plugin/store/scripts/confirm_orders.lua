-- with shared/ids.lua
-- Settle the order ids of one bucket whose documents are now on disk, and give back the claims on the others.
-- KEYS: ids made for ever, claims (a prefix). ARGV: triples of order id (8 bytes), who asked, '1' when kept.
for i = 1, #ARGV, 3 do
  local made, place = find_id(KEYS[1], ARGV[i])
  if not made and ARGV[i + 2] == '1' then
    redis.call('APPEND', place, ARGV[i])
  end
  if redis.call('GET', KEYS[2] .. ARGV[i]) == ARGV[i + 1] then
    redis.call('DEL', KEYS[2] .. ARGV[i])
  end
end
return 1
