//! Whole configurations on a machine that is data: what they become, and what is said about those that are refused.

use std::collections::BTreeMap;
use std::io;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use super::environment::{Files, Found, Interface};
use super::*;
use crate::flag;

mod autopilot;
mod change;
mod checks;
mod dns;
mod http;
mod limits;
mod local;
mod pod;

/// A machine with one private address, and these files.
#[derive(Default)]
struct Machine {
    files: BTreeMap<PathBuf, String>,
    more_interfaces: Vec<&'static str>,
    pod: Option<PodContext>,
}

impl Files for Machine {
    fn look(&self, path: &Path) -> io::Result<Found> {
        if self.files.contains_key(path) {
            return Ok(Found::File);
        }
        let name =
            |file: &PathBuf| Some(file.strip_prefix(path).ok()?.components().next()?.as_os_str().to_str()?.to_owned());
        let names: Vec<String> = self.files.keys().filter_map(name).collect();
        if names.is_empty() && !path.ends_with("empty") {
            Err(io::ErrorKind::NotFound.into())
        } else {
            Ok(Found::Directory(names))
        }
    }

    fn read(&self, path: &Path) -> io::Result<String> {
        self.files.get(path).cloned().ok_or_else(|| io::ErrorKind::NotFound.into())
    }
}

impl Machine {
    fn with(files: &[(&str, &str)]) -> Self {
        let files = files.iter().map(|(path, text)| (PathBuf::from(path), (*text).to_owned())).collect();
        Self { files, ..Self::default() }
    }

    fn load(&self, line: &str) -> Result<Config, Mistakes> {
        let words: Vec<String> = line.split_whitespace().map(str::to_owned).collect();
        let given = flag::parse(&[&FLAGS], &words).unwrap();
        let interface = |address: &&str| Interface {
            name: "eth0".to_owned(),
            address: address.parse().unwrap(),
            prefix_bits: 24,
            up: true,
            loopback: false,
            default_route: true,
        };
        let environment = Environment {
            hostname: "machine".to_owned(),
            interfaces: ["10.0.0.5"].iter().chain(&self.more_interfaces).map(interface).collect(),
            fresh_node_id: NodeId::from_bytes([7; 16]),
            pod: self.pod.clone(),
            files: self,
        };
        load(&given, &environment)
    }

    fn check_refused(&self, line: &str, expected: &str) {
        let refused = self.load(line).map(|_| ()).unwrap_err().to_string();
        assert_eq!(refused, expected, "loading {line:?}");
    }
}

fn address(text: &str) -> IpAddr {
    text.parse().unwrap()
}

/// The arguments of the StatefulSet, for the pod with this address.
const SEED: &str = "-server -bootstrap-expect=3 -ui -config-file=/consul/config/empty -data-dir=/consul/data -log-file=/consul/log \
     -bind=0.0.0.0 -client=0.0.0.0 -advertise=10.244.0.7 -retry-join=consul-0.consul.default.svc.cluster.local \
     -retry-join=consul-1.consul.default.svc.cluster.local -retry-join=consul-2.consul.default.svc.cluster.local \
     -domain=cluster.local -disable-host-node-id";

#[test]
fn the_seeds_arguments_mean_what_they_mean_to_consul() {
    let config = Machine::default().load(SEED).unwrap();
    assert!(config.server && config.ui && !config.dev);
    assert_eq!(config.bootstrap, Bootstrap::Expect(3));
    assert_eq!(config.data_dir, Some(Place::new("/consul/data")));
    assert_eq!(config.log.file, Some(Place::new("/consul/log")));
    assert_eq!(config.bind_addr, address("0.0.0.0"));
    assert_eq!(config.client_addrs, [address("0.0.0.0")]);
    assert_eq!(config.advertise_addr, address("10.244.0.7"));
    assert_eq!(config.join.retry.len(), 3);
    assert_eq!(config.dns.domain.to_string(), "cluster.local.");
    assert_eq!(config.node_name, "machine");
    assert_eq!((config.leave_on_terminate, config.skip_leave_on_interrupt), (false, true));
    assert_eq!(config.warnings, Vec::<String>::new());
    assert_eq!(
        config.notices,
        [
            "no listener in this version on these ports: 8400 (the RPC port of Consul before 0.8), 8443 (the port of mesh gateways), \
          8302 (WAN gossip)"
        ]
    );
}

