-- A set of ids of 8 bytes, one behind the other in strings: the smallest way to keep one. A string that is full
-- is followed by eight, told apart by the id's next byte, so that few bytes are searched however many ids
-- there are.
local ID, FULL, FURTHER = 8, 8 * 256, 8

-- Looks for an id from a key on. Answers whether it is there; where not, the key to append it to and whether
-- that one is new.
local function find_id(key, id)
  local level = 0
  while true do
    local ids = redis.call('GET', key) or ''
    local at = string.find(ids, id, 1, true)
    while at and (at - 1) % ID ~= 0 do
      at = string.find(ids, id, at + 1, true)
    end
    if at then
      return true
    elseif #ids < FULL or level == ID then
      return false, key, ids == ''
    end
    level = level + 1
    key = key .. '.' .. string.byte(id, level) % FURTHER
  end
end

