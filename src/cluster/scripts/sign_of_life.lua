-- Says that a node lives and where it is; answers where the order and the others are.

local identity, epoch, node, name = argument(), argument(), argument(), argument()
local version, position, heard = argument(), number_argument(), number_argument()
local leaving = argument() == '1'
local head = read_head()
if not is_settled(head, identity, epoch) then return 'hello' end

local time = milliseconds()
if leaving then
    redis.call('HDEL', nodes_key, node)
else
    write_node(node, position, time, 0, heard, version, name)
end
return {text(head.first), text(head.last), nodes_answer(read_nodes(), time), text(time)}
