//! Every key of Consul's configuration files, declared once: what it takes, which flag sets it, what becomes of it here.

mod absent;
mod used;

use proconsul_base::text::nearest::nearest;

/// One key of a configuration file.
#[derive(Clone, Copy, Debug)]
pub struct Key {
    /// Its place: `ports.http`. A block is never a key itself, except one whose content is not looked at.
    pub path: &'static str,
    /// What it takes.
    pub takes: Kind,
    /// What becomes of it.
    pub role: Role,
}

/// What a key takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// `true` or `false`.
    Boolean,
    /// A whole number.
    Integer,
    /// A number, also with a fraction.
    Number,
    /// Text, also for addresses.
    Text,
    /// A length of time as text, in Go's form: `30s`.
    Duration,
    /// A list of texts; the lists of all sources are joined.
    Texts,
    /// Names with a text each; the later source wins for each name.
    Map,
    /// One service.
    Service,
    /// Services.
    Services,
    /// One check.
    Check,
    /// Checks.
    Checks,
    /// Watches.
    Watches,
    /// Anything; only used for what is absent here.
    Any,
}

impl Kind {
    /// Whether it defines services, checks or watches.
    pub(super) fn is_definition(self) -> bool {
        matches!(self, Self::Service | Self::Services | Self::Check | Self::Checks | Self::Watches)
    }

    /// Whether it takes several.
    pub(super) fn is_list(self) -> bool {
        matches!(self, Self::Services | Self::Checks | Self::Watches)
    }

    /// For messages.
    pub(super) fn expected(self) -> &'static str {
        match self {
            Self::Boolean => "true or false, without quotes",
            Self::Integer => "a whole number, without quotes",
            Self::Number => "a number, without quotes",
            Self::Text => "text in quotes",
            Self::Duration => "a length of time in quotes, such as \"30s\"",
            Self::Texts => "a list of texts",
            Self::Map => "a block of names and texts",
            Self::Service | Self::Check => "a block",
            Self::Services | Self::Checks | Self::Watches => "a list of blocks",
            Self::Any => "anything",
        }
    }
}

/// What becomes of a key.
#[derive(Clone, Copy, Debug)]
pub enum Role {
    /// It is followed.
    Used {
        /// The flag that sets it too.
        flag: Option<&'static str>,
        /// Its value when nobody sets it, for the manual.
        default: &'static str,
        /// What it does, with the unit.
        doc: &'static str,
    },
    /// Its feature is not there and nothing is lost but that: a warning.
    Harmless {
        /// What is not there.
        absent: &'static str,
    },
    /// Its feature is not there and going on without it would be unsafe: an error, unless the value turns it off.
    Unsafe {
        /// What is not there.
        absent: &'static str,
    },
}

/// All keys, those that are followed first.
pub fn all() -> impl Iterator<Item = &'static Key> {
    used::USED.iter().chain(absent::HARMLESS).chain(absent::UNSAFE)
}

/// The key at this place.
pub(super) fn find(path: &str) -> Option<&'static Key> {
    all().find(|key| key.path == path)
}

/// The key that this flag sets.
pub(super) fn of_flag(name: &str) -> Option<&'static Key> {
    all().find(|key| matches!(key.role, Role::Used { flag: Some(flag), .. } if flag == name))
}

/// Whether keys lie below this place.
pub(super) fn is_block(path: &str) -> bool {
    all().any(|key| key.path.strip_prefix(path).is_some_and(|rest| rest.starts_with('.')))
}

/// The known place nearest to one that is not: among its neighbours in the same block, which may be blocks themselves.
pub(super) fn nearest_to(path: &str) -> Option<String> {
    let (block, name) = path.rsplit_once('.').map_or(("", path), |(block, name)| (block, name));
    let inside = |key: &'static Key| {
        let below = if block.is_empty() { Some(key.path) } else { key.path.strip_prefix(block)?.strip_prefix('.') };
        below.map(|below| below.split('.').next().unwrap_or(below))
    };
    let found = nearest(name, all().filter_map(inside))?;
    Some(if block.is_empty() { found.to_owned() } else { format!("{block}.{found}") })
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn every_key_is_declared_once_and_is_no_block() {
        let mut seen = HashSet::new();
        for key in all() {
            assert!(seen.insert(key.path), "{} is declared twice", key.path);
            assert!(!is_block(key.path), "{} is a key and a block", key.path);
        }
    }

    #[test]
    fn every_followed_key_says_what_it_does() {
        for key in all() {
            if let Role::Used { doc, .. } = key.role {
                assert!(!doc.is_empty(), "{} has no text", key.path);
            }
        }
    }

    #[test]
    fn a_mistyped_key_is_sought_in_its_own_block() {
        assert_eq!(nearest_to("datacentre").as_deref(), Some("datacenter"));
        assert_eq!(nearest_to("ports.htp").as_deref(), Some("ports.http"));
        assert_eq!(nearest_to("prots").as_deref(), Some("ports"));
        assert_eq!(nearest_to("completely_else"), None);
    }
}
