-- KEYS: lease
-- ARGV: its token, how long it lasts
local token, taken = holder(KEYS[1])
if token ~= ARGV[1] then return {now, 0} end
local ends = now + number(ARGV[2])
redis.call('SET', KEYS[1], string.format('%s|%.0f|%.0f', token, taken, ends), 'PX', expiry(ends))
return {now, 1}
