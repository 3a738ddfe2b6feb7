//! Where pods have their addresses: a range of loopback addresses, or a bridge of their own.

mod addresses;
pub(crate) mod bridge;
mod cidr;
pub(crate) mod loopback;
mod ports;

pub use addresses::Addresses;
pub use cidr::{Cidr, CidrError};
pub use ports::{PortHolder, Transport, holder};
