//! An agent that is a pod: its own name, address and paths.

use proconsul_types::pod_context::PathMap;

use super::*;

fn pod() -> PodContext {
    PodContext {
        hostname: "consul-1".to_owned(),
        address: address("127.24.0.2"),
        resolver: Some(SocketAddr::from(([127, 24, 0, 10], 53))),
        search: Vec::new(),
        paths: vec![PathMap { inside: "/consul".into(), outside: "/state/pod".into() }],
    }
}

#[test]
fn a_pod_has_its_own_name_address_and_paths() {
    let machine =
        Machine { pod: Some(pod()), ..Machine::with(&[("/state/pod/config/a.hcl", "datacenter = \"east\"")]) };
    let config = machine
        .load("-server -config-file=/consul/config -data-dir=/consul/data -log-file=/consul/log -bind=0.0.0.0 -client=0.0.0.0 -serf-lan-bind=::")
        .unwrap();
    assert_eq!(config.node_name, "consul-1");
    assert_eq!(config.datacenter, "east");
    let own = address("127.24.0.2");
    assert_eq!((config.bind_addr, config.advertise_addr, config.serf_lan_bind), (own, own, own));
    assert_eq!(config.client_addrs, [own]);
    assert_eq!(config.data_dir, Some(Place::mapped("/consul/data", "/state/pod/data")));
    assert_eq!(config.log.file, Some(Place::mapped("/consul/log", "/state/pod/log")));
    assert_eq!(config.pod, Some(pod()));
    let config = machine.load("-data-dir=/d -client=localhost -bind=127.0.0.1").unwrap();
    assert_eq!((config.client_addrs, config.bind_addr), (vec![own], own));
}

#[test]
fn a_mistake_in_a_pods_file_names_both_paths() {
    let machine = Machine { pod: Some(pod()), ..Machine::with(&[("/state/pod/a.hcl", "bogus_key = 1")]) };
    machine.check_refused(
        "-data-dir=/d -config-file=/consul/a.hcl",
        "/consul/a.hcl:1:1 (on this machine /state/pod/a.hcl): invalid config key bogus_key",
    );
}
