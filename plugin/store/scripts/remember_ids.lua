-- with shared/ids.lua
-- Count message ids as seen. KEYS: ids seen this week (a prefix). ARGV: seconds to remember, then pairs of id
-- (8 bytes) and bucket.
for i = 2, #ARGV, 2 do
  local seen, place, is_new = find_id(KEYS[1] .. ARGV[i + 1], ARGV[i])
  if not seen then
    redis.call('APPEND', place, ARGV[i])
    if is_new then
      redis.call('EXPIRE', place, ARGV[1])
    end
  end
end
return 1
