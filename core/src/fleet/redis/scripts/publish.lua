-- KEYS: value, pause, lease, the group's value
-- ARGV: the token of the lease or nothing, the generation that was there at the claim or nothing, the value
local token = holder(KEYS[3])
if token and token ~= ARGV[1] then return {now, 0} end
-- Whatever comes of it, its holder needs the lease no more.
if token then redis.call('DEL', KEYS[3]) end
local current = generation_in(KEYS[1])
if current ~= ARGV[2] and current ~= generation_of(ARGV[3]) then return {now, 0} end
-- All values of another epoch have been given up.
if kind_of(ARGV[3]) == GRANT and epoch_of(ARGV[3]) ~= epoch_in(KEYS[4]) then return {now, 0} end
redis.call('SET', KEYS[1], ARGV[3], 'PX', expiry(end_of(ARGV[3])))
redis.call('DEL', KEYS[2])
return {now, 1}
