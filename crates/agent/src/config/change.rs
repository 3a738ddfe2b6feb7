//! What became different when the configuration was read again, and what of that can take effect in an agent that runs.

use super::Config;

/// Keys whose new values take effect at once; with a dot at its end, all keys of that block.
const FOLLOWED: &[&str] = &[
    "discard_check_output",
    "discovery_max_stale",
    "dns_config.",
    "http_config.",
    "limits.",
    "log_level",
    "node_meta",
    "recursors",
    "telemetry.filter_default",
    "telemetry.prefix_filter",
];

/// What became different, as keys.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Change {
    /// What takes effect.
    pub followed: Vec<&'static str>,
    /// What takes effect when the agent is started again, and not before.
    pub kept: Vec<&'static str>,
}

impl Change {
    /// What is different in `next`.
    pub fn between(before: &Config, next: &Config) -> Self {
        let different = next.written.different_from(&before.written);
        let (followed, kept) = different.into_iter().partition(|key| is_followed(key));
        Self { followed, kept }
    }
}

fn is_followed(key: &str) -> bool {
    FOLLOWED.iter().any(|followed| *followed == key || followed.ends_with('.') && key.starts_with(followed))
}

#[cfg(test)]
mod tests {
    use super::super::key;
    use super::*;

    #[test]
    fn what_is_followed_are_keys() {
        for followed in FOLLOWED {
            assert!(key::all().any(|key| is_followed(key.path) && key.path.starts_with(followed)), "{followed}");
        }
    }
}
