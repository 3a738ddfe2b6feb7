-- Reads a service with 100 instances and their checks through Consul's HTTP API. The argument is the query, such as "?stale".

local common = require("common")

function init(arguments)
  local text = wrk.format("GET", "/v1/health/service/hundred" .. (arguments[1] or ""))
  request = function()
    return text
  end
end

done = common.done
