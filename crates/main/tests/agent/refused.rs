//! Agents that do not start, and what they say.

use std::fs;
use std::path::Path;

use super::support::cluster::Cluster;
use super::support::command::{PROCONSUL, proconsul, run};

/// Arguments of a server that is all right but for what is added.
fn agent(cluster: &Cluster, last: u8, more: &[&str]) -> String {
    let address = cluster.range.address(last);
    let (bind, client) = (format!("-bind={address}"), format!("-client={address}"));
    let words = ["agent", "-server", "-bootstrap-expect=3", "-node=s1", &bind, &client];
    proconsul(&[&words, more].concat()).failure()
}

#[test]
fn a_second_agent_on_a_data_directory_is_refused_and_does_no_harm() {
    let mut cluster = Cluster::of(1);
    cluster.start_all();
    cluster.leader();
    let data = cluster.servers[0].data_dir();
    let told = agent(&cluster, 2, &[&format!("-data-dir={}", data.display())]);
    let expected = format!("data directory {} is in use by another agent; stop that agent", data.display());
    assert!(told.contains(&expected), "{told}");
    cluster.put(0, "still", "there");
}

#[test]
fn a_data_directory_of_another_node_is_refused() {
    let mut cluster = Cluster::of(1);
    cluster.start_all();
    cluster.leader();
    cluster.servers[0].stop();
    let data = cluster.servers[0].data_dir();
    let id = fs::read_to_string(data.join("node-id")).unwrap();
    let other = "11111111-2222-3333-4444-555555555555";
    let told = agent(&cluster, 1, &[&format!("-data-dir={}", data.display()), &format!("-node-id={other}")]);
    let expected =
        format!("data directory {} belongs to node s1 with id {}, not to {other}", data.display(), id.trim());
    assert!(told.contains(&expected), "{told}");
    cluster.start_all();
    cluster.leader();
}

#[test]
fn an_address_that_is_taken_is_named() {
    let mut cluster = Cluster::of(1);
    cluster.start_all();
    cluster.leader();
    let data = cluster.directory().join("other");
    let told = agent(&cluster, 1, &[&format!("-data-dir={}", data.display())]);
    let expected = format!("listener on {}:8300: Address already in use", cluster.servers[0].address);
    assert!(told.contains(&expected), "{told}");
}

#[test]
fn an_unknown_flag_is_refused_with_the_nearest_one() {
    let told = proconsul(&["agent", "-bootstrp-expect=3"]).failure();
    assert!(
        told.contains("flag provided but not defined: -bootstrp-expect; did you mean -bootstrap-expect?"),
        "{told}"
    );
    let told = proconsul(&["agent", "-bootstrap-expect=three"]).failure();
    assert!(told.contains("invalid value \"three\" for flag -bootstrap-expect"), "{told}");
}

#[test]
fn all_mistakes_of_a_configuration_are_told_at_once_with_file_and_line() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("bad.hcl");
    fs::write(&file, "server = true\ndatacentre = \"dc1\"\nports { htp = 1 }\nencrypt = \"aaaa\"\nnode_name = 5\n")
        .unwrap();
    let file = file.display();
    let expected = format!(
        "==> {file}:2:1: invalid config key datacentre; did you mean datacenter?\n\
         ==> {file}:3:9: invalid config key ports.htp; did you mean ports.http?\n\
         ==> {file}:4:1: encrypt cannot be ignored safely, and gossip is not encrypted in this version; take it out to go on without\n\
         ==> {file}:5:1: node_name takes text in quotes, not an integer\n"
    );
    let told = proconsul(&["agent", &format!("-config-file={file}"), "-data-dir=unused", "-bind=127.0.0.1"]).failure();
    assert_eq!(told, expected);
    assert!(!Path::new("unused").exists(), "nothing is made before the configuration is right");
}

#[test]
fn encryption_that_is_asked_for_is_never_left_out_silently() {
    let told =
        proconsul(&["agent", "-server", "-data-dir=unused", "-encrypt=pUqJrVyVRj5jsiYEkM/tFQYfWyJIv4s3XkvDwy7Cu5s="])
            .failure();
    assert!(told.contains("-encrypt: encrypt cannot be ignored safely"), "{told}");
}

#[test]
fn commands_end_with_consuls_exit_codes() {
    let nobody = Cluster::of(1);
    let address = format!("-http-addr={}", nobody.servers[0].http());
    let told = proconsul(&["members", &address]).failure();
    assert!(told.contains("connection refused"), "{told}");
    assert_eq!(proconsul(&["no-such-command"]).code, Some(127));
    assert_eq!(proconsul(&[]).code, Some(127));
    assert_eq!(proconsul(&["members", "-h"]).code, Some(0));
    assert!(run(Path::new(PROCONSUL), &["version"]).success().contains("Consul v1.8.7"));
}
