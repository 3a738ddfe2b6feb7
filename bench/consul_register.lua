-- Registers one of 1,000 services of 1,000 nodes, chosen at random, each time with another port, through Consul's HTTP API.

local common = require("common")
local body = '{"Node":"bench-%03d","Address":"10.1.%d.%d","SkipNodeUpdate":true,'
  .. '"Service":{"ID":"registered","Service":"registered","Tags":["v1","primary"],"Port":%d}}'

function init()
  math.randomseed(os.time() + tonumber(tostring({}):match("0x(%x+)"), 16) % 65536)
end

function request()
  local number = math.random(0, 999)
  local text = string.format(body, number, math.floor(number / 250), number % 250 + 1, math.random(1, 65535))
  return wrk.format("PUT", "/v1/catalog/register", nil, text)
end

done = common.done
