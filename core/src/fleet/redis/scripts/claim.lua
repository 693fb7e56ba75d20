-- KEYS: value, pause, lease, the group's value, the cell of the account or nothing
-- ARGV: how long a value has to last, two generations that are of no use, whether the pause is of no use, the token
-- of the lease or nothing, how long the lease lasts; if there is a cell, what let_through wants
local epoch = epoch_in(KEYS[4])
local value, seen, note = contents(KEYS[1]), '', ''
local kind = kind_of(value)
if kind then
  local generation = generation_of(value)
  local is_new = generation ~= ARGV[2] and generation ~= ARGV[3]
  if kind == GRANT and is_new and epoch_of(value) == epoch and end_of(value) - now >= number(ARGV[1]) then
    return {now, 'value', value}
  end
  seen = string.sub(value, 1, 48)
end
local pause = contents(KEYS[2])
kind = kind_of(pause)
if kind and end_of(pause) > now then
  if kind == PAUSE and ARGV[4] == '' then return {now, 'paused', pause} end
  if kind == NOTE then note = string.sub(pause, 1, 48) end
end
local token, taken = holder(KEYS[3])
-- Who did not hear that it has the lease asks again.
if ARGV[5] == '' or (token and token ~= ARGV[5]) then
  return {now, 'busy', seen, epoch, note, token and now - taken or 0, has_junk}
end
local ends = now + number(ARGV[6])
local lease = string.format('%s|%.0f|%.0f', ARGV[5], now, ends)
local set = redis.pcall('SET', KEYS[3], lease, 'PX', expiry(ends))
if type(set) == 'table' and set.err then return {now, 'nolease', set.err} end
local answer = {now, 'lease', seen, epoch, note, 0, has_junk}
if KEYS[5] then
  -- Whatever comes of that, the lease is given.
  local is_asked, said, what, rate = pcall(let_through, KEYS[5], 7)
  if is_asked then answer[8], answer[9], answer[10] = said, what, rate end
end
return answer
