//! The gossip pool.

use crate::family::Family;
use crate::gauge::Gauge;
use crate::meter::{Counter, Sample};

/// User events that were heard.
pub static SERF_EVENTS: Counter = Counter::new("serf.events");
/// User events that were heard, by name: `serf.events.consul:event:deploy`.
pub static SERF_EVENTS_NAMED: Family = Family::counters_named("serf.events");
/// Queries that were heard.
pub static SERF_QUERIES: Counter = Counter::new("serf.queries");
/// Members that came.
pub static SERF_MEMBER_JOIN: Counter = Counter::new("serf.member.join");
/// Members that left.
pub static SERF_MEMBER_LEAVE: Counter = Counter::new("serf.member.leave");
/// Members that failed.
pub static SERF_MEMBER_FAILED: Counter = Counter::new("serf.member.failed");
/// Members whose tags changed.
pub static SERF_MEMBER_UPDATE: Counter = Counter::new("serf.member.update");

/// Messages about user events that wait to be spread.
pub static SERF_QUEUE_EVENT: Sample = Sample::new("serf.queue.Event");
/// Messages about joins and leaves that wait to be spread.
pub static SERF_QUEUE_INTENT: Sample = Sample::new("serf.queue.Intent");
/// Messages about queries that wait to be spread.
pub static SERF_QUEUE_QUERY: Sample = Sample::new("serf.queue.Query");

/// Bytes that came by UDP.
pub static UDP_RECEIVED: Counter = Counter::new("memberlist.udp.received");
/// Bytes that were sent by UDP.
pub static UDP_SENT: Counter = Counter::new("memberlist.udp.sent");
/// Exchanges by TCP that others began.
pub static TCP_ACCEPT: Counter = Counter::new("memberlist.tcp.accept");
/// Exchanges by TCP that this node began.
pub static TCP_CONNECT: Counter = Counter::new("memberlist.tcp.connect");
/// Bytes that were sent by TCP.
pub static TCP_SENT: Counter = Counter::new("memberlist.tcp.sent");
/// How trustworthy this node's own view is; 0 is best.
pub static HEALTH_SCORE: Gauge = Gauge::new("memberlist.health.score");
