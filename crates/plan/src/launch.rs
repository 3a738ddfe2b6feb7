//! From a pod to what is started: arguments, variables, mounts, user, limits, and the content of its volumes. Touches no disk;
//! what is missing comes out as the error Kubernetes would show.

mod env;
mod files;
mod resource;
mod volume;

use k8s_openapi::api::core::v1::{ConfigMap, Container, Pod, Secret, Service};
use proconsul_manifest::expand::{expand, expand_all};

use crate::pod;
pub use resource::Allocatable;
pub use volume::{Backing, File, MountError, Source, UnsupportedVolume, Volume, backing, volumes};

/// What a pod may refer to. Objects of other namespaces may be among it.
#[derive(Clone, Copy, Debug)]
pub struct Given<'a> {
    /// ConfigMaps.
    pub config_maps: &'a [ConfigMap],
    /// Secrets.
    pub secrets: &'a [Secret],
    /// Services, for the variables that name them.
    pub services: &'a [Service],
    /// What the node has, which a container without limits may use.
    pub allocatable: Allocatable,
}

/// How one container is started.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Launch {
    /// Its name.
    pub name: String,
    /// The image, as the manifest names it.
    pub image: String,
    /// Takes the place of the image's entry point; empty: the image's own.
    pub command: Vec<String>,
    /// Takes the place of the image's arguments; empty: the image's own, unless `command` is set.
    pub args: Vec<String>,
    /// Variables, each once, in the order they were defined.
    pub env: Vec<(String, String)>,
    /// Where it starts; `None`: where the image says.
    pub working_dir: Option<String>,
    /// Volumes in its file tree.
    pub mounts: Vec<Mount>,
    /// `runAsUser`; `None`: as the image says.
    pub user: Option<i64>,
    /// `runAsGroup`; `None`: as the image says.
    pub group: Option<i64>,
    /// `supplementalGroups` and `fsGroup`.
    pub groups: Vec<i64>,
    /// Whether it may write only to its volumes.
    pub is_root_read_only: bool,
    /// What it asks for beyond an ordinary process and what may not be had everywhere: `privileged`, `capabilities.add: NET_ADMIN`.
    pub privileges: Vec<String>,
    /// The most memory it may use, in bytes.
    pub memory_bytes_max: Option<i64>,
    /// The most processor time it may use, in thousandths of one processor.
    pub cpu_thousandths_max: Option<i64>,
    /// Ports it says it listens on: number, protocol.
    pub ports: Vec<(i32, String)>,
    /// The file it leaves its last words in.
    pub termination_message_path: String,
}

/// A volume in a container's file tree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mount {
    /// The volume's name in the pod.
    pub volume: String,
    /// Where in the container, absolute.
    pub path: String,
    /// Which part of the volume: relative, without `..`, expanded.
    pub sub_path: Option<String>,
    /// Whether writing is refused.
    pub is_read_only: bool,
}

/// Why a container cannot be started: the message of `CreateContainerConfigError`.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ConfigError {
    /// A ConfigMap is not there.
    #[error("configmap \"{0}\" not found")]
    ConfigMap(String),
    /// A Secret is not there.
    #[error("secret \"{0}\" not found")]
    Secret(String),
    /// A key is not there.
    #[error("couldn't find key {key} in {kind} {namespace}/{name}")]
    Key {
        /// The key.
        key: String,
        /// `ConfigMap` or `Secret`.
        kind: &'static str,
        /// Its namespace.
        namespace: String,
        /// Its name.
        name: String,
    },
    /// The value of a Secret is no text.
    #[error("key {key} of Secret {namespace}/{name} is no text: a variable cannot hold it, mount it as a file")]
    NoText {
        /// The key.
        key: String,
        /// Its namespace.
        namespace: String,
        /// Its name.
        name: String,
    },
    /// A field that variables cannot refer to.
    #[error("unsupported fieldPath: {0}")]
    FieldPath(String),
    /// A resource that is not known.
    #[error("unsupported container resource : {0}")]
    Resource(String),
    /// A path within a volume cannot be told.
    #[error("failed to prepare subPath for volumeMount \"{volume}\" of container \"{container}\": {why}")]
    SubPath {
        /// The volume.
        volume: String,
        /// The container.
        container: String,
        /// What is wrong with it.
        why: String,
    },
    /// It may not run as root, and would.
    #[error("container has runAsNonRoot and image will run as root (pod: \"{pod}\", container: {container})")]
    Root {
        /// Name, namespace and uid.
        pod: String,
        /// The container.
        container: String,
    },
    /// A source of variables that is not served.
    #[error(
        "variable {variable} of container \"{container}\" comes from {source_kind}, which is not served: use a ConfigMap or a Secret"
    )]
    Source {
        /// The variable.
        variable: String,
        /// The container.
        container: String,
        /// The field.
        source_kind: &'static str,
    },
}

