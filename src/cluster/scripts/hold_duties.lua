-- Takes, prolongs and gives up duties: which node runs which subscriber (docs/adr/0060).
-- KEYS[1]: {P}:duties. ARGV: what the names of the duties' keys begin with, `{P}:duty:`; the
-- caller's id; the identity of this Redis process and its replication; the lease in ms; what the
-- names of the copies' rows begin with; then per duty its subscriber, the fencing number under which
-- the caller has it, or 0, and `hold`, `release` or `forget`. Answers per duty: subscriber, what
-- became of it, fencing number, 1 or 0, holder.

local prefix, node, identity = argument(), argument(), argument()
local lease, rows_prefix = number_argument(), argument()
local now = milliseconds()

-- What this Redis has may be older than what the nodes know: whoever has a duty says so within the
-- time of a lease, before anybody else may take it.
local known_identity, since = unpack(redis.call('HMGET', KEYS[1], 'identity', 'since'))
if known_identity ~= identity then
    since = text(now)
    redis.call('HSET', KEYS[1], 'identity', identity, 'since', since)
end
local may_take = now >= tonumber(since) + lease

local function hold(key, fence)
    redis.call('HSET', key, 'holder', node, 'fence', text(fence), 'until', text(now + lease))
end

local answers, wished = {}, {}
while at < #ARGV do
    local subscriber, fence, action = argument(), number_argument(), argument()
    local key = prefix .. subscriber
    local holder, known, till = unpack(redis.call('HMGET', key, 'holder', 'fence', 'until'))
    known, till = tonumber(known or '0'), tonumber(till or '0')
    holder = holder or ''
    local is_free = holder == '' or holder == node or till <= now
    local is_callers = fence == known and (holder == node or holder == '')
    if action == 'forget' and is_free then
        redis.call('HDEL', key, 'record')
        redis.call('DEL', rows_prefix .. subscriber)
        table.insert(answers, {subscriber, 'forgotten', '0', '0', ''})
    elseif fence == 0 and is_free then
        table.insert(wished, {subscriber, key, known})
    elseif fence == 0 then
        table.insert(answers, {subscriber, 'other', '0', '0', holder})
    elseif fence < known or (fence == known and not is_callers) then
        table.insert(answers, {subscriber, 'lost', '0', '0', holder})
    elseif action == 'release' then
        redis.call('HSET', key, 'holder', '', 'fence', text(fence), 'until', '0')
        table.insert(answers, {subscriber, 'released', '0', '0', ''})
    else
        hold(key, fence)
        table.insert(answers, {subscriber, 'held', text(fence), is_callers and '0' or '1', ''})
    end
end

-- Not all of them, so that other nodes get some.
local taken = may_take and math.ceil(#wished / 4) or 0
for i, wish in ipairs(wished) do
    local subscriber, key, known = unpack(wish)
    if i > taken then
        table.insert(answers, {subscriber, 'free', '0', '0', ''})
    else
        hold(key, known + 1)
        local has_copy = redis.call('HEXISTS', key, 'record')
        table.insert(answers, {subscriber, 'taken', text(known + 1), text(has_copy), ''})
    end
end
return answers
