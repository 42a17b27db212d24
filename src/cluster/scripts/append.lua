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

-- The memory of the request's key: its digest, and by index what is valid; nil if nothing is.
local function find_key(request)
    local name = key_name(request.publisher, request.key)
    local fields = redis.call('HGETALL', name)
    local memory, digest, remembered_epoch = {}, nil, ''
    for i = 1, #fields, 2 do
        if fields[i] == 'digest' then digest = fields[i + 1]
        elseif fields[i] == 'epoch' then remembered_epoch = fields[i + 1]
        else memory[fields[i]] = fields[i + 1] end
    end
    local valid
    for index, value in pairs(memory) do
        local offset, id = value:match('^(%d+) (%S+)$')
        if is_valid(tonumber(offset), id, remembered_epoch) then
            valid = valid or {digest = digest}
            valid[tonumber(index)] = {offset = tonumber(offset), id = id}
        else
            redis.call('HDEL', name, index)
        end
    end
    return valid
end

local function find_event(event)
    local memory = redis.call('GET', prefix .. 'event:' .. event.id)
    if not memory then return nil end
    local offset, remembered_epoch, digest = memory:match('^(%d+) (%S+) (.*)$')
    if not is_valid(tonumber(offset), event.id, remembered_epoch) then return nil end
    return {offset = tonumber(offset), digest = digest}
end

-- Whether the publisher's claim about an event's aggregate holds; if not, its last event.
local function check_claim(claim, aggregate, versions)
    local actual = versions[aggregate] or
                   tonumber(redis.call('ZSCORE', versions_key, aggregate) or nil)
    local expected = tonumber(claim)
    if actual == expected then return true end
    if not actual and expected < head.first then return true end
    return false, actual or 0
end

-- Gives each event its offset, or returns the refusal. Writes nothing.
local function place(request)
    local memory = request.key and find_key(request)
    if memory and memory.digest ~= request.digest then
        if not request.answered then return {'key'} end
        request.key, memory = nil, nil
    end
    local last, seen, versions = head.last, {}, {}
    for i, event in ipairs(request.events) do
        event.index = request.key and request.index + i - 1
        local remembered = memory and memory[event.index]
        local known = remembered or find_event(event) or seen[event.id]
        if remembered then
            event.id, event.offset, event.duplicate = remembered.id, remembered.offset, true
        elseif known then
            if known.digest ~= event.digest then return {'event', tostring(i - 1)} end
            event.offset, event.duplicate = known.offset, true
        else
            if request.claims[i] then
                local holds, actual = check_claim(request.claims[i], event.aggregate, versions)
                if not holds then return {'version', tostring(i - 1), text(actual)} end
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
    local refusal = place(request)
    if refusal then return refusal end
    local answer = {'ok'}
    for _, event in ipairs(request.events) do
        if not event.duplicate then
            add_entry(head, {offset = event.offset, id = event.id, time = time,
                             publisher = request.publisher, digest = event.digest,
                             aggregate = event.aggregate, envelope = event.envelope,
                             provenance = event.provenance, key = request.key,
                             index = event.index, count = request.count,
                             request_digest = request.digest}, window)
            head.last = event.offset
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
