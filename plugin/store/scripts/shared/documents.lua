-- Keep a document of a shop as of a version, or delete it ('' for its body). KEYS of the script: documents,
-- version, changes.
local function keep(version, name, body)
  if body == '' then
    redis.call('HDEL', KEYS[1], name)
  else
    redis.call('HSET', KEYS[1], name, body)
  end
  redis.call('ZADD', KEYS[3], version, name)
end