#[test]
fn defaults_are_consuls() {
    let config = Machine::default().load("-data-dir=/data").unwrap();
    assert_eq!(config.datacenter, "dc1");
    assert_eq!(config.advertise_addr, address("10.0.0.5"));
    assert_eq!(config.client_addrs, [address("127.0.0.1")]);
    assert_eq!((config.ports.http, config.ports.dns, config.ports.grpc), (Some(8500), Some(8600), None));
    assert_eq!((config.ports.server, config.ports.serf_lan, config.ports.serf_wan), (8300, 8301, Some(8302)));
    assert_eq!(config.default_query_time, Duration::from_secs(300));
    assert_eq!(config.max_query_time, Duration::from_secs(600));
    assert_eq!(config.session_ttl_min, Duration::from_secs(10));
    assert_eq!(config.rpc_hold_timeout, Duration::from_secs(7));
    assert_eq!(config.join.retry_interval, Duration::from_secs(30));
    assert_eq!(config.limits.kv_value_bytes_max, proconsul_base::limit::KV_VALUE_BYTES);
    assert_eq!(config.raft.multiplier, 1);
    assert!(config.leave_on_terminate && !config.skip_leave_on_interrupt);
    assert_eq!(config.node_id, NodeId::from_bytes([7; 16]));
}

#[test]
fn development_mode_is_a_server_alone_that_keeps_nothing() {
    let config = Machine::default().load("-dev").unwrap();
    assert!(config.server && config.ui && config.data_dir.is_none());
    assert_eq!(config.bootstrap, Bootstrap::Alone);
    assert_eq!(config.advertise_addr, address("127.0.0.1"));
    assert_eq!(config.log.level, LogLevel::Debug);
}

#[test]
fn files_are_read_in_lexical_order_and_flags_win() {
    let machine = Machine::with(&[
        (
            "/etc/b.json",
            r#"{"datacenter": "two", "retry_join": ["b"], "ports": {"http": 80, "server": 900}, "node_name": null}"#,
        ),
        ("/etc/a.hcl", "datacenter = \"one\", retry_join = [\"a\"], node_meta { x = \"1\" y = \"2\" }"),
        ("/etc/c.txt", "not read"),
        ("/etc/sub/d.hcl", "not read"),
    ]);
    let config = machine
        .load("-data-dir=/data -config-dir=/etc -http-port=81 -retry-join=flag -node-meta=x:9 -node-meta=z:")
        .unwrap();
    assert_eq!(config.datacenter, "two");
    assert_eq!(config.join.retry, ["flag", "a", "b"]);
    assert_eq!((config.ports.http, config.ports.server), (Some(81), 900));
    let meta: Vec<(&str, &str)> = config.node_meta.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
    assert_eq!(meta, [("x", "9"), ("y", "2"), ("z", "")]);
    assert_eq!(
        config.warnings,
        ["skipping file /etc/c.txt, extension must be .hcl or .json, or config format must be set"]
    );
}

#[test]
fn a_piece_of_hcl_comes_after_files_and_before_flags() {
    let machine = Machine::with(&[("/a.conf", "node_name = \"file\" datacenter = \"file\"")]);
    let config = machine
        .load("-config-format=hcl -config-file=/a.conf -hcl=data_dir=\"/d\",node_name=\"piece\" -datacenter=flag")
        .unwrap();
    assert_eq!((config.node_name.as_str(), config.datacenter.as_str()), ("piece", "flag"));
}

