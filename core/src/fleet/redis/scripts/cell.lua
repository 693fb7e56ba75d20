-- An account's cell. The rules are those of core/src/fleet/store/cell.rs, and a test holds one against the other.
-- Times are microseconds, rates calls per second.
local SECOND = 1000000
local LEAST, MOST, BEGIN = 0.1, 2000, 10
local CUT, KNEE, SLOW = 0.6, 0.8, 15
local COOLDOWN_MOST, COOLDOWN_SPREAD, LOST_MOST = 3600 * SECOND, 60 * SECOND, 300 * SECOND
-- Longer than any cool-down.
local KEPT = '4200000'

local function clamp(value, least, most) return math.min(math.max(value, least), most) end
local function is_within(value, least, most) return value and value >= least and value <= most end

local function new_cell(rate)
  rate = clamp(tonumber(rate) or LEAST, LEAST, MOST)
  return {
    rate = rate, level = math.max(rate, 1), at = now, knee = 0, cut_at = 0, cooling_until = 0, refused = 0,
    is_half_open = 0, probe = '0', probe_until = 0,
  }
end

-- The cell that is there; nil if it is none of ours, or says what cannot be.
local function read_cell(key)
  local text = redis.pcall('GET', key)
  if type(text) ~= 'string' or #text > 400 then return nil end
  local words = {}
  for word in string.gmatch(text, '[^ ]+') do words[#words + 1] = word end
  if #words ~= 11 or words[1] ~= 'cell1' or not string.match(words[10], '^%x+$') then return nil end
  local function word(at) return tonumber(words[at]) end
  local latest = now + COOLDOWN_MOST + COOLDOWN_SPREAD
  local is_plausible = is_within(word(2), LEAST, MOST) and is_within(word(3), 0, MOST)
    and is_within(word(4), 0, now + SECOND) and is_within(word(5), 0, MOST)
    and is_within(word(6), 0, now + SECOND) and is_within(word(7), 0, latest)
    and is_within(word(8), 0, 4294967295) and is_within(word(9), 0, 1) and is_within(word(11), 0, latest)
  if not is_plausible then return nil end
  return {
    rate = word(2), level = word(3), at = word(4), knee = word(5), cut_at = word(6), cooling_until = word(7),
    refused = word(8), is_half_open = word(9), probe = words[10], probe_until = word(11),
  }
end

local function write_cell(key, cell)
  local text = string.format('cell1 %.17g %.17g %.0f %.17g %.0f %.0f %.0f %.0f %s %.0f',
    cell.rate, cell.level, cell.at, cell.knee, cell.cut_at, cell.cooling_until, cell.refused, cell.is_half_open,
    cell.probe, cell.probe_until)
  redis.call('SET', key, text, 'PX', KEPT)
end

local function burst(cell) return math.max(cell.rate, 1) end

local function grown(cell, passed)
  if cell.cut_at == 0 then return cell.rate * 2 ^ passed end
  local step = (1 - CUT) * cell.knee / SLOW
  local speed = cell.rate < cell.knee and 3 or 0.25
  return cell.rate + passed * math.max(speed * step, 0.02)
end

-- Fills the bucket, and lets the rate grow where it held calls back.
local function advance(cell)
  local passed = math.max(now - cell.at, 0) / SECOND
  cell.at = math.max(cell.at, now)
  local was_empty = cell.level < 1
  cell.level = math.min(cell.level + passed * cell.rate, burst(cell))
  if was_empty and cell.cooling_until <= now and cell.is_half_open == 0 then
    cell.rate = clamp(grown(cell, math.min(passed, 1)), LEAST, MOST)
  end
end
