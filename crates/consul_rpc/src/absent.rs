//! Services of Consul's RPC that are known here and refused.

use proconsul_calls::config::ConfigError;
use proconsul_calls::door::Door;

use crate::refused::Refused;

/// What Consul says while access control is off.
const ACL_DISABLED: &str = "ACL support disabled";

/// The services that are known, refused or not.
const SERVICES: [&str; 16] = [
    "ACL",
    "AutoEncrypt",
    "Catalog",
    "ConfigEntry",
    "ConnectCA",
    "Coordinate",
    "DiscoveryChain",
    "Health",
    "Intention",
    "Internal",
    "KVS",
    "Operator",
    "PreparedQuery",
    "Session",
    "Status",
    "Txn",
];

/// Why all methods of a service are refused; `None` for one that is not known.
pub(crate) fn answer<D: Door>(door: &D, service: &str) -> Option<Result<Vec<u8>, Refused>> {
    match service {
        "ACL" => Some(Err(Refused(ACL_DISABLED.to_owned()))),
        "ConnectCA" | "AutoEncrypt" if !door.mesh_is_on() => Some(Err(ConfigError::MeshOff.into())),
        "ConnectCA" | "AutoEncrypt" => Some(Err(ConfigError::NoAuthority.into())),
        _ => None,
    }
}

pub(crate) fn is_service(name: &str) -> bool {
    SERVICES.contains(&name)
}
