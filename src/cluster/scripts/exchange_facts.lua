-- Merges facts that a node knows, and answers those that changed since it last asked.
-- KEYS: facts, facts_changed, facts_expiring. The first argument: what the names of the facts begin
-- with, `{P}:fact:`. ../fact_exchange.hpp says what it is for; the other arguments are in
-- ../fact_encoding.cpp.

local facts_key, changed_key, expiring_key = KEYS[1], KEYS[2], KEYS[3]
local prefix = argument()
local forgotten_at_once = 200  -- expired facts per call, a millisecond

local now = milliseconds()
local number = tonumber(redis.call('HGET', facts_key, 'number') or '0')

-- As store::is_newer() decides.
local function is_newer(version, value, field)
    if not field then return true end
    local former_version, former = field:match('^(%d+) (.*)$')
    former_version = tonumber(former_version)
    if version ~= former_version then return version > former_version end
    return value > former
end

local function merge(name, expires_at, fields)
    local key, is_changed = prefix .. name, false
    for _ = 1, fields do
        local field, version, value = argument(), number_argument(), argument()
        local is_over = expires_at > 0 and expires_at <= now
        if not is_over and is_newer(version, value, redis.call('HGET', key, field)) then
            redis.call('HSET', key, field, text(version) .. ' ' .. value)
            is_changed = true
        end
    end
    if not is_changed then return end
    number = number + 1
    redis.call('ZADD', changed_key, text(number), name)
    if expires_at > 0 then
        redis.call('PEXPIRE', key, text(expires_at - now))
        redis.call('ZADD', expiring_key, text(expires_at), name)
    end
end

local function forget_expired()
    local names = redis.call('ZRANGEBYSCORE', expiring_key, '-inf', text(now), 'LIMIT', 0,
                             forgotten_at_once)
    for _, name in ipairs(names) do
        redis.call('ZREM', changed_key, name)
        redis.call('ZREM', expiring_key, name)
        redis.call('DEL', prefix .. name)
    end
end

local after, facts_max = number_argument(), number_argument()
local before = number
for _ = 1, number_argument() do
    merge(argument(), number_argument(), number_argument())
end
if number ~= before then redis.call('HSET', facts_key, 'number', text(number)) end
forget_expired()

local changed = redis.call('ZRANGEBYSCORE', changed_key, '(' .. text(after), '+inf', 'WITHSCORES',
                           'LIMIT', 0, facts_max)
local answer, up_to = {}, number
for i = 1, #changed, 2 do
    local fields = redis.call('HGETALL', prefix .. changed[i])
    if #fields > 0 then table.insert(answer, {changed[i], unpack(fields)}) end
    if #changed == 2 * facts_max then up_to = tonumber(changed[i + 1]) end
end
return {text(number), text(up_to), answer}
