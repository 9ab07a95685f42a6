-- Take over what was decided of one shopper's consent, unless something newer has been.
-- KEYS: consent (what the door of activity reads), settled. ARGV: shopper, 'y' or 'n' for keeping a profile,
-- the moment of the newest word it rests on, 'y' or 'n' for being learned from ('-' where nothing was said).
-- Answers 1, or 0 when a newer word was taken over meanwhile (nothing is done then).
local held = redis.call('HGET', KEYS[2], ARGV[1])
if held and tonumber(string.sub(held, 2)) > tonumber(ARGV[3]) then
  return 0
end
if ARGV[2] ~= '-' then
  redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
end
redis.call('HSET', KEYS[2], ARGV[1], ARGV[4] .. ARGV[3])
return 1
