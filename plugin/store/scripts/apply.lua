#!lua flags=allow-oom
-- Put the folded profile in place of the one it was folded from and shorten the short list by what went in.
-- KEYS: profile, pending, older. ARGV: sha1 of the profile before ('' for none), number folded, the new
-- profile, what lies beside it now ('' where that is as it was).
-- Answers 1, or 0 when somebody else has changed the shopper meanwhile (nothing is done then).
local held = redis.call('GET', KEYS[1])
local mark = held and redis.sha1hex(held) or ''
if mark ~= ARGV[1] or redis.call('LLEN', KEYS[2]) < tonumber(ARGV[2]) then
  return 0
end
redis.call('SET', KEYS[1], ARGV[3])
if ARGV[4] ~= '' then
  redis.call('SET', KEYS[3], ARGV[4])
end
redis.call('LTRIM', KEYS[2], ARGV[2], -1)
return 1
