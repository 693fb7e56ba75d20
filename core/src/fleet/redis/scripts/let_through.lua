-- Asks the cell of a key whether a call may be made. From a place in ARGV on: the call, the rate of a cell that is not
-- there, the most that the account bears, after how long the call is lost, a random number.
local function let_through(key, at)
  local call, random = ARGV[at], number(ARGV[at + 4])
  local cell = read_cell(key) or new_cell(ARGV[at + 1])
  advance(cell)
  cell.rate = math.min(cell.rate, math.max(number(ARGV[at + 2]), LEAST))
  cell.level = math.min(cell.level, burst(cell))
  local said, what = 'go', 0
  if cell.cooling_until > now then
    said, what = 'cooling', cell.cooling_until - now
  elseif cell.is_half_open == 1 then
    if cell.probe ~= call and cell.probe_until > now then
      -- Not all at the same moment.
      said, what = 'later', math.min(cell.probe_until - now, (0.05 + 0.1 * random) * SECOND)
    else
      cell.probe, cell.probe_until = call, now + math.min(number(ARGV[at + 3]), LOST_MOST)
      what = 1
    end
  elseif cell.level >= 1 then
    cell.level = cell.level - 1
  else
    said, what = 'later', math.max((1 - cell.level + random) / cell.rate * SECOND, 1000)
  end
  write_cell(key, cell)
  return said, what, string.format('%.17g', cell.rate)
end
