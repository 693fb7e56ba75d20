-- KEYS: lease
-- ARGV: its token
local lease = redis.pcall('GET', KEYS[1])
if type(lease) == 'string' and string.match(lease, '^(%x+)|') == ARGV[1] then redis.call('DEL', KEYS[1]) end
return {now, 1}
