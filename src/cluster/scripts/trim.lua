-- Drops the oldest entries, but none that a living node has not read.

local slice = 2000  -- entries per call, some milliseconds

local identity, epoch, before, lease = argument(), argument(), number_argument(), number_argument()
local head = read_head()
if not is_settled(head, identity, epoch) then return 'hello' end

local time = milliseconds()
before = math.min(before, head.last + 1, head.first + slice)
for _, node in pairs(read_nodes()) do
    if time - node.time < lease then before = math.min(before, node.position + 1) end
end
if before > head.first then
    redis.call('XTRIM', stream_key, 'MINID', stream_id(before))
    redis.call('ZREMRANGEBYSCORE', versions_key, '-inf', '(' .. text(before))
    redis.call('HSET', head_key, 'first', text(before))
    head.first = before
end
return text(head.first)
