-- KEYS: value, pause, lease, the group's value
-- ARGV: the token of the lease or nothing, the generation that was there at the claim or nothing, the pause or nothing
local token = holder(KEYS[3])
if token and token ~= ARGV[1] then return {now, 0} end
-- Whatever comes of it, its holder needs the lease no more.
if token then redis.call('DEL', KEYS[3]) end
if generation_in(KEYS[1]) ~= ARGV[2] then return {now, 0} end
if ARGV[3] == '' then
  redis.call('DEL', KEYS[2])
else
  redis.call('SET', KEYS[2], ARGV[3], 'PX', expiry(end_of(ARGV[3])))
end
return {now, 1}