#[test]
fn all_mistakes_are_reported_at_once_with_their_places() {
    let machine = Machine::with(&[
        ("/etc/a.hcl", "datacentre = \"x\"\nports { htp = 1 http = \"80\" }\nports { dns = 1 }\nretry_join = \"x\""),
        ("/etc/b.json", "{\"server\": \"yes\",}"),
        ("/etc/c.json", "{\"retry_interval\": \"5\",\n \"bootstrap_expect\": 3}"),
    ]);
    machine.check_refused(
        "-config-dir=/etc -config-file=/none -bind=eth0 -node-id=x more",
        "Unexpected extra arguments: [more]\n\
         config: Open failed on /none. open /none: entity not found\n\
         /etc/a.hcl:1:1: invalid config key datacentre; did you mean datacenter?\n\
         /etc/a.hcl:2:9: invalid config key ports.htp; did you mean ports.http?\n\
         /etc/a.hcl:2:17: ports.http takes a whole number, without quotes, not text\n\
         /etc/a.hcl:3:1: the block ports stands here for the second time; write its keys into one block\n\
         /etc/a.hcl:4:1: retry_join takes a list of texts, not text\n\
         failed to parse /etc/b.json:1:18: expected a key in double quotes, found '}'\n\
         /etc/c.json:1:2: retry_interval: time: missing unit in duration \"5\"\n\
         data_dir cannot be empty\n\
         -bind: bind_addr: \"eth0\" is no IP address; write an address, or a template such as {{ GetPrivateIP }}\n\
         -node-id: node_id: failed to setup node ID: \"x\" is no UUID; expected 32 hexadecimal digits in the form 8-4-4-4-12\n\
         'bootstrap_expect > 0' requires 'server = true'",
    );
}

#[test]
fn an_absent_feature_is_a_warning_when_harmless_and_an_error_when_not() {
    let machine = Machine::with(&[(
        "/a.hcl",
        "telemetry { retry_failed_connection = true } disable_update_check = true encrypt = \"\" verify_incoming = false acl { enabled = false }",
    )]);
    let config = machine.load("-data-dir=/d -config-file=/a.hcl -protocol=2").unwrap();
    assert_eq!(
        config.warnings,
        [
            "/a.hcl:1:13: telemetry.retry_failed_connection has no effect: lost sinks are always tried again in this version",
            "/a.hcl:1:46: disable_update_check has no effect: nothing is sent to anyone in this version",
            "-protocol: protocol has no effect: protocol version 2 is spoken in this version",
        ]
    );
    let machine = Machine::with(&[("/a.hcl", "acl { enabled = true }\nverify_outgoing = true\ntls { defaults {} }")]);
    machine.check_refused(
        "-data-dir=/d -config-file=/a.hcl -encrypt=abc",
        "/a.hcl:1:7: acl.enabled cannot be ignored safely, and there is no access control in this version; take it out to go on without\n\
         /a.hcl:2:1: verify_outgoing cannot be ignored safely, and connections are not encrypted or verified in this version; take it out to go on without\n\
         /a.hcl:3:1: tls cannot be ignored safely, and connections are not encrypted or verified in this version; take it out to go on without\n\
         -encrypt: encrypt cannot be ignored safely, and gossip is not encrypted in this version; take it out to go on without",
    );
}

#[test]
fn consuls_rules_are_refused_in_consuls_words() {
    let machine = Machine::default();
    for (line, expected) in [
        ("", "data_dir cannot be empty"),
        (
            "-data-dir=/d -server -bootstrap -bootstrap-expect=3",
            "'bootstrap_expect > 0' and 'bootstrap = true' are mutually exclusive",
        ),
        ("-data-dir=/d -bootstrap", "'bootstrap = true' requires 'server = true'"),
        ("-dev -bootstrap-expect=3", "'bootstrap_expect > 0' not allowed in dev mode"),
        ("-data-dir=/d -bootstrap-expect=-1", "bootstrap_expect cannot be -1. Must be greater than or equal to zero"),
        ("-data-dir=/d -advertise=0.0.0.0", "Advertise address cannot be 0.0.0.0, :: or [::]"),
        ("-data-dir=/d -datacenter=a.b", "datacenter cannot be \"a.b\". Please use only [a-z0-9-_]"),
        (
            "-data-dir=/d -log-level=bogus",
            "Invalid log level: bogus. Valid log levels are: [TRACE DEBUG INFO WARN ERR ERROR]",
        ),
        ("-data-dir=/d -http-port=99999", "-http-port: ports.http: invalid port: 99999"),
        ("-data-dir=/d -server-port=0", "-server-port: ports.server: must be a port from 1 to 65535, not 0"),
        (
            "-data-dir=/d -bind=127.0.0.1 -http-port=8300",
            "Server RPC address 127.0.0.1:8300 already configured for HTTP",
        ),
        (
            "-data-dir=/d -https-port=8443",
            "-https-port: ports.https: there is no HTTPS listener in this version, and clear text in its place would be unsafe; set it to -1",
        ),
        (
            "-data-dir=/d -bind=::1 -retry-join=provider=k8s",
            "-retry-join: retry_join: \"provider=k8s\": agents cannot be discovered through a provider in this version; write addresses or DNS names",
        ),
    ] {
        machine.check_refused(line, expected);
    }
}

