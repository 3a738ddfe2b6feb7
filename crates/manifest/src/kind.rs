//! The kinds that manifests may hold, and every name they go by. Knows nothing of their fields.

use std::fmt;

/// A kind of object the runtime serves.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Kind {
    /// Settings by key.
    ConfigMap,
    /// A piece of storage, outside any namespace.
    PersistentVolume,
    /// A request for storage.
    PersistentVolumeClaim,
    /// Containers that run together.
    Pod,
    /// Settings by key that are not shown.
    Secret,
    /// A name and a port for a set of pods.
    Service,
    /// Pods with stable names and storage.
    StatefulSet,
}

/// The names of one kind, as discovery lists them.
struct Names {
    group: &'static str,
    kind: &'static str,
    plural: &'static str,
    singular: &'static str,
    short: &'static [&'static str],
}

impl Kind {
    /// All served kinds, in the order of their names.
    pub const ALL: [Self; 7] = [
        Self::ConfigMap,
        Self::PersistentVolume,
        Self::PersistentVolumeClaim,
        Self::Pod,
        Self::Secret,
        Self::Service,
        Self::StatefulSet,
    ];

    const fn names(self) -> Names {
        match self {
            Self::ConfigMap => core("ConfigMap", "configmaps", "configmap", &["cm"]),
            Self::PersistentVolume => core("PersistentVolume", "persistentvolumes", "persistentvolume", &["pv"]),
            Self::PersistentVolumeClaim => {
                core("PersistentVolumeClaim", "persistentvolumeclaims", "persistentvolumeclaim", &["pvc"])
            }
            Self::Pod => core("Pod", "pods", "pod", &["po"]),
            Self::Secret => core("Secret", "secrets", "secret", &[]),
            Self::Service => core("Service", "services", "service", &["svc"]),
            Self::StatefulSet => Names {
                group: "apps",
                kind: "StatefulSet",
                plural: "statefulsets",
                singular: "statefulset",
                short: &["sts"],
            },
        }
    }

    /// As in the field `kind`: `StatefulSet`.
    pub const fn name(self) -> &'static str {
        self.names().kind
    }

    /// The API group, empty for the core group.
    pub const fn group(self) -> &'static str {
        self.names().group
    }

    /// The version within the group.
    pub const fn version(self) -> &'static str {
        "v1"
    }

    /// As in the field `apiVersion`: `v1` or `apps/v1`.
    pub const fn api_version(self) -> &'static str {
        match self {
            Self::StatefulSet => "apps/v1",
            _ => "v1",
        }
    }

    /// As in URLs: `statefulsets`.
    pub const fn plural(self) -> &'static str {
        self.names().plural
    }

    /// The plural in the singular: `statefulset`.
    pub const fn singular(self) -> &'static str {
        self.names().singular
    }

    /// Abbreviations for the command line: `sts`.
    pub const fn short_names(self) -> &'static [&'static str] {
        self.names().short
    }

    /// Whether objects of this kind stand in a namespace.
    pub const fn is_namespaced(self) -> bool {
        !matches!(self, Self::PersistentVolume)
    }

    /// Plural with the group behind it, as error messages name it: `statefulsets.apps`, `pods`.
    pub fn resource(self) -> String {
        qualified(self.plural(), self.group())
    }

    /// As messages about one object begin: `statefulset.apps`, `pod`.
    pub fn printed(self) -> String {
        qualified(self.singular(), self.group())
    }

    /// The kind with this `apiVersion` and `kind`.
    pub fn from_api(api_version: &str, kind: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|served| served.name() == kind && served.api_version() == api_version)
    }

    /// The kind with this name in the field `kind`, whatever the version.
    pub fn from_name(kind: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|served| served.name() == kind)
    }

    /// The kind as typed on a command line: plural, singular, short name or `kind`, any case, with or without the group.
    pub fn from_argument(argument: &str) -> Option<Self> {
        let argument = argument.to_ascii_lowercase();
        Self::ALL.into_iter().find(|served| {
            let bare = match argument.split_once('.') {
                Some((bare, group)) if [served.group(), &format!("v1.{}", served.group())].contains(&group) => bare,
                Some(_) => return false,
                None => argument.as_str(),
            };
            bare == served.plural() || bare == served.singular() || served.short_names().contains(&bare)
        })
    }
}

const fn core(
    kind: &'static str,
    plural: &'static str,
    singular: &'static str,
    short: &'static [&'static str],
) -> Names {
    Names { group: "", kind, plural, singular, short }
}

fn qualified(word: &str, group: &str) -> String {
    if group.is_empty() { word.to_owned() } else { format!("{word}.{group}") }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kind_is_known_by_all_names_that_people_type() {
        for (typed, kind) in [
            ("po", Kind::Pod),
            ("pods", Kind::Pod),
            ("Pod", Kind::Pod),
            ("sts", Kind::StatefulSet),
            ("statefulsets.apps", Kind::StatefulSet),
            ("statefulset.v1.apps", Kind::StatefulSet),
            ("pvc", Kind::PersistentVolumeClaim),
        ] {
            assert_eq!(Kind::from_argument(typed), Some(kind), "{typed}");
        }
        assert_eq!(Kind::from_argument("pods.apps"), None);
        assert_eq!(Kind::from_argument("deployments"), None);
    }
}
