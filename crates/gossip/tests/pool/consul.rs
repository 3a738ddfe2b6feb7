//! A real Consul client agent as a peer. It is fetched by `cargo xtask peers`; without it this test says so and passes.

use std::path::Path;
use std::process::Stdio;

use proconsul_gossip::{Status, start};
use tokio::process::Command;

use crate::fixture::{answers, config, fast, free_address, peer, run, sees, tags};

/// What Consul 1.8's servers tell about themselves.
const SERVER_TAGS: [(&str, &str); 13] = [
    ("role", "consul"),
    ("dc", "dc1"),
    ("segment", ""),
    ("id", "11111111-2222-3333-4444-555555555555"),
    ("vsn", "2"),
    ("vsn_min", "2"),
    ("vsn_max", "3"),
    ("build", "1.8.7:"),
    ("port", "8300"),
    ("raft_vsn", "3"),
    ("expect", "3"),
    ("acls", "0"),
    ("wan_join_port", "8302"),
];

#[tokio::test]
async fn a_real_consul_agent_joins_ours_takes_us_for_a_server_and_leaves() {
    let Some(program) = peer("consul") else { return };
    let mut config = config("ours", "127.0.23.120:0", fast());
    config.tags = tags(&SERVER_TAGS);
    let ours = start(config).await.unwrap();
    let (gossip, http) = (free_address("127.0.23.121"), free_address("127.0.23.121"));
    let data = Path::new(env!("CARGO_TARGET_TMPDIR")).join("consul-peer");
    let _never_ran_before = std::fs::remove_dir_all(&data);
    let mut agent = Command::new(&program)
        .args(["agent", "-node=real", "-dns-port=-1", "-bind=127.0.23.121", "-client=127.0.23.121"])
        .args([format!("-serf-lan-port={}", gossip.port()), format!("-http-port={}", http.port())])
        .args([format!("-data-dir={}", data.display()), format!("-retry-join={}", ours.local().address)])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    sees(&ours, "real", Status::Alive).await;
    let at = format!("-http-addr={http}");
    answers(
        "consul lists us as a server",
        async || run(&program, &["members", &at]).await,
        |output| {
            let text = String::from_utf8_lossy(&output.stdout).into_owned();
            text.lines().any(|line| ["ours", "alive", "server", "1.8.7", "dc1"].iter().all(|word| line.contains(word)))
        },
    )
    .await;
    let real = ours.members().into_iter().find(|member| &*member.name == "real").unwrap();
    assert_eq!((real.tags["role"].as_str(), real.address), ("node", gossip));
    assert!(run(&program, &["leave", &at]).await.status.success());
    sees(&ours, "real", Status::Left).await;
    agent.wait().await.unwrap();
}
