-- KEYS: cell
-- ARGV: the call, when it was let through, 1 if it was a probe, how it ended, the time that a 429 asked for or
-- nothing, a random number
local how, asked, random = ARGV[4], tonumber(ARGV[5]), number(ARGV[6])
local cell = read_cell(KEYS[1])
if not cell and how ~= 'throttled' then return {now, 0} end
cell = cell or new_cell(BEGIN)
advance(cell)
local is_probe = ARGV[3] == '1' and cell.is_half_open == 1 and cell.probe == ARGV[1]

-- How long no call is made after a 429.
local function pause()
  if asked then
    local whole = math.min(asked, COOLDOWN_MOST) / SECOND
    return (whole + random * math.min(whole / 4, 5)) * SECOND
  end
  local whole = math.min(math.max(2 ^ math.min(cell.refused, 10), 1.5 / cell.rate), 8)
  return (whole / 2 + random * whole / 2) * SECOND
end

local function throttled()
  -- To come back right away would be to ask for the next refusal.
  if asked == 0 then asked = nil end
  -- Answers to calls that were in flight together are one refusal.
  local is_new = number(ARGV[2]) > cell.cut_at and cell.is_half_open == 0
  if is_new then
    cell.knee = KNEE * cell.rate
    cell.rate = math.max(CUT * cell.rate, LEAST)
    cell.cut_at = now
  end
  if is_probe then cell.refused = math.min(cell.refused + 1, 4294967295) end
  cell.level = 0
  local ends = math.floor(now + pause())
  -- Of an older call no more counts than a longer pause, and nothing once a probe was answered well.
  local is_longer = asked and cell.is_half_open == 1 and ends > cell.cooling_until
  if is_new or is_probe or is_longer then
    cell.cooling_until = math.max(cell.cooling_until, ends)
    cell.is_half_open, cell.probe, cell.probe_until = 1, '0', 0
  end
end

if how == 'throttled' then
  throttled()
elseif how == 'unsent' then
  if is_probe then cell.probe_until = now else cell.level = math.min(cell.level + 1, burst(cell)) end
elseif is_probe and how == 'answered' then
  cell.is_half_open, cell.refused, cell.level = 0, 0, 0
elseif is_probe then
  cell.probe_until = now + SECOND
end
write_cell(KEYS[1], cell)
return {now, 1}
