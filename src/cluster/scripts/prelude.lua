-- What the scripts of the order have in common. KEYS: head, stream, epochs, nodes, said, awaited,
-- versions. The first argument: what the names of the memories begin with, `{P}:`.
-- ../script_calls.hpp says what each script must do; a script's own arguments are in
-- ../script_arguments.cpp.

local head_key, stream_key, epochs_key, nodes_key = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local said_key, awaited_key, versions_key = KEYS[5], KEYS[6], KEYS[7]
local prefix = argument()
local former_max = 16

local function stream_id(offset)
    return text(offset) .. '-0'
end

local function read_head()
    local head = {}
    local fields = redis.call('HGETALL', head_key)
    for i = 1, #fields, 2 do head[fields[i]] = fields[i + 1] end
    for _, name in ipairs({'began', 'first', 'last', 'since', 'moved', 'fork', 'reach', 'heard', 'lost'}) do
        head[name] = tonumber(head[name])
    end
    return head
end

-- The event at an offset; nil: there is none.
local function event_at(offset)
    local found = redis.call('XRANGE', stream_key, stream_id(offset), stream_id(offset))[1]
    if not found then return nil end
    for i = 1, #found[2], 2 do
        if found[2][i] == 'i' then return found[2][i + 1] end
    end
end

-- The former epochs, newest first.
local function read_former()
    local former = {}
    for _, line in ipairs(redis.call('LRANGE', epochs_key, 0, -1)) do
        local epoch, shared = line:match('^(%S+) (%d+)$')
        table.insert(former, {epoch = epoch, shared = tonumber(shared)})
    end
    return former
end

local function write_former(former)
    redis.call('DEL', epochs_key)
    for _, one in ipairs(former) do
        redis.call('RPUSH', epochs_key, one.epoch .. ' ' .. text(one.shared))
    end
end

-- Id -> position, time of the last sign, since when it waits (0: a member), when it last heard of
-- the others, version, name.
local function read_nodes()
    local nodes = {}
    local fields = redis.call('HGETALL', nodes_key)
    for i = 1, #fields, 2 do
        local position, time, waits, heard, version, name =
            fields[i + 1]:match('^(%d+) (%d+) (%d+) (%d+) (%S+) (.*)$')
        if position then
            nodes[fields[i]] = {position = tonumber(position), time = tonumber(time),
                                waits = tonumber(waits), heard = tonumber(heard),
                                version = version, name = name}
        end
    end
    return nodes
end

local function write_node(id, position, time, waits, heard, version, name)
    redis.call('HSET', nodes_key, id, table.concat({text(position), text(time), text(waits),
                                                    text(heard), version, name}, ' '))
end

-- As the answer's list of nodes.
local function nodes_answer(nodes, time)
    local answer = {}
    for id, node in pairs(nodes) do
        table.insert(answer, {id, node.name, node.version, text(node.position),
                              text(math.max(0, time - node.time)), node.waits > 0 and '1' or '0'})
    end
    return answer
end

-- The cluster is settled with the caller's identity, in its epoch.
local function is_settled(head, identity, epoch)
    return head.life == identity and not head.settling and head.epoch == epoch
end

local function key_name(publisher, key)
    return prefix .. 'key:' .. publisher .. ':' .. key
end

local function remember_key(head, record, window)
    local name = key_name(record.publisher, record.key)
    local digest = redis.call('HGET', name, 'digest')
    if digest and digest ~= record.request_digest then redis.call('DEL', name) end
    redis.call('HSET', name, 'digest', record.request_digest, 'epoch', head.epoch, record.index,
               text(record.offset) .. ' ' .. record.id)
    redis.call('PEXPIRE', name, window)
end

-- Adds an entry, and remembers its event, key and aggregate.
local function add_entry(head, record, window)
    local fields = {'e', head.epoch, 'i', record.id, 't', record.time, 'p', record.publisher,
                    'd', record.digest, 'a', record.aggregate, 'b', record.envelope}
    if record.provenance ~= '' then
        table.insert(fields, 'o')
        table.insert(fields, record.provenance)
    end
    if record.key then
        for _, one in ipairs({'k', record.key, 'r', record.index .. ' ' .. record.count .. ' ' ..
                              record.request_digest}) do
            table.insert(fields, one)
        end
    end
    redis.call('XADD', stream_key, stream_id(record.offset), unpack(fields))
    redis.call('SET', prefix .. 'event:' .. record.id,
               text(record.offset) .. ' ' .. head.epoch .. ' ' .. record.digest, 'PX', window)
    redis.call('ZADD', versions_key, text(record.offset), record.aggregate)
    if record.key then remember_key(head, record, window) end
end
