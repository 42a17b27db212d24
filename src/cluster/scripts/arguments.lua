-- What scripts begin with: their arguments one after the other, numbers as text, and the time.

local at = 0
local function argument()
    at = at + 1
    return ARGV[at]
end
local function number_argument()
    return tonumber(argument())  -- nil: ''
end

-- Lua's numbers are doubles; offsets, versions, fencing numbers and times stay below 2^53.
local function text(number)
    return string.format('%.0f', number)
end

local function milliseconds()
    local time = redis.call('TIME')
    return time[1] * 1000 + math.floor(time[2] / 1000)
end

