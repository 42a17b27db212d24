-- Takes the notes of a node and renews its lease, removes nodes whose lease is over, and answers
-- what changed since the node last asked.
-- KEYS: notes, notes_changed, notes_withdrawn, notes_nodes. The first argument: what the names of
-- the nodes' notes begin with, `{P}:notes:`. ../note_exchange.hpp says what it is for; the other
-- arguments are in ../note_encoding.cpp.

local notes_key, changed_key, withdrawn_key, nodes_key = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local prefix = argument()
local remembered = 60000  -- ms; twice as long as a node may be silent without reading all again
local forgotten_at_once = 200

local now = milliseconds()
local number = tonumber(redis.call('HGET', notes_key, 'number') or '0')
local before = number

-- Names of nodes have no spaces.
local function told_as(node, name)
    return node .. ' ' .. name
end

local function put(node, name, value)
    local key = prefix .. node
    if redis.call('HGET', key, name) == value then return end
    number = number + 1
    redis.call('HSET', key, name, value)
    redis.call('ZADD', changed_key, text(number), told_as(node, name))
    redis.call('ZREM', withdrawn_key, told_as(node, name))
end

local function withdraw(node, name)
    if redis.call('HDEL', prefix .. node, name) == 0 then return end
    number = number + 1
    redis.call('ZADD', changed_key, text(number), told_as(node, name))
    redis.call('ZADD', withdrawn_key, text(now), told_as(node, name))
end

local function forget_node(node)
    for _, name in ipairs(redis.call('HKEYS', prefix .. node)) do
        redis.call('ZREM', changed_key, told_as(node, name))
    end
    redis.call('DEL', prefix .. node)
    redis.call('ZREM', nodes_key, node)
end

local function forget_what_is_over()
    for _, node in ipairs(redis.call('ZRANGEBYSCORE', nodes_key, '-inf', text(now))) do
        forget_node(node)
    end
    local withdrawn = redis.call('ZRANGEBYSCORE', withdrawn_key, '-inf', text(now - remembered),
                                 'LIMIT', 0, forgotten_at_once)
    for _, name in ipairs(withdrawn) do
        redis.call('ZREM', changed_key, name)
        redis.call('ZREM', withdrawn_key, name)
    end
end

local node, begins, leaves = argument(), argument() == '1', argument() == '1'
local lease, after, notes_max = number_argument(), number_argument(), number_argument()
forget_what_is_over()
if not begins and not redis.call('ZSCORE', nodes_key, node) then return 'begin' end
if leaves then
    forget_node(node)
    return 'left'
end
redis.call('ZADD', nodes_key, text(now + lease), node)
for _ = 1, number_argument() do
    local name = argument()
    if argument() == '1' then put(node, name, argument()) else withdraw(node, name) end
end
if number ~= before then redis.call('HSET', notes_key, 'number', text(number)) end

local changed = redis.call('ZRANGEBYSCORE', changed_key, '(' .. text(after), '+inf', 'WITHSCORES',
                           'LIMIT', 0, notes_max)
local notes, up_to = {}, number
for i = 1, #changed, 2 do
    local of, name = changed[i]:match('^(%S+) (.*)$')
    if of ~= node then
        local value = redis.call('HGET', prefix .. of, name)
        table.insert(notes, {of, name, value and '1' or '0', value or ''})
    end
    if #changed == 2 * notes_max then up_to = tonumber(changed[i + 1]) end
end
local nodes = redis.call('ZRANGEBYSCORE', nodes_key, text(now), '+inf')
return {text(number), text(up_to), nodes, notes}
