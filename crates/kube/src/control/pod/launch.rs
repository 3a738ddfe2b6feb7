//! Gathers what a pod and its containers are started from: `plan::launch` says what, this adds where on the machine.

use std::collections::BTreeMap;
use std::io;
use std::net::IpAddr;
use std::path::PathBuf;

use k8s_openapi::api::core::v1::{ConfigMap, Container, Pod, Secret, Service};
use proconsul_plan::launch::{self, Allocatable, ConfigError, Given, MountError, Source};
use proconsul_pods::volume::{VolumeFile, write_files};
use proconsul_pods::{ContainerLaunch, Dns, HostAlias, Image, Limits, Mount, MountSource, PodLaunch};

use crate::control::pod::Shared;
use crate::control::pod::volume::{self, VolumeError};
use crate::control::typed;
use crate::dns::answer::DOMAIN;
use crate::kind::Kind;
use crate::machine::Machine;

/// Why a pod or a container cannot be started yet.
#[derive(Debug, thiserror::Error)]
pub(super) enum LaunchError {
    /// `CreateContainerConfigError`.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// `FailedMount`.
    #[error(transparent)]
    Mount(#[from] MountError),
    /// `FailedMount`, for a volume that is to be found on this machine.
    #[error("MountVolume.SetUp failed for volume {volume:?} : {source}")]
    Volume { volume: String, source: VolumeError },
    /// `FailedMount`, for files that could not be written.
    #[error("MountVolume.SetUp failed for volume {volume:?} : cannot write its files")]
    Files { volume: String, source: io::Error },
}

/// The objects a pod may refer to, as they are now.
struct Materials {
    config_maps: Vec<ConfigMap>,
    secrets: Vec<Secret>,
    services: Vec<Service>,
}

impl Materials {
    fn of<M>(shared: &Shared<M>, pod: &Pod) -> Self {
        let namespace = pod.metadata.namespace.as_deref();
        let list = |kind| shared.store.list(kind, namespace);
        Self {
            config_maps: list(Kind::ConfigMap).iter().filter_map(typed).collect(),
            secrets: list(Kind::Secret).iter().filter_map(typed).collect(),
            services: list(Kind::Service).iter().filter_map(typed).collect(),
        }
    }

    fn given(&self, allocatable: Allocatable) -> Given<'_> {
        Given { config_maps: &self.config_maps, secrets: &self.secrets, services: &self.services, allocatable }
    }
}

/// What a pod's sandbox is made from.
pub(super) fn pod<M: Machine>(shared: &Shared<M>, pod: &Pod, address: IpAddr) -> PodLaunch {
    let metadata = &pod.metadata;
    let spec = pod.spec.clone().unwrap_or_default();
    let name = metadata.name.clone().unwrap_or_default();
    let namespace = metadata.namespace.clone().unwrap_or_default();
    let hostname = spec.hostname.clone().filter(|host| !host.is_empty()).unwrap_or_else(|| name.clone());
    let resolver = shared.machine.resolver();
    let fqdn = spec.subdomain.as_ref().filter(|subdomain| !subdomain.is_empty());
    PodLaunch {
        uid: metadata.uid.clone().unwrap_or_default(),
        fqdn: fqdn.map(|subdomain| format!("{hostname}.{subdomain}.{namespace}.svc.{DOMAIN}")),
        hostname,
        node: spec.node_name.clone().unwrap_or_default(),
        address,
        dns: Dns {
            servers: vec![resolver.ip()],
            search: vec![format!("{namespace}.svc.{DOMAIN}"), format!("svc.{DOMAIN}"), DOMAIN.to_owned()],
            options: vec!["ndots:5".to_owned()],
        },
        resolver: Some(resolver),
        host_aliases: spec.host_aliases.iter().flatten().filter_map(host_alias).collect(),
        memory_volumes: memory_volumes(&spec),
        name,
        namespace,
    }
}

fn host_alias(alias: &k8s_openapi::api::core::v1::HostAlias) -> Option<HostAlias> {
    Some(HostAlias { ip: alias.ip.parse().ok()?, hostnames: alias.hostnames.clone().unwrap_or_default() })
}

fn memory_volumes(spec: &k8s_openapi::api::core::v1::PodSpec) -> BTreeMap<String, Option<u64>> {
    let in_memory = |volume: &k8s_openapi::api::core::v1::Volume| {
        let empty = volume.empty_dir.as_ref().filter(|empty| empty.medium.as_deref() == Some("Memory"))?;
        let limit = empty.size_limit.as_ref().and_then(|limit| proconsul_manifest::quantity::parse(&limit.0).ok());
        let limit = limit.and_then(|limit| u64::try_from(limit.units()).ok()).filter(|&limit| limit > 0);
        Some((volume.name.clone(), limit))
    };
    spec.volumes.iter().flatten().filter_map(in_memory).collect()
}

/// What a container is started from, its volumes filled; and what it asks for that this runtime does not give.
pub(super) fn container<M: Machine>(
    shared: &Shared<M>,
    pod: &Pod,
    container: &Container,
) -> Result<(ContainerLaunch, Vec<String>), LaunchError> {
    let materials = Materials::of(shared, pod);
    let given = materials.given(shared.settings.allocatable);
    let plan = launch::container(pod, container, &given)?;
    let sources = sources(shared, pod, &given)?;
    let mounts = plan.mounts.into_iter().filter_map(|mount| {
        let (source, is_read_only) = sources.get(&mount.volume)?.clone();
        Some(Mount {
            volume: mount.volume,
            source,
            target: PathBuf::from(mount.path),
            sub_path: mount.sub_path,
            read_only: mount.is_read_only || is_read_only,
        })
    });
    let id = |id: i64| u32::try_from(id).ok();
    let launch = ContainerLaunch {
        name: plan.name,
        image: Image::Builtin,
        command: plan.command,
        args: plan.args,
        env: plan.env,
        working_dir: plan.working_dir.map(PathBuf::from),
        mounts: mounts.collect(),
        user: plan.user.and_then(id),
        group: plan.group.and_then(id),
        groups: plan.groups.into_iter().filter_map(id).collect(),
        read_only_root: plan.is_root_read_only,
        limits: Limits {
            memory_bytes: plan.memory_bytes_max.and_then(|bytes| u64::try_from(bytes).ok()),
            cpu_millis: plan.cpu_thousandths_max.and_then(|millis| u64::try_from(millis).ok()),
            processes: None,
        },
        termination_message_path: Some(PathBuf::from(plan.termination_message_path)),
    };
    Ok((launch, plan.privileges))
}

/// Where each volume's files lie; those made of objects are written.
fn sources<M: Machine>(
    shared: &Shared<M>,
    pod: &Pod,
    given: &Given<'_>,
) -> Result<BTreeMap<String, (MountSource, bool)>, LaunchError> {
    let uid = pod.metadata.uid.as_deref().unwrap_or_default();
    let mut sources = BTreeMap::new();
    for volume in launch::volumes(pod, given)? {
        if let Source::Files(files) = &volume.source {
            let files = files
                .iter()
                .map(|file| (PathBuf::from(&file.path), VolumeFile { content: file.bytes.clone(), mode: file.mode }));
            write_files(&shared.machine.volume_dir(uid, &volume.name), &files.collect())
                .map_err(|source| LaunchError::Files { volume: volume.name.clone(), source })?;
        }
        let source = volume::source(shared, pod, &volume)
            .map_err(|source| LaunchError::Volume { volume: volume.name.clone(), source })?;
        sources.insert(volume.name, source);
    }
    Ok(sources)
}
