//! What the pool writes to the log, and how loud. Decides nothing.

use std::net::SocketAddr;
use std::time::Duration;

use proconsul_serf::Event as Told;
use proconsul_swim::Event as Noted;
use proconsul_swim::wire::packet::PacketError;
use proconsul_swim::wire::stream::StreamError;
use tracing::{debug, info, warn};

/// One line for each event worth one, in serf's words where it has some.
pub(crate) fn told(told: &Told) {
    match told {
        Told::Joined(member) => info!(member = %member.name, address = %member.address, "member joined"),
        Told::Updated(member) => info!(member = %member.name, address = %member.address, "member updated"),
        Told::Wavered(member) => info!(member = %member.name, status = %member.status, "member's intent changed"),
        Told::Failed(member) => warn!(member = %member.name, address = %member.address, "member failed"),
        Told::Left(member) => info!(member = %member.name, address = %member.address, "member left"),
        Told::Reaped(member) => info!(member = %member.name, "member forgotten"),
        Told::NameLost => warn!("most members know our name at another address; members need different names"),
        Told::Joining { address, result: Err(error), .. } => debug!(%address, %error, "join failed"),
        Told::Joining { address, result: Ok(others), .. } => debug!(%address, others, "joined through address"),
        Told::User(event) => debug!(name = %event.name, "user event"),
        Told::Query { name, from, .. } => debug!(name, from, "query"),
        Told::LeaveDone => debug!("left the pool"),
        Told::Noted(noted) => below(noted),
    }
}

fn below(noted: &Noted) {
    match noted {
        Noted::Suspected(member) => info!(%member, "member is suspected: it does not answer"),
        Noted::Refuted { incarnation } => info!(incarnation, "contradicted a false or outdated word about ourselves"),
        Noted::PacketsLost(member) => {
            warn!(%member, "member answers over TCP but not over UDP; is UDP let through?");
        }
        Noted::ExchangeFailed { address, error } => debug!(%address, %error, "exchange of states failed"),
        Noted::Conflict { known, other } => {
            warn!(member = %known.name, known = %known.address, %other, "two members claim the same name");
        }
        Noted::Refused { from, error: error @ (PacketError::Encrypted | PacketError::Label { .. }) } => {
            warn!(%from, %error, "packet refused");
        }
        Noted::Refused { from, error } => debug!(%from, %error, "packet not understood"),
        _ => {}
    }
}

pub(crate) fn stream_refused(from: SocketAddr, error: &StreamError) {
    match error {
        StreamError::Encrypted | StreamError::Label(_) => warn!(%from, %error, "connection refused"),
        _ => debug!(%from, %error, "connection not understood"),
    }
}

pub(crate) fn accept_failed(error: &std::io::Error) {
    warn!(%error, "could not accept a gossip connection");
}

pub(crate) fn packet_lost(to: SocketAddr, error: &std::io::Error) {
    debug!(%to, %error, "packet not sent");
}

pub(crate) fn overslept(late: Duration) {
    warn!(late_ms = late.as_millis(), "the process was paused or starved; silence of others meanwhile does not count");
}
