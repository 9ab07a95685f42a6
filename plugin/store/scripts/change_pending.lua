#!lua flags=allow-oom
-- Change a document where it waits on its shopper's short list. KEYS: pending. ARGV: before, after.
-- Answers how many there were.
local changed = 0
for place, document in ipairs(redis.call('LRANGE', KEYS[1], 0, -1)) do
  if document == ARGV[1] then
    redis.call('LSET', KEYS[1], place - 1, ARGV[2])
    changed = changed + 1
  end
end
return changed
