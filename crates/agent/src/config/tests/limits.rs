//! How much a client agent may ask of servers.

use super::*;

#[test]
fn calls_to_servers_are_limited_only_when_that_is_asked_for() {
    for (rate, expected) in
        [("", None), ("-1", None), ("0", None), ("2", Some(2000)), ("0.5", Some(500)), ("12.25", Some(12_250))]
    {
        let block = if rate.is_empty() { String::new() } else { format!("limits {{ rpc_rate = {rate} }}") };
        let machine = Machine::with(&[("/a.hcl", &block)]);
        let limits = machine.load("-data-dir=/data -config-file=/a.hcl").unwrap().limits;
        assert_eq!((limits.rpc_per_1000_s, limits.rpc_burst_max), (expected, 1000), "{rate}");
    }
    let machine = Machine::with(&[("/a.hcl", "limits { rpc_rate = \"2\" }")]);
    let refused = machine.load("-data-dir=/data -config-file=/a.hcl").unwrap_err().to_string();
    assert!(refused.contains("rpc_rate"), "{refused}");
}
