-- Appends requests in their order, each wholly or not at all.

local identity, epoch, window = argument(), argument(), argument()
local head = read_head()
if not is_settled(head, identity, epoch) then return 'hello' end

local former  -- read when it is first needed
-- Whether an entry that is remembered under this offset and epoch is still in the order.
local function is_valid(offset, id, remembered_epoch)
    if offset > head.last then return false end
    if offset >= head.first then return event_at(offset) == id end
    if remembered_epoch == head.epoch then return true end
    former = former or read_former()
    for _, one in ipairs(former) do
        if one.epoch == remembered_epoch then return one.shared >= offset end
    end
    return false
end

local function read_request()
    local request = {publisher = argument(), answered = argument() == '1', claims = {}, events = {}}
    if argument() == '1' then
        request.key, request.digest = argument(), argument()
        request.index, request.count = number_argument(), number_argument()
    end
    for _ = 1, number_argument() do
        local event = number_argument() + 1
        request.claims[event] = argument()  -- '': the aggregate has no event
    end
    for i = 1, number_argument() do
        request.events[i] = {id = argument(), aggregate = argument(), envelope = argument(),
                             provenance = argument(), digest = argument()}
    end
    return request
end

-- The memory of the request's key, by index; nil: none that is valid.
local function find_key(request)
    local fields = redis.call('HGETALL', key_name(request.publisher, request.key))
    local memory, digest, remembered_epoch = {}, nil, ''
    for i = 1, #fields, 2 do
        if fields[i] == 'digest' then digest = fields[i + 1]
        elseif fields[i] == 'epoch' then remembered_epoch = fields[i + 1]
        else
            local offset, id = fields[i + 1]:match('^(%d+) (%S+)$')
            memory[tonumber(fields[i])] = {offset = tonumber(offset), id = id}
        end
    end
    if not digest then return nil end
    for _, one in pairs(memory) do
        if not is_valid(one.offset, one.id, remembered_epoch) then
            redis.call('DEL', key_name(request.publisher, request.key))
            return nil
        end
    end
    return memory, digest
end

-- The answer to a request that came before; nil: its events are looked at one by one.
local function answer_of_key(request)
    if not request.key then return nil end
    local memory, digest = find_key(request)
    if not memory then return nil end
    if digest ~= request.digest then
        if not request.answered then return {'key'} end
        request.key = nil
        return nil
    end
    local answer = {'ok'}
    for i = 1, #request.events do
        local one = memory[request.index + i - 1]
        if not one then return nil end
        for _, value in ipairs({one.id, text(one.offset), '1'}) do table.insert(answer, value) end
    end
    return answer
end

local function find_event(event)
    local memory = redis.call('GET', prefix .. 'event:' .. event.id)
    if not memory then return nil end
    local offset, remembered_epoch, digest = memory:match('^(%d+) (%S+) (.*)$')
    if not is_valid(tonumber(offset), event.id, remembered_epoch) then return nil end
    return {offset = tonumber(offset), digest = digest}
end

-- Gives each event its offset, or returns the refusal. Writes nothing.
local function place(request)
    local last, seen, versions = head.last, {}, {}
    for i, event in ipairs(request.events) do
        local known = seen[event.id] or find_event(event)
        if known then
            if known.digest ~= event.digest then return {'event', tostring(i - 1)} end
            event.offset, event.duplicate = known.offset, true
        else
            local claim = request.claims[i]
            if claim then
                local actual = versions[event.aggregate] or
                               tonumber(redis.call('ZSCORE', versions_key, event.aggregate) or nil)
                local wanted = tonumber(claim)
                local holds = actual == wanted
                if not actual and wanted and wanted < head.first then holds = true end
                if not holds then
                    return {'version', tostring(i - 1), text(actual or 0)}
                end
            end
            last = last + 1
            event.offset = last
            versions[event.aggregate] = last
            seen[event.id] = event
        end
    end
end

local time = text(milliseconds())
local function append(request)
    local answer = answer_of_key(request) or place(request)
    if answer then return answer end
    answer = {'ok'}
    for i, event in ipairs(request.events) do
        local index = request.key and request.index + i - 1
        if not event.duplicate then
            add_entry(head, {offset = event.offset, id = event.id, time = time,
                             publisher = request.publisher, digest = event.digest,
                             aggregate = event.aggregate, envelope = event.envelope,
                             provenance = event.provenance, key = request.key, index = index,
                             count = request.count, request_digest = request.digest}, window)
            head.last = event.offset
        end
        if request.key then
            remember_key(head, request.publisher, request.key, request.digest, index, event.offset,
                         event.id, window)
        end
        for _, value in ipairs({event.id, text(event.offset), event.duplicate and '1' or '0'}) do
            table.insert(answer, value)
        end
    end
    return answer
end

local before = head.last
local answers = {}
for i = 1, number_argument() do answers[i] = append(read_request()) end
if head.last > before then redis.call('HSET', head_key, 'last', text(head.last)) end
return answers
