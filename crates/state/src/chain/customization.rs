//! The digest of what a caller wanted otherwise: Consul's, by the rules of `mitchellh/hashstructure`, because proxies cache by it.

use proconsul_types::config_entry::Span;

use super::Overrides;

/// Which wishes made a difference.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Customized {
    pub(super) mesh_gateway: bool,
    pub(super) protocol: bool,
    pub(super) connect_timeout: bool,
}

impl Customized {
    /// The first eight digits; empty when no wish made a difference.
    pub(super) fn digest(self, overrides: &Overrides) -> String {
        if self == Self::default() {
            return String::new();
        }
        let mode = if self.mesh_gateway { &*overrides.mesh_gateway } else { "" };
        let protocol = if self.protocol { &*overrides.protocol } else { "" };
        let timeout = if self.connect_timeout { overrides.connect_timeout } else { Span::default() };
        let fields = [
            ("OverrideMeshGateway", structure("MeshGatewayConfig", &[("Mode", fnv(mode.as_bytes()))])),
            ("OverrideProtocol", fnv(protocol.as_bytes())),
            ("OverrideConnectTimeout", fnv(&timeout.0.to_le_bytes())),
        ];
        let mut digits = format!("{:x}", structure("", &fields));
        digits.truncate(8);
        digits
    }
}

/// A struct: its name, and each field's name with its value, in no order.
fn structure(name: &str, fields: &[(&str, u64)]) -> u64 {
    fields.iter().fold(fnv(name.as_bytes()), |digest, (field, value)| {
        let pair = [fnv(field.as_bytes()).to_le_bytes(), value.to_le_bytes()].concat();
        digest ^ fnv(&pair)
    })
}

/// FNV-1 with 64 bits.
fn fnv(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash: u64, byte| hash.wrapping_mul(0x0100_0000_01b3) ^ u64::from(*byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_digest_is_the_one_that_consul_1_8_7_gives() {
        let of = |mode: &str, protocol: &str, seconds: i64| {
            let overrides = Overrides {
                mesh_gateway: mode.to_owned(),
                protocol: protocol.to_owned(),
                connect_timeout: Span(seconds * 1_000_000_000),
            };
            let customized = Customized {
                mesh_gateway: !mode.is_empty(),
                protocol: !protocol.is_empty(),
                connect_timeout: seconds > 0,
            };
            customized.digest(&overrides)
        };
        assert_eq!(of("", "grpc", 0), "ef15b5b5");
        assert_eq!(of("", "", 9), "9b873e36");
        assert_eq!(of("remote", "", 0), "dd412229");
        assert_eq!(of("none", "tcp", 9), "f1ef05b9");
        assert_eq!(of("", "", 0), "");
    }
}
