-- Writes to the copy of a subscriber's position and rows, which the next node that has its duty
-- takes over (docs/adr/0060). Only the present holder may.
-- KEYS: {P}:duty:<subscriber>, {P}:duty_rows:<subscriber>, {P}:duty_whole:<subscriber>.
-- ARGV: the caller's id, fencing number, kind of the part, the record or nothing, the number of
-- rows that are gone, their events, then per row its event and text.
-- A `change` applies to what is there; one of `removed` first removes that. The parts of a whole
-- copy are collected apart (`first`, `more`) and replace what is there with the last (`last`); one
-- part alone is the `only` one. Answers 1, or 0 if another node has the duty.

local duty, rows, whole = KEYS[1], KEYS[2], KEYS[3]
local node, fence, kind, record, gone = ARGV[1], ARGV[2], ARGV[3], ARGV[4], tonumber(ARGV[5])

local holder, known = unpack(redis.call('HMGET', duty, 'holder', 'fence'))
if holder ~= node or known ~= fence then return 0 end

local is_change = kind == 'change' or kind == 'removed'
local target = is_change and rows or whole
if kind == 'first' or kind == 'only' then redis.call('DEL', whole) end
if kind == 'removed' then
    redis.call('DEL', rows)
    redis.call('HDEL', duty, 'record')
end
for i = 6, 5 + gone do redis.call('HDEL', target, ARGV[i]) end
for i = 6 + gone, #ARGV, 2 do redis.call('HSET', target, ARGV[i], ARGV[i + 1]) end
if kind == 'last' or kind == 'only' then
    redis.call('DEL', rows)
    if redis.call('EXISTS', whole) == 1 then redis.call('RENAME', whole, rows) end
end
if record ~= '' then redis.call('HSET', duty, 'record', record) end
return 1
