//! The flags of `agent`: those of the followed keys, those that name sources, and those whose feature is not there.

use std::sync::LazyLock;

use super::key::{self, Key, Kind, Role};
use crate::flag::{Flag, Takes};

/// Every flag of the agent.
pub static FLAGS: LazyLock<Vec<Flag>> = LazyLock::new(|| {
    let absent = ABSENT.iter().map(|&(name, takes, _)| Flag {
        name,
        takes,
        doc: "Known, but its feature is not there.",
        default: "",
    });
    key::all().filter_map(of_key).chain(SOURCES.iter().copied()).chain(absent).collect()
});

const SOURCES: &[Flag] = &[
    Flag {
        name: "config-file",
        takes: Takes::Text("value"),
        doc: "Configuration file ending in .hcl or .json, or a directory of such files. Can be given several times.",
        default: "",
    },
    Flag {
        name: "config-dir",
        takes: Takes::Text("value"),
        doc: "Directory whose .hcl and .json files are read in lexical order, or one file. Can be given several times.",
        default: "",
    },
    Flag {
        name: "config-format",
        takes: Takes::Text("string"),
        doc: "Form of all configuration files whatever their names end in: 'hcl' or 'json'.",
        default: "",
    },
    Flag {
        name: "hcl",
        takes: Takes::Text("value"),
        doc: "A piece of configuration in HCL, read after all files. Can be given several times.",
        default: "",
    },
    Flag {
        name: "dev",
        takes: Takes::Switch,
        doc: "Development mode: a server of its own on 127.0.0.1 that keeps nothing on disk.",
        default: "false",
    },
];

/// Flags that Consul knows, and the key each stands for.
const ABSENT: &[(&str, Takes, &str)] = &[
    ("advertise-wan", VALUE, "advertise_addr_wan"),
    ("auto-reload-config", Takes::Switch, "auto_reload_config"),
    ("disable-keyring-file", Takes::Switch, "disable_keyring_file"),
    ("encrypt", VALUE, "encrypt"),
    ("grpc-tls-port", Takes::Integer, "ports.grpc_tls"),
    ("join-wan", VALUE, "start_join_wan"),
    ("non-voting-server", Takes::Switch, "non_voting_server"),
    ("primary-gateway", VALUE, "primary_gateways"),
    ("protocol", Takes::Integer, "protocol"),
    ("read-replica", Takes::Switch, "read_replica"),
    ("retry-interval-wan", VALUE, "retry_interval_wan"),
    ("retry-join-wan", VALUE, "retry_join_wan"),
    ("retry-max-wan", Takes::Integer, "retry_max_wan"),
    ("segment", VALUE, "segment"),
    ("serf-lan-allowed-cidrs", VALUE, "serf_lan_allowed_cidrs"),
    ("serf-wan-allowed-cidrs", VALUE, "serf_wan_allowed_cidrs"),
    ("serf-wan-bind", VALUE, "serf_wan"),
    ("syslog", Takes::Switch, "enable_syslog"),
    ("ui-content-path", VALUE, "ui_content_path"),
    ("ui-dir", VALUE, "ui_dir"),
];

const VALUE: Takes = Takes::Text("value");

fn of_key(key: &'static Key) -> Option<Flag> {
    let Role::Used { flag: Some(name), default, doc } = key.role else { return None };
    let takes = match key.takes {
        Kind::Boolean => Takes::Switch,
        Kind::Integer => Takes::Integer,
        Kind::Map => Takes::Text("key:value"),
        _ => VALUE,
    };
    Some(Flag { name, takes, doc, default })
}

/// The key that a flag stands for; `None` for a flag that names a source.
pub(super) fn key_of(name: &str) -> Option<&'static Key> {
    let absent = || ABSENT.iter().find(|(flag, ..)| *flag == name).and_then(|(.., path)| key::find(path));
    key::of_flag(name).or_else(absent)
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn every_flag_is_declared_once_and_stands_for_a_key_or_a_source() {
        let mut seen = HashSet::new();
        for flag in FLAGS.iter() {
            assert!(seen.insert(flag.name), "-{} is declared twice", flag.name);
            let source = SOURCES.iter().any(|source| source.name == flag.name);
            assert!(source != key_of(flag.name).is_some(), "-{}", flag.name);
        }
    }
}
