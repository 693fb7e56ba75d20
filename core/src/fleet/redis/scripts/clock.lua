-- The server's clock, in microseconds. Before Redis 7 a script that reads it may write only if it says so first.
if redis.replicate_commands then pcall(redis.replicate_commands) end
local read = redis.call('TIME')
local now = read[1] * 1000000 + read[2]
-- No lease is left for longer.
local LEASE_MOST = 4000000
