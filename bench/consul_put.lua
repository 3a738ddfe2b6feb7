-- Writes 256 bytes under one of 10,000 keys, chosen at random, through Consul's HTTP API.

local common = require("common")

function init()
  request = common.prepare(function(key)
    return wrk.format("PUT", "/v1/kv/" .. key, nil, common.value)
  end)
end

done = common.done
