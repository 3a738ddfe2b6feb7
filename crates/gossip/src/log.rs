//! What the pool writes to the log, and how loud. Decides nothing.

use std::net::SocketAddr;
use std::time::Duration;

use proconsul_serf::Event as Told;
use proconsul_swim::Event as Noted;
use proconsul_swim::wire::packet::PacketError;
use proconsul_swim::wire::stream::StreamError;
use proconsul_telemetry::names::gossip as metric;
use tracing::{debug, info, warn};

/// Where these lines come from, in Consul's words.
const TARGET: &str = "agent.server.serf.lan";

/// One line for each event worth one, in serf's words where it has some.
pub(crate) fn told(told: &Told) {
    count(told);
    match told {
        Told::Joined(member) => {
            info!(target: TARGET, member = %member.name, address = %member.address, "member joined")
        }
        Told::Updated(member) => {
            info!(target: TARGET, member = %member.name, address = %member.address, "member updated")
        }
        Told::Wavered(member) => {
            info!(target: TARGET, member = %member.name, status = %member.status, "member's intent changed")
        }
        Told::Failed(member) => {
            warn!(target: TARGET, member = %member.name, address = %member.address, "member failed")
        }
        Told::Left(member) => info!(target: TARGET, member = %member.name, address = %member.address, "member left"),
        Told::Reaped(member) => info!(target: TARGET, member = %member.name, "member forgotten"),
        Told::NameLost => {
            warn!(target: TARGET, "most members know our name at another address; members need different names")
        }
        Told::Joining { address, result: Err(error), .. } => debug!(target: TARGET, %address, %error, "join failed"),
        Told::Joining { address, result: Ok(others), .. } => {
            debug!(target: TARGET, %address, others, "joined through address")
        }
        Told::User(event) => debug!(target: TARGET, name = %event.name, "user event"),
        Told::Query { name, from, .. } => debug!(target: TARGET, name, from, "query"),
        Told::LeaveDone => debug!(target: TARGET, "left the pool"),
        Told::Noted(noted) => below(noted),
    }
}

fn below(noted: &Noted) {
    match noted {
        Noted::Suspected(member) => info!(target: TARGET, %member, "member is suspected: it does not answer"),
        Noted::Refuted { incarnation } => {
            info!(target: TARGET, incarnation, "contradicted a false or outdated word about ourselves")
        }
        Noted::PacketsLost(member) => {
            warn!(target: TARGET, %member, "member answers over TCP but not over UDP; is UDP let through?");
        }
        Noted::ExchangeFailed { address, error } => {
            debug!(target: TARGET, %address, %error, "exchange of states failed")
        }
        Noted::Conflict { known, other } => {
            warn!(target: TARGET, member = %known.name, known = %known.address, %other, "two members claim the same name");
        }
        Noted::Refused { from, error: error @ (PacketError::Encrypted | PacketError::Label { .. }) } => {
            warn!(target: TARGET, %from, %error, "packet refused");
        }
        Noted::Refused { from, error } => debug!(target: TARGET, %from, %error, "packet not understood"),
        _ => {}
    }
}

pub(crate) fn stream_refused(from: SocketAddr, error: &StreamError) {
    match error {
        StreamError::Encrypted | StreamError::Label(_) => warn!(target: TARGET, %from, %error, "connection refused"),
        _ => debug!(target: TARGET, %from, %error, "connection not understood"),
    }
}

pub(crate) fn accept_failed(error: &std::io::Error) {
    warn!(target: TARGET, %error, "could not accept a gossip connection");
}

pub(crate) fn packet_lost(to: SocketAddr, error: &std::io::Error) {
    debug!(target: TARGET, %to, %error, "packet not sent");
}

pub(crate) fn overslept(late: Duration) {
    warn!(target: TARGET, late_ms = late.as_millis(), "the process was paused or starved; silence of others meanwhile does not count");
}

/// Counts what is told under Consul's names.
fn count(told: &Told) {
    match told {
        Told::Joined(_) => metric::SERF_MEMBER_JOIN.one(),
        Told::Updated(_) => metric::SERF_MEMBER_UPDATE.one(),
        Told::Failed(_) => metric::SERF_MEMBER_FAILED.one(),
        Told::Left(_) => metric::SERF_MEMBER_LEAVE.one(),
        Told::User(event) => {
            metric::SERF_EVENTS.one();
            metric::SERF_EVENTS_NAMED.one(&event.name);
        }
        Told::Query { .. } => metric::SERF_QUERIES.one(),
        _ => {}
    }
}
