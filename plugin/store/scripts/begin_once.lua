-- Ask whether a request may be carried out. KEYS: record, bytes kept today, bytes kept yesterday.
-- ARGV: the mark of the run that asks, milliseconds it may take, bytes that may be kept.
-- Answers '' (go on, the record is this run's), 'f' (no room for its answer), or the record that is there.
local held = redis.call('GET', KEYS[1])
if held then
  return held
end
local kept = tonumber(redis.call('GET', KEYS[2]) or '0') + tonumber(redis.call('GET', KEYS[3]) or '0')
if kept >= tonumber(ARGV[3]) then
  return 'f'
end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return ''
