-- Writes 256 bytes under one of 10,000 keys, chosen at random, through etcd's JSON gateway.

local common = require("common")

function init()
  local value = common.base64(common.value)
  request = common.prepare(function(key)
    local body = string.format('{"key":"%s","value":"%s"}', common.base64(key), value)
    return wrk.format("POST", "/v3/kv/put", { ["Content-Type"] = "application/json" }, body)
  end)
end

done = common.done
