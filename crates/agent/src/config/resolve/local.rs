//! What an agent is told about its services and checks beside themselves.

use std::ops::RangeInclusive;
use std::time::Duration;

use super::Resolver;
use crate::config::{Invalid, LocalSettings};
use crate::local::Definitions;

/// Consul's default.
const CHECK_UPDATE_INTERVAL: Duration = Duration::from_secs(300);

impl Resolver<'_> {
    /// Without the definitions, which are no settings.
    pub(super) fn local(&mut self) -> LocalSettings {
        LocalSettings {
            definitions: Definitions::default(),
            sidecar_ports: self.sidecar_ports(),
            check_update_interval: self.settings.duration("check_update_interval").unwrap_or(CHECK_UPDATE_INTERVAL),
            discard_check_output: self.settings.boolean("discard_check_output").unwrap_or(false),
        }
    }

    fn sidecar_ports(&mut self) -> Option<RangeInclusive<u16>> {
        let mut port = |key, default| match self.settings.integer(key).unwrap_or(default) {
            // Consul turns both into "none".
            ..=0 => None,
            number => u16::try_from(number).ok().or_else(|| {
                self.refuse(key, Invalid::Port(number));
                None
            }),
        };
        let (first, last) = (port("ports.sidecar_min_port", 21_000), port("ports.sidecar_max_port", 21_255));
        match (first, last) {
            (Some(first), Some(last)) if last < first => {
                self.refuse_whole(Invalid::SidecarPorts);
                None
            }
            (Some(first), Some(last)) => Some(first..=last),
            _ => None,
        }
    }
}
