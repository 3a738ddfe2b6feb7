//! The driver of swim and serf: sockets and timers, no protocol thought.
//!
//! [`start`] binds the address, then one task owns the machine; everybody else talks to it through a [`Handle`].

pub mod config;
pub mod event;
pub mod handle;
pub mod view;

mod command;
mod driver;
mod log;
mod start;
mod stream;

pub use config::{Config, Profile};
pub use event::Event;
pub use handle::{FireError, ForceLeaveError, Handle, JoinError, JoinReport, Stopped, TagsError};
pub use proconsul_serf::event::EventError;
pub use proconsul_serf::force_leave::Refused;
pub use proconsul_serf::{Member, Status, Tags, Versions};
pub use proconsul_swim::ExchangeError;
pub use start::{StartError, start};
pub use view::{Stats, View};
