-- KEYS: value, pause
-- ARGV: the value, for how many milliseconds it is kept
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
redis.call('DEL', KEYS[2])
return {now, 1}
