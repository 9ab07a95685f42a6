-- with shared/ledger.lua
-- Lower what a kept use of an offer has given. ARGV: now, redemption, the money it still gives, whether it still
-- counts ('1' or '0'), how often the redemption had been opened anew when that was read. What counts no more is
-- done with for good. A use that was taken anew since then stays as it is: the number before its taker says so.
-- Answers 1, or 0 where nothing was kept.
sweep(ARGV[1])
local held = call('HGET', KEYS[2], ARGV[2])
if not held or string.sub(held, 1, 1) ~= 'k' then
  return 0
end
local _, taker, money, shopper, period, code = read(held)
if tonumber(string.match(taker, '^(%d+)%.') or '0') > tonumber(ARGV[5]) then
  return 0
end
local left = math.min(tonumber(ARGV[3]), tonumber(money))
if ARGV[4] == '0' then
  count('-', money, shopper, period, code)
  call('HSET', KEYS[2], ARGV[2], table.concat({ 'x', taker, '0', '-', '-', '-' }, ' '))
else
  bump('m', string.format('%.0f', left - tonumber(money)))
  local entry = { 'k', taker, string.format('%.0f', left), shopper, period, code }
  call('HSET', KEYS[2], ARGV[2], table.concat(entry, ' '))
end
return 1
