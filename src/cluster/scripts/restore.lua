-- Puts entries back into the stream, with their offsets. All or none.

local identity, epoch, expected, window = argument(), argument(), number_argument(), argument()
local head = read_head()
local here = (head.life == identity and not head.settling) or head.settling == identity
if not here or head.epoch ~= epoch or head.last ~= expected then return 'hello' end

local last = head.last
for _ = 1, number_argument() do
    local record = {offset = number_argument(), id = argument(), time = argument(),
                    publisher = argument(), envelope = argument(), provenance = argument(),
                    digest = argument(), aggregate = argument()}
    if argument() == '1' then
        record.key, record.request_digest = argument(), argument()
        record.index, record.count = number_argument(), number_argument()
    end
    if last == 0 then redis.call('HSET', head_key, 'first', text(record.offset)) end
    add_entry(head, record, window)
    last = record.offset
end
redis.call('HSET', head_key, 'last', text(last))
if head.settling then redis.call('HSET', head_key, 'moved', text(milliseconds())) end
return text(last)
