-- Write a stream anew without some entries, and with others changed. What was deleted or trimmed of a stream stays in its blocks, and so
-- in the files of the store, until a whole block is gone; a stream that is written anew has none of it.
-- KEYS: stream, scratch. ARGV: pairs of an entry and its document from now on ('' leaves it out).
-- Answers how many entries were left out or changed.
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
local written = {}
for i = 1, #ARGV, 2 do
  written[ARGV[i]] = ARGV[i + 1]
end
redis.call('DEL', KEYS[2])
local kept, changed = 0, 0
for _, entry in ipairs(redis.call('XRANGE', KEYS[1], '-', '+')) do
  local document = written[entry[1]]
  if document then
    changed = changed + 1
  end
  if document ~= '' then
    if document then
      redis.call('XADD', KEYS[2], entry[1], 'd', document)
    else
      redis.call('XADD', KEYS[2], entry[1], unpack(entry[2]))
    end
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
return changed
