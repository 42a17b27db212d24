-- A node says where its replica is. Decides whether the stream lost entries, who puts them back,
-- when the cluster has settled, and in which epoch.

local forgotten_after = 24 * 60 * 60 * 1000  -- a node without a sign for that long

local identity = argument()
local node = {id = argument(), name = argument(), version = argument(), epoch = argument(),
              first = number_argument(), last = number_argument(), shown = number_argument(),
              heard = number_argument(), former = {}, witnesses = {}, known = {}}
local suffix, settle, lease = argument(), number_argument(), number_argument()
for i = 1, number_argument() do
    node.former[i] = {epoch = argument(), shared = number_argument()}
end
for i = 1, number_argument() do
    node.witnesses[i] = {offset = number_argument(), id = argument()}
end
for i = 1, number_argument() do node.known[i] = argument() end
table.sort(node.witnesses, function(a, b) return a.offset < b.offset end)

local time = milliseconds()
local head = read_head()
local former

local function delete_entries()
    redis.call('DEL', stream_key, versions_key)
    head.first, head.last = 1, 0
end

-- Whether the stream holds the entries first to last, and ends with last.
local function is_whole()
    if head.format ~= '1' then return false end
    if redis.call('EXISTS', stream_key) == 0 then return head.last == 0 and head.first == 1 end
    local oldest = redis.call('XRANGE', stream_key, '-', '+', 'COUNT', 1)[1]
    if head.first ~= (oldest and tonumber(oldest[1]:match('^%d+')) or head.last + 1) then
        return false
    end
    local info = redis.call('XINFO', 'STREAM', stream_key)
    for i = 1, #info, 2 do
        if info[i] == 'last-generated-id' then return info[i + 1] == stream_id(head.last) end
    end
end

local function save()
    local fields = {'format', '1', 'epoch', head.epoch, 'life', head.life}
    for _, name in ipairs({'began', 'first', 'last', 'since', 'moved', 'fork', 'reach', 'heard', 'lost'}) do
        if head[name] then
            table.insert(fields, name)
            table.insert(fields, text(head[name]))
        end
    end
    if head.settling then
        table.insert(fields, 'settling')
        table.insert(fields, head.settling)
    end
    redis.call('DEL', head_key)
    redis.call('HSET', head_key, unpack(fields))
    write_former(former)
end

local function start_to_settle()
    local again = head.settling ~= nil
    if head.last == 0 then head.epoch = '' end
    head.settling, head.since, head.moved, head.reach = identity, time, time, 0
    head.heard, head.lost = 0, again and head.lost or 0
    head.fork, head.life = nil, ''
    if not again then redis.call('DEL', awaited_key) end
    for _, id in ipairs(redis.call('HKEYS', said_key)) do redis.call('SADD', awaited_key, id) end
    redis.call('DEL', said_key)
    local newest, nodes = 0, read_nodes()
    for _, one in pairs(nodes) do newest = math.max(newest, one.time) end
    for id, one in pairs(nodes) do
        if newest - one.time < lease then redis.call('SADD', awaited_key, id) end
    end
end

local function shared_of(list, epoch)
    for _, one in ipairs(list) do
        if one.epoch == epoch then return one.shared end
    end
end

-- How far the node's replica belongs to the present epoch, by the epochs that both know; nil: none.
local function belongs()
    if node.last == 0 then return nil end
    local most
    local function consider(epoch, of_node)
        local of_head = shared_of(former, epoch) or (epoch == head.epoch and of_node)
        if of_head then most = math.max(most or 0, math.min(of_node, of_head)) end
    end
    consider(node.epoch, node.last)
    for _, one in ipairs(node.former) do consider(one.epoch, math.min(one.shared, node.last)) end
    return most
end

-- The last common entry; and whether a witness contradicts what the epochs say.
local function compare()
    if node.last == 0 or head.last == 0 then return 0, false end
    local bound = belongs()
    if bound then bound = math.min(bound, head.last) end
    local good, bad = 0, nil
    for _, one in ipairs(node.witnesses) do
        if one.offset >= head.first and one.offset <= head.last then
            if event_at(one.offset) ~= one.id then
                bad = one.offset
                break
            end
            good = one.offset
        end
    end
    if bound and (not bad or bad > bound) then return bound, false end
    return good, bound ~= nil and bad ~= nil
end

local function agreed()
    return (compare())
end

local function time_of(epoch)
    local digits = #epoch == 18 and epoch:match('^r(%x%x%x%x%x%x%x%x%x%x%x)')
    return digits and tonumber(digits, 16)
end

local function begin_epoch(fork)
    local shared = math.min(head.last, fork or head.last)
    for _, one in ipairs(former) do one.shared = math.min(one.shared, shared) end
    if head.epoch ~= '' then table.insert(former, 1, {epoch = head.epoch, shared = shared}) end
    while #former > former_max do table.remove(former) end
    local begins = time
    for _, epoch in ipairs({head.epoch, node.epoch}) do
        local other = time_of(epoch)
        if other then begins = math.max(begins, other + 1) end
    end
    head.epoch = string.format('r%011x', begins) .. suffix
    head.began = head.last
end

-- Of two epochs of which neither names the other as a former one, the greater text is the newer.
local function node_is_newer()
    if head.epoch == '' then return true end
    if node.epoch == head.epoch then return false end
    if shared_of(node.former, head.epoch) then return true end
    return not shared_of(former, node.epoch) and node.epoch > head.epoch
