-- Write a stream anew without some entries. What was deleted or trimmed of a stream stays in its blocks, and so
-- in the files of the store, until a whole block is gone; a stream that is written anew has none of it.
-- KEYS: stream, scratch. ARGV: the entries to leave out. Answers how many entries were left out.
if redis.call('EXISTS', KEYS[1]) == 0 then
  return 0
end
local about, last = redis.call('XINFO', 'STREAM', KEYS[1]), '0-0'
for i = 1, #about, 2 do
  if about[i] == 'last-generated-id' then
    last = about[i + 1]
  end
end
if last == '0-0' then
  return 0
end
local gone = {}
for _, id in ipairs(ARGV) do
  gone[id] = true
end
redis.call('DEL', KEYS[2])
local kept, left_out = 0, 0
for _, entry in ipairs(redis.call('XRANGE', KEYS[1], '-', '+')) do
  if gone[entry[1]] then
    left_out = left_out + 1
  else
    redis.call('XADD', KEYS[2], entry[1], unpack(entry[2]))
    kept = kept + 1
  end
end
if kept == 0 then
  redis.call('XADD', KEYS[2], last, 'd', '')
  redis.call('XDEL', KEYS[2], last)
end
-- The next entry's place is behind all there ever were, whatever the clock says.
redis.call('XSETID', KEYS[2], last)
redis.call('RENAME', KEYS[2], KEYS[1])
return left_out
