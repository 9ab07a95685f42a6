-- with shared/ids.lua
-- Take a batch of one shard: drop what was seen before or may not be kept, append the rest to the stream, and
-- put each on its shopper's short list.
-- KEYS: stream, ids seen this week, ids seen last week, pending (the last three are prefixes), consent, erased.
-- ARGV: high-water mark, seconds to remember, whether a profile may be kept of who said nothing ('y' or 'n'),
-- then for each activity: its head, its shopper ('' for nobody), its document. A head is the id (8 bytes), the
-- bucket (a byte), whether it is kept without consent (a byte), the shopper's mark among the erased ('' where
-- nobody is).
-- Answers one character per activity: '1' taken, '0' seen before, '-' not kept.
if redis.call('XLEN', KEYS[1]) > tonumber(ARGV[1]) then
  return redis.error_reply('HIGHWATER the stream is longer than the worker keeps up with')
end

local function withheld(shopper, kept_anyway, mark)
  if mark ~= '' and redis.call('SISMEMBER', KEYS[6], mark) == 1 then
    return true
  end
  return kept_anyway == 0 and (redis.call('HGET', KEYS[5], shopper) or ARGV[3]) == 'n'
end

local answer = {}
for i = 4, #ARGV, 3 do
  local head, shopper, document = ARGV[i], ARGV[i + 1], ARGV[i + 2]
  local id, bucket, kept_anyway = string.sub(head, 1, ID), string.byte(head, ID + 1, ID + 2)
  local seen, place, is_new = find_id(KEYS[2] .. bucket, id)
  if seen or find_id(KEYS[3] .. bucket, id) then
    answer[#answer + 1] = '0'
  elseif shopper ~= '' and withheld(shopper, kept_anyway, string.sub(head, ID + 3)) then
    answer[#answer + 1] = '-'
  else
    redis.call('APPEND', place, id)
    if is_new then
      redis.call('EXPIRE', place, ARGV[2])
    end
    redis.call('XADD', KEYS[1], '*', 'd', document)
    if shopper ~= '' then
      redis.call('RPUSH', KEYS[4] .. shopper, document)
    end
    answer[#answer + 1] = '1'
  end
end
return table.concat(answer)
