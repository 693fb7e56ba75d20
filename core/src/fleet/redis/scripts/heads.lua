-- What lies in a slot begins with a head of 48 bytes, as core/src/fleet/store/head.rs writes it.
local GRANT, TOMBSTONE, PAUSE, NOTE = 1, 2, 3, 4
local NOBODY = string.rep('\0', 8)

-- The kind of what begins with a head; nil if that is nothing of ours.
local function kind_of(bytes)
  if #bytes < 48 or string.sub(bytes, 1, 4) ~= 'gmf1' then return nil end
  if string.sub(bytes, 6, 8) ~= '\0\0\0' or string.sub(bytes, 45, 48) ~= '\0\0\0\0' then return nil end
  local kind = string.byte(bytes, 5)
  if kind >= GRANT and kind <= NOTE then return kind end
  return nil
end

local function generation_of(bytes) return string.sub(bytes, 9, 16) end
local function epoch_of(bytes) return string.sub(bytes, 17, 24) end

-- When it ends, in microseconds.
local function end_of(bytes)
  local number = 0
  for at = 32, 25, -1 do number = number * 256 + string.byte(bytes, at) end
  return number / 1000
end

-- 1 if something was read that no process of a fleet has left.
local has_junk = 0
local function junk()
  has_junk = 1
  return ''
end

-- What a key holds, if that begins with a head and is no longer than 96 KiB; else nothing.
local function contents(key)
  local length = redis.pcall('STRLEN', key)
  if type(length) ~= 'number' or length > 98304 then return junk() end
  local bytes = redis.call('GET', key)
  if not bytes then return '' end
  return kind_of(bytes) and bytes or junk()
end

-- The head that a key's text begins with, or nothing.
local function beginning(key)
  local bytes = redis.pcall('GETRANGE', key, 0, 47)
  if bytes == '' then return '' end
  return type(bytes) == 'string' and kind_of(bytes) and bytes or junk()
end

-- The epoch of an account, by what lies in its slot.
local function epoch_in(key)
  local bytes = beginning(key)
  return kind_of(bytes) == TOMBSTONE and generation_of(bytes) or NOBODY
end

-- The generation of what lies in a slot; empty if that is nothing of ours.
local function generation_in(key)
  local length = redis.pcall('STRLEN', key)
  if type(length) ~= 'number' or length > 98304 then return '' end
  local bytes = beginning(key)
  return kind_of(bytes) and generation_of(bytes) or ''
end

-- Who holds a lease, and since when; nil if nobody does. One that lasts longer than any was left for another clock:
-- the server was replaced by one whose clock is behind.
local function holder(key)
  local bytes = redis.pcall('GETRANGE', key, 0, 64)
  if bytes == '' then return nil end
  local is_short = type(bytes) == 'string' and #bytes <= 64
  local token, taken, ends = string.match(is_short and bytes or '', '^(%x+)|(%d+)|(%d+)$')
  ends = tonumber(ends)
  if not ends or ends > now + LEASE_MOST then
    junk()
    return nil
  end
  if ends <= now then return nil end
  return token, tonumber(taken)
end

-- Milliseconds until a time, as an expiry has them.
local function expiry(ends)
  return string.format('%.0f', math.min(math.max((ends - now) / 1000 + 1, 1), 31622400000))
end

local function number(text) return tonumber(text) or 0 end
