-- Take a batch of one shard: drop what was seen before, append the rest to the stream, and put each on its
-- shopper's short list. KEYS: stream, seen this week, seen last week, pending (the last three are prefixes).
-- ARGV: high-water mark, seconds to remember, then fingerprint, bucket, shopper ('' for nobody), document.
-- Answers one character per activity: '1' taken, '0' seen before.
if redis.call('XLEN', KEYS[1]) > tonumber(ARGV[1]) then
  return redis.error_reply('HIGHWATER the stream is longer than the worker keeps up with')
end
local answer = {}
for i = 3, #ARGV, 4 do
  local mark, bucket, shopper, document = ARGV[i], ARGV[i + 1], ARGV[i + 2], ARGV[i + 3]
  if redis.call('SISMEMBER', KEYS[3] .. bucket, mark) == 1
      or redis.call('SADD', KEYS[2] .. bucket, mark) == 0 then
    answer[#answer + 1] = '0'
  else
    redis.call('EXPIRE', KEYS[2] .. bucket, ARGV[2])
    redis.call('XADD', KEYS[1], '*', 'd', document)
    if shopper ~= '' then
      redis.call('RPUSH', KEYS[4] .. shopper, document)
    end
    answer[#answer + 1] = '1'
  end
end
return table.concat(answer)
