-- with shared/ids.lua
-- Take a batch: drop what was seen before or may not be kept, append the rest to the streams, and put each on
-- its shopper's short list. All of the batch, or nothing of it where one of its shards is too far behind.
-- KEYS: six for each shard: stream, ids seen this week, ids seen last week, pending (the last three are
-- prefixes), consent, erased. On a cluster a call is about one shard only: two need not be on one server.
-- ARGV: high-water mark, seconds to remember, whether a profile may be kept of who said nothing ('y' or 'n'),
-- then for each activity: its head, its shopper ('' for nobody), its document. A head is the id (8 bytes),
-- which of the shards it belongs to (a byte, from 0), the bucket (a byte), whether it is kept without consent
-- (a byte), the shopper's mark among the erased ('' where nobody is).
-- Answers one character per activity: '1' taken, '0' seen before, '-' not kept.
local call, sub, byte = redis.call, string.sub, string.byte
for key = 1, #KEYS, 6 do
  if call('XLEN', KEYS[key]) > tonumber(ARGV[1]) then
    return redis.error_reply('HIGHWATER the stream is longer than the worker keeps up with')
  end
end

local function withheld(shard, shopper, kept_anyway, mark)
  if mark ~= '' and call('SISMEMBER', KEYS[shard + 6], mark) == 1 then
    return true
  end
  return kept_anyway == 0 and (call('HGET', KEYS[shard + 5], shopper) or ARGV[3]) == 'n'
end

local answer = {}
for i = 4, #ARGV, 3 do
  local head, shopper, document = ARGV[i], ARGV[i + 1], ARGV[i + 2]
  local id, shard, bucket, kept_anyway = sub(head, 1, ID), byte(head, ID + 1, ID + 3)
  shard = 6 * shard
  local seen, place, is_new = find_id(KEYS[shard + 2] .. bucket, id)
  if seen or find_id(KEYS[shard + 3] .. bucket, id) then
    answer[#answer + 1] = '0'
  elseif shopper ~= '' and withheld(shard, shopper, kept_anyway, sub(head, ID + 4)) then
    answer[#answer + 1] = '-'
  else
    call('APPEND', place, id)
    if is_new then
      call('EXPIRE', place, ARGV[2])
    end
    call('XADD', KEYS[shard + 1], '*', 'd', document)
    if shopper ~= '' then
      call('RPUSH', KEYS[shard + 4] .. shopper, document)
    end
    answer[#answer + 1] = '1'
  end
end
return table.concat(answer)
