-- Give one dead letter of a shard back to its shopper, once, and to the stream if the log lacks it.
-- KEYS: letters, their order, stream, pending (of the shopper). ARGV: place, document, '1' to the stream,
-- '1' to the shopper. Answers 1, or 0 when somebody else has taken it.
if redis.call('HDEL', KEYS[1], string.sub(ARGV[1], 12)) == 0 then
  return 0
end
redis.call('ZREM', KEYS[2], ARGV[1])
if ARGV[3] == '1' then
  redis.call('XADD', KEYS[3], '*', 'd', ARGV[2])
end
if ARGV[4] == '1' then
  redis.call('RPUSH', KEYS[4], ARGV[2])
end
return 1
