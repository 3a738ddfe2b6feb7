//! The real serf agent as a peer. It is fetched by `cargo xtask peers`; without it these tests say so and pass.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::{Output, Stdio};

use proconsul_gossip::{Event, Handle, Status};
use tokio::process::{Child, Command};

use crate::fixture::{PATIENCE, answers, free_address, member, peer, run, sees, tags};

/// A running serf agent; it is killed when this is dropped.
struct Serf {
    program: PathBuf,
    agent: Child,
    gossip: SocketAddr,
    rpc: SocketAddr,
}

impl Serf {
    /// Starts an agent named `real`; `None`, with a message, where the program is missing.
    async fn start(ip: &str) -> Option<Self> {
        let program = peer("serf")?;
        let (gossip, rpc) = (free_address(ip), free_address(ip));
        let agent = Command::new(&program)
            .args(["agent", "-node=real", "-profile=local", "-tag", "role=web"])
            .args([format!("-bind={gossip}"), format!("-rpc-addr={rpc}")])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let serf = Self { program, agent, gossip, rpc };
        serf.until("the agent answers", &["members"], |output| output.status.success()).await;
        Some(serf)
    }

    async fn run(&self, arguments: &[&str]) -> Output {
        let (command, rest) = arguments.split_first().unwrap();
        let rpc = format!("-rpc-addr={}", self.rpc);
        run(&self.program, &[&[*command, &rpc][..], rest].concat()).await
    }

    async fn until(&self, what: &str, arguments: &[&str], holds: impl Fn(&Output) -> bool) {
        answers(what, async || self.run(arguments).await, holds).await;
    }

    /// Waits until `serf members` has a line for this member that contains all of these.
    async fn lists(&self, member: &Handle, words: &[&str]) {
        let local = member.local();
        self.until(&format!("serf lists {words:?}"), &["members"], |output| {
            let text = String::from_utf8_lossy(&output.stdout).into_owned();
            let line = text.lines().find(|line| line.contains(&local.address.to_string()));
            line.is_some_and(|line| line.contains(&*local.name) && words.iter().all(|word| line.contains(word)))
        })
        .await;
    }
}

#[tokio::test]
async fn a_real_serf_agent_joins_ours_and_lists_our_tags() {
    let Some(serf) = Serf::start("127.0.23.101").await else { return };
    let ours = member("ours", "127.0.23.102:0").await;
    let joined = serf.run(&["join", &ours.local().address.to_string()]).await;
    assert!(joined.status.success(), "{joined:?}");
    sees(&ours, "real", Status::Alive).await;
    serf.lists(&ours, &["alive", "role=consul", "dc=dc1"]).await;
    let real = ours.members().into_iter().find(|member| &*member.name == "real").unwrap();
    assert_eq!((real.address, real.tags), (serf.gossip, tags(&[("role", "web")])));
    ours.set_tags(tags(&[("role", "moved")])).await.unwrap();
    serf.lists(&ours, &["alive", "role=moved"]).await;
}

#[tokio::test]
async fn events_pass_between_serf_and_ours_both_ways() {
    let Some(serf) = Serf::start("127.0.23.103").await else { return };
    let ours = member("ours", "127.0.23.104:0").await;
    assert_eq!(ours.join(&[serf.gossip]).await.unwrap().reached, 1);
    let mut events = ours.events();
    assert!(serf.run(&["event", "deploy", "now"]).await.status.success());
    let wait = async {
        loop {
            if let Event::User { name, payload, .. } = events.recv().await.unwrap() {
                return (name, payload);
            }
        }
    };
    let told = tokio::time::timeout(PATIENCE, wait).await.unwrap();
    assert_eq!(told, ("deploy".to_owned(), b"now".to_vec()));
    serf.until("serf reckons our distance", &["rtt", "real", "ours"], |output| output.status.success()).await;
    let answered = serf.run(&["reachability"]).await;
    assert!(String::from_utf8_lossy(&answered.stdout).contains("Successfully"), "{answered:?}");
}

#[tokio::test]
async fn leaving_is_seen_both_ways() {
    let Some(serf) = Serf::start("127.0.23.105").await else { return };
    let (ours, other) = (member("ours", "127.0.23.106:0").await, member("other", "127.0.23.107:0").await);
    for handle in [&ours, &other] {
        assert_eq!(handle.join(&[serf.gossip]).await.unwrap().reached, 1);
    }
    sees(&other, "ours", Status::Alive).await;
    ours.leave().await.unwrap();
    ours.shutdown().await;
    serf.lists(&ours, &["left"]).await;
    assert!(serf.run(&["leave"]).await.status.success());
    sees(&other, "real", Status::Left).await;
}

#[tokio::test]
async fn a_sudden_end_is_seen_both_ways() {
    let Some(mut serf) = Serf::start("127.0.23.108").await else { return };
    let (ours, other) = (member("ours", "127.0.23.109:0").await, member("other", "127.0.23.110:0").await);
    for handle in [&ours, &other] {
        assert_eq!(handle.join(&[serf.gossip]).await.unwrap().reached, 1);
    }
    sees(&other, "ours", Status::Alive).await;
    ours.shutdown().await;
    serf.lists(&ours, &["failed"]).await;
    assert!(serf.run(&["force-leave", "ours"]).await.status.success());
    sees(&other, "ours", Status::Left).await;
    serf.agent.kill().await.unwrap();
    sees(&other, "real", Status::Failed).await;
}