#[test]
fn a_wildcard_advertises_the_one_private_address_or_asks_which() {
    let machine = Machine { more_interfaces: vec!["192.168.0.9", "8.8.8.8"], ..Machine::default() };
    machine.check_refused(
        "-data-dir=/d",
        "Multiple private IPv4 addresses found. Please configure one with 'bind' and/or 'advertise': 10.0.0.5, 192.168.0.9",
    );
    assert_eq!(machine.load("-data-dir=/d -bind=192.168.0.9").unwrap().advertise_addr, address("192.168.0.9"));
    let dual = Machine { more_interfaces: vec!["2a00::1"], ..Machine::default() };
    assert_eq!(dual.load("-data-dir=/d -bind=::").unwrap().advertise_addr, address("2a00::1"));
}

#[test]
fn templates_work_in_addresses() {
    let text = r#"bind_addr = "{{ GetPrivateIP }}" client_addr = "127.0.0.1 {{ GetInterfaceIP \"eth0\" }}""#;
    let config = Machine::with(&[("/a.hcl", text)]).load("-data-dir=/d -config-file=/a.hcl").unwrap();
    assert_eq!(config.bind_addr, address("10.0.0.5"));
    assert_eq!(config.client_addrs, [address("127.0.0.1"), address("10.0.0.5")]);
    Machine::with(&[("/a.hcl", "bind_addr = \"{{ GetBogus }}\"")]).check_refused(
        "-data-dir=/d -config-file=/a.hcl",
        "/a.hcl:1:1: bind_addr: the template function \"GetBogus\" is not known; GetPrivateIP, GetInterfaceIP \"eth0\" and the like are",
    );
}

#[test]
fn the_data_directorys_own_id_is_kept() {
    let id = "8b89e2a3-5470-7e31-3029-b8be94eb402b";
    let machine = Machine::with(&[("/d/node-id", id)]);
    assert_eq!(machine.load("-data-dir=/d").unwrap().node_id.to_string(), id);
    let given = "00000000-0000-0000-0000-0000000000AA";
    assert_eq!(
        machine.load(&format!("-data-dir=/d -node-id={given}")).unwrap().node_id.to_string(),
        given.to_lowercase()
    );
    Machine::with(&[("/d/node-id", "short")]).check_refused(
        "-data-dir=/d",
        "failed to setup node ID: /d/node-id holds no node id: \"short\" is no UUID; expected 32 hexadecimal digits in the form \
         8-4-4-4-12; put the right one there, or remove the file for a fresh one",
    );
}

#[test]
fn what_bootstraps_oddly_is_warned_about() {
    let warnings = |count: u32| {
        Machine::default().load(&format!("-data-dir=/d -server -bootstrap-expect={count}")).unwrap().warnings
    };
    assert_eq!(warnings(1), ["BootstrapExpect is set to 1; this is the same as Bootstrap mode."]);
    assert_eq!(warnings(2), ["bootstrap_expect = 2: A cluster with 2 servers will provide no failure tolerance."]);
    assert!(warnings(3).is_empty());
    assert_eq!(warnings(4).len(), 1);
}
