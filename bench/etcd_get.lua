-- Reads one of 10,000 keys, chosen at random, through etcd's JSON gateway. The argument "serializable" lets any server answer by itself.

local common = require("common")

function init(arguments)
  local serializable = tostring(arguments[1] == "serializable")
  request = common.prepare(function(key)
    local body = string.format('{"key":"%s","serializable":%s}', common.base64(key), serializable)
    return wrk.format("POST", "/v3/kv/range", { ["Content-Type"] = "application/json" }, body)
  end)
end

done = common.done
