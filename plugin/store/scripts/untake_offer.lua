-- with shared/ledger.lua
-- Give one use of an offer back as if it had never been taken, if it is still that of the taker.
-- ARGV: now, redemption, who took it. Answers 1, or 0 where there was nothing of that taker.
sweep(ARGV[1])
local held = call('HGET', KEYS[2], ARGV[2])
if not held then
  return 0
end
local state, taker = read(held)
if state == 'x' or taker ~= ARGV[3] then
  return 0
end
take_out(ARGV[2], held)
return 1
