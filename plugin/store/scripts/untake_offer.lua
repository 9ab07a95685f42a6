-- with shared/ledger.lua
-- Give one use of an offer back as if it had never been taken, if it is still that of the taker. One that was taken
-- anew (the number before its taker says so) is done with again, as it was: what it once gave stays known.
-- ARGV: now, redemption, who took it. Answers 1, or 0 where there was nothing of that taker.
sweep(ARGV[1])
local held = call('HGET', KEYS[2], ARGV[2])
if not held then
  return 0
end
local state, taker, money, shopper, period, code = read(held)
if state == 'x' or taker ~= ARGV[3] then
  return 0
end
if string.find(taker, '.', 1, true) then
  count('-', money, shopper, period, code)
  call('HSET', KEYS[2], ARGV[2], table.concat({ 'x', taker, '0', '-', '-', '-' }, ' '))
else
  take_out(ARGV[2], held)
end
return 1
