//! What is told to be different when the configuration is read again.

use super::Machine;
use crate::config::Change;

#[track_caller]
fn check(before: &str, next: &str, followed: &[&str], kept: &[&str]) {
    let load = |text: &str| Machine::with(&[("/a.hcl", text)]).load("-data-dir=/d -config-file=/a.hcl").unwrap();
    let change = Change::between(&load(before), &load(next));
    assert_eq!((change.followed, change.kept), (followed.to_vec(), kept.to_vec()));
}

#[test]
fn what_is_set_otherwise_is_told_by_its_key() {
    check("log_level = \"info\"", "log_level = \"info\"", &[], &[]);
    check("", "log_level = \"debug\" datacenter = \"dc2\"", &["log_level"], &["datacenter"]);
    check(
        "http_config { response_headers { a = \"b\" } } limits { kv_max_value_size = 5 }",
        "dns_config { node_ttl = \"5s\" } ports { dns = 8700 }",
        &["dns_config.node_ttl", "http_config.response_headers", "limits.kv_max_value_size"],
        &["ports.dns"],
    );
}
