//! A page cache survives kill -9, so only system calls show that an acknowledged write is on disk.

use std::fs;
use std::path::PathBuf;

use super::support::cluster::Cluster;
use super::support::peer;
use super::support::wait::wait_until;

const WRITES: usize = 50;

#[test]
fn every_write_is_synced_on_the_leader_and_on_a_follower_before_it_is_acknowledged() {
    let Some(strace) = peer::installed("strace") else { return };
    let mut cluster = Cluster::of(3);
    let traces: Vec<PathBuf> = (1..=3).map(|number| cluster.directory().join(format!("trace-{number}"))).collect();
    for (place, trace) in traces.iter().enumerate() {
        // -D: the agent stays the child, and strace looks on from aside.
        let words = ["-D", "-f", "-qq", "-e", "trace=fsync,fdatasync", "-o"].map(str::to_owned);
        cluster.prefix = [strace.display().to_string()].into_iter().chain(words).collect();
        cluster.prefix.push(trace.display().to_string());
        cluster.start(place);
    }
    let leader = cluster.leader();
    cluster.put(leader, "warm", "up");
    let before: Vec<usize> = traces.iter().map(syncs).collect();
    for write in 0..WRITES {
        cluster.put(leader, &format!("write/{write}"), "synced");
    }
    let counted =
        || -> Vec<usize> { traces.iter().zip(&before).map(|(trace, before)| syncs(trace) - before).collect() };
    wait_until("leader and a follower have synced each write", || {
        let counted = counted();
        let follower = cluster.others(leader).into_iter().map(|place| counted[place]).max();
        if counted[leader] >= WRITES && follower >= Some(WRITES) { Ok(()) } else { Err(format!("{counted:?} syncs")) }
    });
}

fn syncs(trace: &PathBuf) -> usize {
    fs::read_to_string(trace).unwrap().lines().filter(|line| line.contains("sync(")).count()
}
