//! What `POST /v1/query` and `PUT /v1/query/:id` take.

use proconsul_types::query::{PreparedQuery, QueryDns, QueryFailover, QueryTemplate, ServiceQuery};

use crate::decode::record;

record!(PreparedQuery, "structs.PreparedQuery", strict {
    "ID" => id,
    "Name" => name,
    "Session" => session,
    "Token" => token,
    "Template" => template,
    "Service" => service,
    "DNS" => dns,
    "CreateIndex" => create_index,
    "ModifyIndex" => modify_index,
});

record!(QueryTemplate, "structs.QueryTemplateOptions", strict {
    "Type" => kind,
    "Regexp" => regexp,
    "RemoveEmptyTags" => remove_empty_tags,
});

record!(ServiceQuery, "structs.ServiceQuery", strict {
    "Service" => service,
    "Failover" => failover,
    "OnlyPassing" => only_passing,
    "IgnoreCheckIDs" => ignore_check_ids,
    "Near" => near,
    "Tags" => tags,
    "NodeMeta" => node_meta,
    "ServiceMeta" => service_meta,
    "Connect" => connect,
});

record!(QueryFailover, "structs.QueryDatacenterOptions", strict {
    "NearestN" => nearest_n,
    "Datacenters" => datacenters,
});

record!(QueryDns, "structs.QueryDNSOptions", strict {
    "TTL" => ttl,
});
