//! What a leader does about servers.

use super::*;

#[test]
fn autopilot_follows_its_block_and_knows_consuls_defaults() {
    let block = "autopilot {\n cleanup_dead_servers = false\n min_quorum = 3\n max_trailing_logs = 9\n \
                 last_contact_threshold = \"1s\"\n server_stabilization_time = \"3s\" }\nreconnect_timeout = \"8h\"";
    let machine = Machine::with(&[("/a.hcl", block)]);
    let config = machine.load("-data-dir=/data -config-file=/a.hcl").unwrap();
    let expected = Configuration {
        cleanup_dead_servers: false,
        min_quorum: 3,
        max_trailing_logs: 9,
        last_contact_threshold: 1_000_000_000,
        server_stabilization_time: 3_000_000_000,
        ..Configuration::initial()
    };
    assert_eq!(config.autopilot, expected);
    assert_eq!(config.reconnect_timeout, Duration::from_secs(8 * 3600));
    let config = Machine::default().load("-data-dir=/data").unwrap();
    assert_eq!(config.autopilot, Configuration::initial());
    assert_eq!(config.reconnect_timeout, Duration::from_secs(72 * 3600));
}

#[test]
fn a_negative_number_and_an_unknown_key_of_the_block_are_refused() {
    for (line, told) in [("min_quorum = -1", "min_quorum"), ("foo = 1", "autopilot.foo")] {
        let machine = Machine::with(&[("/a.hcl", &format!("autopilot {{ {line} }}"))]);
        let refused = machine.load("-data-dir=/data -config-file=/a.hcl").unwrap_err().to_string();
        assert!(refused.contains(told), "{refused}");
    }
}
