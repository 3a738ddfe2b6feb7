//! The command that says what autopilot goes by.
//!
//! ```text
//! set         configuration
//! set-cas     index u64, configuration
//!
//! configuration: clean up u8, no migration u8, last contact i64, trailing u64, quorum u64, stabilization i64, zone text,
//!                version text
//! ```

use proconsul_base::index::Index;
use proconsul_types::autopilot::Configuration;

use super::header;
use crate::wire::{Body, put_text};

pub(super) const VERSION: u8 = 1;
pub(super) const SET: u16 = 0x0090;
pub(super) const SET_CAS: u16 = 0x0091;

/// A new configuration; its indexes are not looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SetAutopilot {
    /// The configuration.
    pub configuration: Configuration,
    /// Only if it was last changed at this index; index 0: only if there is none.
    pub cas: Option<Index>,
}

impl SetAutopilot {
    pub(super) fn decode(kind: u16, body: &[u8]) -> Option<Self> {
        let mut body = Body(body);
        let cas = if kind == SET_CAS { Some(Index(body.u64()?)) } else { None };
        let configuration = read(&mut body)?;
        body.end()?;
        Some(Self { configuration, cas })
    }

    pub(super) fn encode(&self) -> Vec<u8> {
        let mut bytes = header(if self.cas.is_some() { SET_CAS } else { SET }, VERSION, 64);
        if let Some(index) = self.cas {
            bytes.extend_from_slice(&index.0.to_le_bytes());
        }
        append(&mut bytes, &self.configuration);
        bytes
    }
}

/// Appends a configuration as [`read`] takes it; snapshots have the same form, after the indexes.
pub(crate) fn append(to: &mut Vec<u8>, configuration: &Configuration) {
    to.push(u8::from(configuration.cleanup_dead_servers));
    to.push(u8::from(configuration.disable_upgrade_migration));
    let times = [configuration.last_contact_threshold, configuration.server_stabilization_time].map(i64::to_le_bytes);
    to.extend_from_slice(&times[0]);
    to.extend_from_slice(&configuration.max_trailing_logs.to_le_bytes());
    to.extend_from_slice(&configuration.min_quorum.to_le_bytes());
    to.extend_from_slice(&times[1]);
    put_text(to, &configuration.redundancy_zone_tag);
    put_text(to, &configuration.upgrade_version_tag);
}

pub(crate) fn read(body: &mut Body<'_>) -> Option<Configuration> {
    Some(Configuration {
        cleanup_dead_servers: truth(body.u8()?)?,
        disable_upgrade_migration: truth(body.u8()?)?,
        last_contact_threshold: body.u64()?.cast_signed(),
        max_trailing_logs: body.u64()?,
        min_quorum: body.u64()?,
        server_stabilization_time: body.u64()?.cast_signed(),
        redundancy_zone_tag: body.text()?.to_owned(),
        upgrade_version_tag: body.text()?.to_owned(),
        ..Configuration::default()
    })
}

const fn truth(byte: u8) -> Option<bool> {
    match byte {
        0 => Some(false),
        1 => Some(true),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::command::Command;

    #[test]
    fn a_configuration_has_its_golden_bytes_and_reads_back() {
        let configuration = Configuration {
            cleanup_dead_servers: true,
            last_contact_threshold: -1,
            max_trailing_logs: 2,
            min_quorum: 3,
            server_stabilization_time: 4,
            redundancy_zone_tag: "z".to_owned(),
            upgrade_version_tag: "v".to_owned(),
            ..Configuration::default()
        };
        let fields = [
            &b"\x01\0\xff\xff\xff\xff\xff\xff\xff\xff\x02\0\0\0\0\0\0\0\x03\0\0\0\0\0\0\0"[..],
            b"\x04\0\0\0\0\0\0\0\x01\0\0\0z\x01\0\0\0v",
        ]
        .concat();
        let forms = [
            (None, [b"\x90\0\x01", &fields[..]].concat()),
            (Some(Index(9)), [b"\x91\0\x01\x09\0\0\0\0\0\0\0", &fields[..]].concat()),
        ];
        for (cas, golden) in forms {
            let command = Command::Autopilot(SetAutopilot { configuration: configuration.clone(), cas });
            assert_eq!(command.encode(), golden);
            assert_eq!(Command::decode(Index(1), &golden), Ok(Some(command)));
            for length in 3..golden.len() {
                assert!(Command::decode(Index(1), &golden[..length]).is_err(), "cut at {length}");
            }
        }
    }
}
