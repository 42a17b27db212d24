-- Publishes messages and moves the position up to which entries are sent. ../outgoing.hpp says what
-- for; the order of the arguments is that of ../send_encoding.cpp. KEYS: position, head (of the
-- order).

local position_key, head_key = KEYS[1], KEYS[2]

local prefix, epoch, known, begin = argument(), argument(), number_argument(), number_argument()
local from_epoch, from_offset, to = argument(), argument(), number_argument()
local window, up_to = argument(), number_argument()

if redis.call('HGET', head_key, 'epoch') ~= epoch then return {'behind'} end

-- Entries up to `sent` are sent, and of the entry `begun` the first `parts` messages.
local place = {}
local fields = redis.call('HGETALL', position_key)
for i = 1, #fields, 2 do place[fields[i]] = fields[i + 1] end
local sent, begun, parts = nil, 0, 0
if not place.epoch then
    sent = known or begin or tonumber(redis.call('HGET', head_key, 'last'))
elseif place.epoch == epoch then
    sent, begun, parts = tonumber(place.offset), tonumber(place.begun), tonumber(place.parts)
elseif place.epoch == from_epoch and place.offset == from_offset then
    sent = to
else
    return {'elsewhere', place.epoch, place.offset}
end
if known and known > sent then sent = known end

local function note_position()
    redis.call('HSET', position_key, 'epoch', epoch, 'offset', text(sent), 'begun', text(begun),
               'parts', text(parts))
end

-- The message will come back to nodes that also take in. For them it is a request of the bridge's
-- that was stored before (prelude.lua, remember_key). If Redis takes no writes, the script ends
-- here, before anything is published.
local function remember(id, offset, event)
    local name = prefix .. 'key:bridge:' .. id
    redis.call('HSET', name, 'digest', id, 'epoch', epoch, '0', text(offset) .. ' ' .. event)
    redis.call('PEXPIRE', name, window)
end

local published = 0
for _ = 1, number_argument() do
    local offset, part, channel, payload = number_argument(), number_argument(), argument(), argument()
    local id, event = argument(), argument()
    if offset > sent and not (offset == begun and part < parts) then
        remember(id, offset, event)
        local heard = redis.pcall('PUBLISH', channel, payload)
        if type(heard) == 'table' and heard.err then
            sent = offset - 1
            note_position()
            return {'refused', text(sent), text(published), heard.err}
        end
        published = published + 1
        begun, parts = offset, part + 1
    end
end
if up_to and up_to > sent then sent = up_to end
note_position()
return {'sent', text(sent), text(published)}
