//! The volumes of a pod: what stands behind each, without touching it.

use k8s_openapi::api::core::v1::{PersistentVolume, Pod, Volume as Spec};
use proconsul_manifest::quantity;

use super::Given;
use super::files::{self, Wanted};
use crate::pod;

/// A volume of a pod.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Volume {
    /// Its name in the pod.
    pub name: String,
    /// What it is.
    pub source: Source,
}

/// What a volume is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// A folder that lives as long as the pod.
    EmptyDir {
        /// Whether it is kept in memory.
        is_in_memory: bool,
        /// How large it may become.
        bytes_max: Option<i64>,
    },
    /// A path of the machine.
    HostPath {
        /// The path.
        path: String,
        /// `hostPath.type`, empty for no check.
        kind: String,
    },
    /// A claim of the pod's namespace.
    Claim {
        /// The claim's name.
        name: String,
        /// Whether writing is refused.
        is_read_only: bool,
    },
    /// A folder of another machine.
    Nfs {
        /// Which machine.
        server: String,
        /// Which folder.
        path: String,
        /// Whether writing is refused.
        is_read_only: bool,
    },
    /// Files made of objects; read only.
    Files(Vec<File>),
}

/// A file of a volume.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct File {
    /// Where in the volume; relative, may have folders in it.
    pub path: String,
    /// Its content.
    pub bytes: Vec<u8>,
    /// Its permission bits.
    pub mode: u32,
}

/// What stands behind a PersistentVolume.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Backing {
    /// A path of the machine.
    HostPath {
        /// The path.
        path: String,
        /// `hostPath.type`, empty for no check.
        kind: String,
    },
    /// A disk or folder of the machine, which must be there.
    Local {
        /// The path.
        path: String,
    },
    /// A folder of another machine.
    Nfs {
        /// Which machine.
        server: String,
        /// Which folder.
        path: String,
        /// Whether writing is refused.
        is_read_only: bool,
    },
}

/// Why a volume cannot be had: the message of the event `FailedMount`.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("MountVolume.SetUp failed for volume \"{volume}\" : {fault}")]
pub struct MountError {
    volume: String,
    fault: Fault,
}

/// A PersistentVolume of a kind that needs a machine or a cloud this runtime has not.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("persistentvolume \"{0}\" has a source that is not served: use hostPath, local or nfs")]
pub struct UnsupportedVolume(String);

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum Fault {
    #[error("configmap \"{0}\" not found")]
    ConfigMap(String),
    #[error("secret \"{0}\" not found")]
    Secret(String),
    #[error("{kind} references non-existent config key: {key}")]
    Key { kind: &'static str, key: String },
    #[error("unsupported fieldPath: {0}")]
    FieldPath(String),
    #[error("unsupported container resource : {0}")]
    Resource(String),
    #[error("{0} is not served in projected volumes: there is no API server to show a token to")]
    Projection(&'static str),
    #[error(
        "this kind of volume is not served: use emptyDir, hostPath, nfs, configMap, secret, downwardAPI, projected or a claim"
    )]
    Kind,
}

/// The volumes of a pod, with the files that come from objects.
///
/// # Errors
/// The first volume that cannot be had.
pub fn volumes(pod: &Pod, given: &Given<'_>) -> Result<Vec<Volume>, MountError> {
    let list = pod::spec(pod).and_then(|spec| spec.volumes.as_deref()).unwrap_or_default();
    list.iter()
        .map(|volume| {
            let source = source(pod, volume, given);
            let source = source.map_err(|fault| MountError { volume: volume.name.clone(), fault })?;
            Ok(Volume { name: volume.name.clone(), source })
        })
        .collect()
}

fn source(pod: &Pod, volume: &Spec, given: &Given<'_>) -> Result<Source, Fault> {
    if let Some(claim) = &volume.persistent_volume_claim {
        return Ok(Source::Claim { name: claim.claim_name.clone(), is_read_only: claim.read_only == Some(true) });
    }
    if volume.ephemeral.is_some() {
        return Ok(Source::Claim { name: format!("{}-{}", pod::name(pod), volume.name), is_read_only: false });
    }
    if let Some(empty) = &volume.empty_dir {
        let limit = empty.size_limit.as_ref().and_then(|limit| quantity::parse(&limit.0).ok());
        let is_in_memory = empty.medium.as_deref() == Some("Memory");
        return Ok(Source::EmptyDir {
            is_in_memory,
            bytes_max: limit.map(quantity::Quantity::units).filter(|limit| *limit > 0),
        });
    }
    if let Some(path) = &volume.host_path {
        return Ok(Source::HostPath { path: path.path.clone(), kind: path.type_.clone().unwrap_or_default() });
    }
    if let Some(nfs) = &volume.nfs {
        let is_read_only = nfs.read_only == Some(true);
        return Ok(Source::Nfs { server: nfs.server.clone(), path: nfs.path.clone(), is_read_only });
    }
    files(pod, volume, given).map(Source::Files)
}

fn files(pod: &Pod, volume: &Spec, given: &Given<'_>) -> Result<Vec<File>, Fault> {
    let wanted =
        |name, items, mode, optional: Option<bool>| Wanted { name, items, mode, is_optional: optional == Some(true) };
    if let Some(map) = &volume.config_map {
        let wanted = wanted(&map.name, map.items.as_deref(), map.default_mode, map.optional);
        return files::config_map(pod, &wanted, given);
    }
    if let Some(secret) = &volume.secret {
        let name = secret.secret_name.as_deref().unwrap_or_default();
        return files::secret(pod, &wanted(name, secret.items.as_deref(), secret.default_mode, secret.optional), given);
    }
    if let Some(fields) = &volume.downward_api {
        return files::downward(pod, fields.items.as_deref().unwrap_or_default(), fields.default_mode, given);
    }
    match &volume.projected {
        Some(projected) => files::projected(pod, projected, given),
        None => Err(Fault::Kind),
    }
}

/// What stands behind a PersistentVolume.
///
/// # Errors
/// When its source is not one this machine can have.
pub fn backing(volume: &PersistentVolume) -> Result<Backing, UnsupportedVolume> {
    let name = volume.metadata.name.clone().unwrap_or_default();
    let Some(spec) = &volume.spec else { return Err(UnsupportedVolume(name)) };
    if let Some(path) = &spec.host_path {
        return Ok(Backing::HostPath { path: path.path.clone(), kind: path.type_.clone().unwrap_or_default() });
    }
    if let Some(local) = &spec.local {
        return Ok(Backing::Local { path: local.path.clone() });
    }
    let Some(nfs) = &spec.nfs else { return Err(UnsupportedVolume(name)) };
    Ok(Backing::Nfs { server: nfs.server.clone(), path: nfs.path.clone(), is_read_only: nfs.read_only == Some(true) })
}
