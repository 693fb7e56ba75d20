-- A test's clock, in microseconds: its last argument.
local now = tonumber(table.remove(ARGV))
-- Nobody renews leases by it, so they last until they are given back.
local LEASE_MOST = math.huge