/// How a container of a pod is started.
///
/// # Errors
/// When something it refers to is not there, or cannot be used as it asks.
pub fn container(pod: &Pod, container: &Container, given: &Given<'_>) -> Result<Launch, ConfigError> {
    let env = env::variables(pod, container, given)?;
    let security = container.security_context.clone().unwrap_or_default();
    let shared = pod::spec(pod).and_then(|spec| spec.security_context.clone()).unwrap_or_default();
    let user = security.run_as_user.or(shared.run_as_user);
    let must_not_be_root = security.run_as_non_root.or(shared.run_as_non_root) == Some(true);
    if must_not_be_root && user.unwrap_or(0) == 0 {
        let uid = pod.metadata.uid.as_deref().unwrap_or_default();
        let pod = format!("{}_{}({uid})", pod::name(pod), pod::namespace(pod));
        return Err(ConfigError::Root { pod, container: container.name.clone() });
    }
    let expanded = |list: &Option<Vec<String>>| -> Vec<String> {
        list.iter().flatten().map(|text| expand(text, |name| lookup(&env, name))).collect()
    };
    let ports = container.ports.iter().flatten();
    Ok(Launch {
        name: container.name.clone(),
        image: container.image.clone().unwrap_or_default(),
        command: expanded(&container.command),
        args: expanded(&container.args),
        working_dir: container.working_dir.clone().filter(|path| !path.is_empty()),
        mounts: mounts(container, &env)?,
        env,
        user,
        group: security.run_as_group.or(shared.run_as_group),
        groups: shared.supplemental_groups.into_iter().flatten().chain(shared.fs_group).collect(),
        is_root_read_only: security.read_only_root_filesystem == Some(true),
        privileges: privileges(container),
        memory_bytes_max: resource::limit(container, "memory").map(|limit| limit.units()),
        cpu_thousandths_max: resource::limit(container, "cpu").map(|limit| limit.thousandths()),
        ports: ports
            .map(|port| (port.container_port, port.protocol.clone().unwrap_or_else(|| "TCP".to_owned())))
            .collect(),
        termination_message_path: container
            .termination_message_path
            .clone()
            .unwrap_or_else(|| "/dev/termination-log".to_owned()),
    })
}

fn lookup(env: &[(String, String)], name: &str) -> Option<String> {
    env.iter().find(|(known, _)| known == name).map(|(_, value)| value.clone())
}

fn mounts(container: &Container, env: &[(String, String)]) -> Result<Vec<Mount>, ConfigError> {
    let mounts = container.volume_mounts.iter().flatten();
    mounts
        .map(|mount| {
            let refused = |why: String| ConfigError::SubPath {
                volume: mount.name.clone(),
                container: container.name.clone(),
                why,
            };
            let sub_path = match mount.sub_path_expr.as_deref().filter(|text| !text.is_empty()) {
                Some(text) => Some(
                    expand_all(text, |name| lookup(env, name))
                        .map_err(|missing| refused(format!("missing value for \"{}\"", missing.join("\", \""))))?,
                ),
                None => mount.sub_path.clone().filter(|path| !path.is_empty()),
            };
            if let Some(path) = sub_path.as_deref().filter(|path| leads_out(path)) {
                return Err(refused(format!("{path:?} must be a relative path without '..'")));
            }
            Ok(Mount {
                volume: mount.name.clone(),
                path: if mount.mount_path.starts_with('/') {
                    mount.mount_path.clone()
                } else {
                    format!("/{}", mount.mount_path)
                },
                sub_path,
                is_read_only: mount.read_only == Some(true),
            })
        })
        .collect()
}

/// Whether a path within a volume is absolute or climbs: variables may bring in anything.
fn leads_out(path: &str) -> bool {
    path.starts_with('/') || path.contains('\0') || path.split('/').any(|part| part == "..")
}

fn privileges(container: &Container) -> Vec<String> {
    let Some(security) = &container.security_context else { return Vec::new() };
    let added = security.capabilities.iter().flat_map(|capabilities| capabilities.add.iter().flatten());
    let privileged = (security.privileged == Some(true)).then(|| "privileged".to_owned());
    privileged.into_iter().chain(added.map(|name| format!("capabilities.add: {name}"))).collect()
}

#[cfg(test)]
mod tests;
