-- Reads one of 10,000 keys, chosen at random, through Consul's HTTP API. The argument is the query, such as "?stale".

local common = require("common")

function init(arguments)
  local query = arguments[1] or ""
  request = common.prepare(function(key)
    return wrk.format("GET", "/v1/kv/" .. key .. query)
  end)
end

done = common.done
