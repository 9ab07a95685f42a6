-- One offer's book of what it has given. KEYS: counts, entries, ends.
-- Counts: n (redemptions), m (money), and of each shopper (s:), period (p:) and code (c:) that has any.
-- An entry: what it is (h held, k kept, x done with, t a place taken over), who made it, its money, shopper, period,
-- code ('-' for none). Whoever takes a place over has its name for a code; a place counts while nobody has.
-- Ends: when a hold gives back by itself, and when what was kept need not be known one by one any more.
local call = redis.call

local function read(entry)
  return string.match(entry, '^(%a) (%S+) (%d+) (%S+) (%S+) (%S+)$')
end

local function bump(field, by)
  if call('HINCRBY', KEYS[1], field, by) == 0 then
    call('HDEL', KEYS[1], field)
  end
end

local function count(sign, money, shopper, period, code)
  bump('n', sign .. '1')
  if money ~= '0' then
    bump('m', sign .. money)
  end
  for name, of in pairs({ ['s:'] = shopper, ['p:'] = period, ['c:'] = code }) do
    if of ~= '-' then
      bump(name .. of, sign .. '1')
    end
  end
end

local function lay_aside(place)
  local entry = call('HGET', KEYS[2], place)
  if not entry or string.sub(entry, 1, 1) ~= 'h' then
    return false
  end
  local _, _, money, shopper, period, code = read(entry)
  count('-', money, shopper, period, code)
  call('HSET', KEYS[2], place, 't' .. string.sub(entry, 2))
  return true
end

local function take_up(place)
  local entry = call('HGET', KEYS[2], place)
  if entry and string.sub(entry, 1, 1) == 't' then
    local _, _, money, shopper, period, code = read(entry)
    count('', money, shopper, period, code)
    call('HSET', KEYS[2], place, 'h' .. string.sub(entry, 2))
  end
end

local function take_out(redemption, entry)
  local state, _, money, shopper, period, code = read(entry)
  call('HDEL', KEYS[2], redemption)
  call('ZREM', KEYS[3], redemption)
  if state == 'h' or state == 'k' then
    count('-', money, shopper, period, code)
    take_up(code)
  end
end

local function sweep(now)
  repeat
    local over = call('ZRANGEBYSCORE', KEYS[3], '-inf', now, 'LIMIT', 0, 1000)
    for _, redemption in ipairs(over) do
      local entry = call('HGET', KEYS[2], redemption)
      if entry and string.sub(entry, 1, 1) == 'h' then
        take_out(redemption, entry)
      else
        call('HDEL', KEYS[2], redemption)
        call('ZREM', KEYS[3], redemption)
      end
    end
  until #over < 1000
end
