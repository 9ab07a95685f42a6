-- Say whose an order is; where nobody knows yet, have a document about it wait.
-- KEYS: buyers (bucket), early (of this order). ARGV: order fingerprint, most that may wait, seconds to wait,
-- then nothing, or message mark and document.
-- Answers {1, shopper} ('' for a guest), or {0} unknown, {2} waits now, {3} waited already, {4} no more may wait.
local held = redis.call('HGET', KEYS[1], ARGV[1])
if held then
  return {1, held}
end
if not ARGV[4] then
  return {0}
end
if redis.call('HEXISTS', KEYS[2], ARGV[4]) == 1 then
  return {3}
end
if redis.call('HLEN', KEYS[2]) >= tonumber(ARGV[2]) then
  return {4}
end
redis.call('HSET', KEYS[2], ARGV[4], ARGV[5])
redis.call('EXPIRE', KEYS[2], ARGV[3])
return {2}
