-- One look at a stream together with other keys of its slot. KEYS: stream, then any others.
-- ARGV: the newest position that the caller knows of the stream ('' where there is none yet).
-- Answers 0 when something has come meanwhile, else for each key its kind and what it holds.
local function newest()
  if redis.call('EXISTS', KEYS[1]) == 0 then
    return ''
  end
  local told = redis.call('XINFO', 'STREAM', KEYS[1])
  for i = 1, #told, 2 do
    if told[i] == 'last-generated-id' then
      return told[i + 1]
    end
  end
end
if newest() ~= ARGV[1] then
  return 0
end
local answer = {}
for _, key in ipairs(KEYS) do
  local kind = redis.call('TYPE', key).ok
  local held = false
  if kind == 'string' then
    held = redis.call('GET', key)
  elseif kind == 'list' then
    held = redis.call('LRANGE', key, 0, -1)
  elseif kind == 'stream' then
    held = redis.call('XRANGE', key, '-', '+')
  elseif kind ~= 'none' then
    return redis.error_reply('ERR a ' .. kind .. ' is not expected here')
  end
  answer[#answer + 1] = { kind, held }
end
return answer
