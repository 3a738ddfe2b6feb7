//! What every agent tells of itself.

use crate::family::Family;
use crate::gauge::Gauge;
use crate::meter::Counter;

/// Tasks that are under way, where Consul counts goroutines.
pub static RUNTIME_NUM_GOROUTINES: Gauge = Gauge::new("runtime.num_goroutines");
/// Bytes of memory of its own that the process holds.
pub static RUNTIME_ALLOC_BYTES: Gauge = Gauge::new("runtime.alloc_bytes");
/// Bytes of memory that the process takes up on the machine.
pub static RUNTIME_SYS_BYTES: Gauge = Gauge::new("runtime.sys_bytes");

/// Calls that this agent made to servers, itself included.
pub static CLIENT_RPC: Counter = Counter::new("client.rpc");
/// Calls to servers that failed.
pub static CLIENT_RPC_FAILED: Counter = Counter::new("client.rpc.failed");

/// Requests of catalog and health that an agent was asked, by their names (`catalog_nodes`), with the node's name as label.
pub static CLIENT_API: Family = Family::counters("client.api", "node");
