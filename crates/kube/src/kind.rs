//! The kinds of object the runtime keeps, with the names that paths, commands and messages use for them.
//!
//! Knows nothing of what an object contains.

/// A kind of object.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// Files and variables.
    ConfigMap,
    /// The addresses behind a service.
    Endpoints,
    /// Something that happened to an object.
    Event,
    /// A virtual node.
    Node,
    /// A volume.
    PersistentVolume,
    /// A claim to a volume.
    PersistentVolumeClaim,
    /// One or more containers that share an address.
    Pod,
    /// Files and variables that are not shown.
    Secret,
    /// A name and a set of ports for pods.
    Service,
    /// Pods with stable names and claims.
    StatefulSet,
    /// A kept version of a StatefulSet's template.
    ControllerRevision,
}

/// The names of a kind.
#[derive(Debug, PartialEq, Eq)]
pub struct Resource {
    /// API group; empty for the core group.
    pub group: &'static str,
    /// Version within the group.
    pub version: &'static str,
    /// As in an object's `kind`.
    pub kind: &'static str,
    /// As in a path.
    pub plural: &'static str,
    /// What a person may type for one object.
    pub singular: &'static str,
    /// Abbreviations.
    pub short: &'static [&'static str],
    /// Whether objects of the kind live in a namespace.
    pub is_namespaced: bool,
    /// Whether `status` is written apart from the rest.
    pub has_status: bool,
    /// Whether `get all` shows it.
    pub is_in_all: bool,
}

const CORE: Resource = Resource {
    group: "",
    version: "v1",
    kind: "",
    plural: "",
    singular: "",
    short: &[],
    is_namespaced: true,
    has_status: false,
    is_in_all: false,
};

static CONFIG_MAP: Resource =
    Resource { kind: "ConfigMap", plural: "configmaps", singular: "configmap", short: &["cm"], ..CORE };
static ENDPOINTS: Resource =
    Resource { kind: "Endpoints", plural: "endpoints", singular: "endpoints", short: &["ep"], ..CORE };
static EVENT: Resource = Resource { kind: "Event", plural: "events", singular: "event", short: &["ev"], ..CORE };
static NODE: Resource = Resource {
    kind: "Node",
    plural: "nodes",
    singular: "node",
    short: &["no"],
    is_namespaced: false,
    has_status: true,
    ..CORE
};
static PERSISTENT_VOLUME: Resource = Resource {
    kind: "PersistentVolume",
    plural: "persistentvolumes",
    singular: "persistentvolume",
    short: &["pv"],
    is_namespaced: false,
    has_status: true,
    ..CORE
};
static PERSISTENT_VOLUME_CLAIM: Resource = Resource {
    kind: "PersistentVolumeClaim",
    plural: "persistentvolumeclaims",
    singular: "persistentvolumeclaim",
    short: &["pvc"],
    has_status: true,
    ..CORE
};
static POD: Resource = Resource {
    kind: "Pod",
    plural: "pods",
    singular: "pod",
    short: &["po"],
    has_status: true,
    is_in_all: true,
    ..CORE
};
static SECRET: Resource = Resource { kind: "Secret", plural: "secrets", singular: "secret", ..CORE };
static SERVICE: Resource = Resource {
    kind: "Service",
    plural: "services",
    singular: "service",
    short: &["svc"],
    has_status: true,
    is_in_all: true,
    ..CORE
};
static STATEFUL_SET: Resource = Resource {
    group: "apps",
    kind: "StatefulSet",
    plural: "statefulsets",
    singular: "statefulset",
    short: &["sts"],
    has_status: true,
    is_in_all: true,
    ..CORE
};
static CONTROLLER_REVISION: Resource = Resource {
    group: "apps",
    kind: "ControllerRevision",
    plural: "controllerrevisions",
    singular: "controllerrevision",
    ..CORE
};

impl Kind {
    /// Every kind, in the order in which `get all` and discovery list them.
    pub const ALL: [Self; 11] = [
        Self::ConfigMap,
        Self::Endpoints,
        Self::Event,
        Self::Node,
        Self::PersistentVolumeClaim,
        Self::PersistentVolume,
        Self::Pod,
        Self::Secret,
        Self::Service,
        Self::ControllerRevision,
        Self::StatefulSet,
    ];

    /// The names of the kind.
    pub fn resource(self) -> &'static Resource {
        match self {
            Self::ConfigMap => &CONFIG_MAP,
            Self::Endpoints => &ENDPOINTS,
            Self::Event => &EVENT,
            Self::Node => &NODE,
            Self::PersistentVolume => &PERSISTENT_VOLUME,
            Self::PersistentVolumeClaim => &PERSISTENT_VOLUME_CLAIM,
            Self::Pod => &POD,
            Self::Secret => &SECRET,
            Self::Service => &SERVICE,
            Self::StatefulSet => &STATEFUL_SET,
            Self::ControllerRevision => &CONTROLLER_REVISION,
        }
    }

    /// The kind of an object's `kind` field.
    pub fn named(kind: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|known| known.resource().kind == kind)
    }

    /// The kind at a path's `/{group}/{version}/…/{plural}`.
    pub fn at_path(group: &str, version: &str, plural: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|known| {
            let resource = known.resource();
            resource.group == group && resource.version == version && resource.plural == plural
        })
    }

    /// The kind a person means by any of its names, in any case: `pod`, `pods`, `po`, `statefulsets.apps`.
    pub fn typed(word: &str) -> Option<Self> {
        let word = word.to_lowercase();
        Self::ALL.into_iter().find(|known| {
            let resource = known.resource();
            let bare = word.strip_suffix(&format!(".{}", resource.group)).unwrap_or(&word);
            bare == resource.plural || bare == resource.singular || resource.short.contains(&bare)
        })
    }

    /// `v1` or `apps/v1`.
    pub fn api_version(self) -> String {
        let Resource { group, version, .. } = self.resource();
        if group.is_empty() { (*version).to_owned() } else { format!("{group}/{version}") }
    }

    /// The plural with its group, as messages name it: `pods`, `statefulsets.apps`.
    pub fn qualified(self) -> String {
        let Resource { group, plural, .. } = self.resource();
        if group.is_empty() { (*plural).to_owned() } else { format!("{plural}.{group}") }
    }

    /// The singular with its group, as `kubectl apply` prints it: `pod`, `statefulset.apps`.
    pub fn printed(self) -> String {
        let Resource { group, singular, .. } = self.resource();
        if group.is_empty() { (*singular).to_owned() } else { format!("{singular}.{group}") }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kind_is_found_by_every_name_kubectl_knows() {
        for (word, kind) in [
            ("po", Kind::Pod),
            ("Pods", Kind::Pod),
            ("sts", Kind::StatefulSet),
            ("statefulsets.apps", Kind::StatefulSet),
            ("pvc", Kind::PersistentVolumeClaim),
            ("pv", Kind::PersistentVolume),
            ("ev", Kind::Event),
        ] {
            assert_eq!(Kind::typed(word), Some(kind), "{word}");
        }
        assert_eq!(Kind::typed("deployments"), None);
    }
}
