-- Settle order ids on the documents that are now on disk. KEYS: bucket. ARGV: pairs of fingerprint and owner.
for i = 1, #ARGV, 2 do
  local held = redis.call('HGET', KEYS[1], ARGV[i])
  if not held or string.sub(held, 1, 1) ~= '!' then
    redis.call('HSET', KEYS[1], ARGV[i], '!' .. ARGV[i + 1])
  end
end
return 1