end

local function shows(offset)
    for _, one in ipairs(node.witnesses) do
        if one.offset == offset then return true end
    end
    return false
end

local function must_show()
    return head.last > 0 and head.last >= node.first and not shows(head.last)
end

local function restore(up_to)
    save()
    return {'restore', head.epoch, text(head.last), text(up_to)}
end

local function show()
    save()
    return {'show', text(head.last)}
end

local function all_have_said()
    for _, id in ipairs(redis.call('SMEMBERS', awaited_key)) do
        if redis.call('HEXISTS', said_key, id) == 0 then return false end
    end
    return true
end

local function end_settling(certain)
    if not certain or head.epoch == '' then begin_epoch(head.fork) end
    local said = redis.call('HGETALL', said_key)
    for i = 1, #said, 2 do
        local position, heard, version, name = said[i + 1]:match('^(%d+) (%d+) (%S+) (.*)$')
        write_node(said[i], tonumber(position), time, 0, tonumber(heard), version, name)
    end
    head.life, head.settling, head.since, head.moved = identity, nil, nil, nil
    head.fork, head.reach, head.heard, head.lost = nil, nil, nil, nil
    redis.call('DEL', said_key, awaited_key)
end

-- The stream becomes the node's.
local function follow_node()
    if head.last > agreed() then delete_entries() end
    head.epoch, former, head.began = node.epoch, node.former, node.last
    head.fork, head.reach, head.heard, head.lost = nil, 0, 0, 1
end

-- Returns an answer, or nil once the cluster is settled.
local function while_settling()
    redis.call('HSET', said_key, node.id,
               table.concat({text(agreed()), text(node.heard), node.version, node.name}, ' '))
    for _, id in ipairs(node.known) do redis.call('SADD', awaited_key, id) end
    if node.last > 0 and node_is_newer() then follow_node() end
    local present = node.last > 0 and node.epoch == head.epoch
    if node.epoch == head.epoch then
        head.reach = math.max(head.reach, node.shown)
        -- Who heard under another epoch does not know who showed entries under this one.
        if node.heard > 0 then head.heard = 1 end
    end
    local time_over = time - head.since >= settle
    local up_to = belongs()
    if up_to and up_to > head.last then
        if must_show() then return show() end
        local hole = head.last > 0 and node.first > head.last + 1
        if hole and (all_have_said() or time_over) then delete_entries() end
        local another_is_longer = head.last == 0 and up_to < head.reach and not time_over
        if agreed() == head.last and not another_is_longer and not (hole and head.last > 0) then
            head.lost = 1
            return restore(up_to)
        end
    end
    local common = agreed()
    if present and common < math.min(node.last, head.last) then
        head.fork = math.min(head.fork or common, common)
    end
    for _, one in ipairs(former) do head.reach = math.max(head.reach, one.shared) end
    local whole = head.last >= head.reach
    local complete = all_have_said() and whole
    local stuck = time - head.moved >= settle
    if not complete and not (time_over and (whole or stuck)) then
        save()
        return {'wait', '50'}
    end
    end_settling(complete and not head.fork and (head.heard == 1 or head.lost == 0))
end

-- An epoch can stay only if the others know everybody who may have shown entries. So a node becomes
-- a member when every living member has said that it has heard of it.
local function must_wait_for_others()
    local nodes = read_nodes()
    local function is_alive(one)
        return one.waits == 0 and one.time > 0 and time - one.time < lease
    end
    local own = nodes[node.id]
    if own and is_alive(own) then return false end
    local since = own and own.waits > 0 and own.waits or time
    write_node(node.id, agreed(), time, since, node.heard, node.version, node.name)
    for id, one in pairs(nodes) do
        if id ~= node.id and is_alive(one) and one.heard <= since then return true end
    end
    return false
end

local function while_settled()
    if node.epoch == head.epoch then
        if node.last > head.last and must_show() then return show() end
        local common = agreed()
        if common < math.min(node.last, head.last) then
            begin_epoch(common)
        elseif node.last > head.last and node.first > head.last + 1 then
            begin_epoch(nil)
        elseif node.last > head.last then
            return restore(node.last)
        elseif node.shown > head.last then
            begin_epoch(nil)
        end
    end
    if must_wait_for_others() then
        save()
        return {'wait', '50'}
    end
end

local function join()
    local common, contradicted = compare()
    if contradicted then
        for _, one in ipairs(former) do one.shared = math.min(one.shared, common) end
    end
    for id, one in pairs(read_nodes()) do
        if time - one.time >= forgotten_after then redis.call('HDEL', nodes_key, id) end
    end
    write_node(node.id, common, time, 0, node.heard, node.version, node.name)
    save()
    local epochs = {}
    for i, one in ipairs(former) do epochs[i] = {one.epoch, text(one.shared)} end
    return {'joined', head.epoch, text(head.began), text(common), text(head.first),
            text(head.last), epochs, nodes_answer(read_nodes(), time), text(time)}
end

if not is_whole() then
    head = {epoch = '', life = '', began = 0}
    delete_entries()
    redis.call('DEL', said_key, awaited_key)
end
former = read_former()

local strange = head.life ~= identity and head.settling ~= identity
if strange or (not head.settling and head.last == 0 and node.last > 0) then start_to_settle() end

local answer
if head.settling then answer = while_settling() else answer = while_settled() end
return answer or join()
