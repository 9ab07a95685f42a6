-- with shared/ledger.lua
-- Take one use of an offer for a redemption, if every limit has room for it; to hold it ('h'), to keep it ('k'), or
-- to keep it anew after it was given back for good ('r').
-- ARGV: now, redemption, how, when it ends, who takes it, money, shopper, period, code, then the most there may
-- be in all, of the shopper, in the period, of the code, and of money ('' for no limit), then a hold whose place it
-- takes over ('' for none); given back, the hold is there again until its own end.
-- Asking again changes nothing but who takes it, and makes a hold kept. Answers '' when it is taken, else what
-- has no room: total, shopper, period, code, budget; or done, when it was given back for good.
local now, redemption, how, ends, taker = ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5]
sweep(now)
local held = call('HGET', KEYS[2], redemption)
local anew = how == 'r'
if anew then
  how = 'k'
end
if held and string.sub(held, 1, 1) == 'x' and not anew then
  return 'done'
elseif held and string.sub(held, 1, 1) ~= 'x' then
  local state, _, money, shopper, period, code = read(held)
  local becomes = how == 'k' and 'k' or state
  call('HSET', KEYS[2], redemption, table.concat({ becomes, taker, money, shopper, period, code }, ' '))
  if becomes == 'k' then
    call('ZADD', KEYS[3], ends, redemption)
  end
  return ''
end

local money, shopper, period, code = ARGV[6], ARGV[7], ARGV[8], ARGV[9]
local laid_aside = lay_aside(ARGV[15])
local function full(field, most, more)
  return most ~= '' and tonumber(call('HGET', KEYS[1], field) or '0') + more > tonumber(most)
end
local function lacking()
  if full('n', ARGV[10], 1) then
    return 'total'
  elseif shopper ~= '-' and full('s:' .. shopper, ARGV[11], 1) then
    return 'shopper'
  elseif period ~= '-' and full('p:' .. period, ARGV[12], 1) then
    return 'period'
  elseif code ~= '-' and full('c:' .. code, ARGV[13], 1) then
    return 'code'
  elseif full('m', ARGV[14], tonumber(money)) then
    return 'budget'
  end
end
local lacks = lacking()
if lacks then
  if laid_aside then
    take_up(ARGV[15])
  end
  return lacks
end
count('', money, shopper, period, code)
call('HSET', KEYS[2], redemption, table.concat({ how, taker, money, shopper, period, code }, ' '))
call('ZADD', KEYS[3], ends, redemption)
return ''
