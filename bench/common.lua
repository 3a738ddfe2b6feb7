-- What all loads share: the keys, a value of 256 bytes, and one line of results that cargo xtask bench reads.

local common = { keys = 10000, value = string.rep("v", 256) }

-- The request for each key, made once: making it anew each time would be most of the load's own cost.
function common.prepare(make)
  local requests = {}
  for number = 0, common.keys - 1 do
    requests[number] = make(string.format("bench/key-%05d", number))
  end
  math.randomseed(os.time() + tonumber(tostring({}):match("0x(%x+)"), 16) % 65536)
  return function()
    return requests[math.random(0, common.keys - 1)]
  end
end

-- The alphabet of RFC 4648, section 4.
local alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"

function common.base64(text)
  local out = {}
  for at = 1, #text, 3 do
    local one, two, three = text:byte(at, at + 2)
    local number = one * 65536 + (two or 0) * 256 + (three or 0)
    for place = 3, 0, -1 do
      local digit = math.floor(number / 64 ^ place) % 64
      out[#out + 1] = alphabet:sub(digit + 1, digit + 1)
    end
  end
  local missing = (3 - #text % 3) % 3
  return table.concat(out):sub(1, -missing - 1) .. string.rep("=", missing)
end

function common.done(summary, latency)
  local errors = summary.errors
  local failed = errors.connect + errors.read + errors.write + errors.status + errors.timeout
  print(string.format("RESULT requests=%d microseconds=%d failed=%d p50=%d p99=%d",
    summary.requests, summary.duration, failed, latency:percentile(50), latency:percentile(99)))
end

return common
