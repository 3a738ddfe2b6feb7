//! Where the files of a pod's volumes lie on this machine.
//!
//! No server that a manifest names is contacted: an NFS volume is a folder given by `--nfs-export`, or a stand-in folder of the state
//! directory, which is said once by an event of the volume.

use std::path::{Component, Path, PathBuf};

use k8s_openapi::api::core::v1::{PersistentVolume, Pod};
use proconsul_plan::launch::{self, Backing, Source, Volume};
use proconsul_pods::{HostPathKind, MountSource};
use serde_json::Value;

use crate::control::pod::Shared;
use crate::control::typed;
use crate::events::Happening;
use crate::kind::Kind;
use crate::object::{Fields, Key};

/// The event's reason when a folder stands in for a server.
pub(crate) const STAND_IN: &str = "StandInFolder";

/// Why a volume has no files: the kubelet's words after `MountVolume.SetUp failed for volume "v" : `.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum VolumeError {
    /// The claim is not there.
    #[error("persistentvolumeclaim {0:?} not found")]
    NoClaim(String),
    /// The claim has no volume yet.
    #[error("persistentvolumeclaim {0:?} is not bound")]
    Unbound(String),
    /// The volume is not there.
    #[error("persistentvolume {0:?} not found")]
    NoVolume(String),
    /// A kind of volume this runtime does not have.
    #[error(transparent)]
    Unsupported(#[from] launch::UnsupportedVolume),
    /// A path that leads out of its folder.
    #[error("path {0:?} must be absolute and without \"..\"")]
    Path(String),
    /// The folder cannot be made.
    #[error("cannot make {}: {why}", path.display())]
    Folder {
        /// The folder.
        path: PathBuf,
        /// What the system said.
        why: String,
    },
}

/// Where the files of one of a pod's volumes lie, and whether the volume itself refuses writing.
pub(super) fn source<M>(shared: &Shared<M>, pod: &Pod, volume: &Volume) -> Result<(MountSource, bool), VolumeError> {
    match &volume.source {
        Source::EmptyDir { .. } => Ok((MountSource::EmptyDir, false)),
        Source::Files(_) => Ok((MountSource::Files, true)),
        Source::HostPath { path, kind } => Ok((host_path(path, kind)?, false)),
        Source::Nfs { server, path, is_read_only } => {
            let (folder, _) = nfs_folder(shared, server, path)?;
            Ok((MountSource::Directory(folder), *is_read_only))
        }
        Source::Claim { name, is_read_only } => {
            let (source, is_backing_read_only) = claimed(shared, pod, name)?;
            Ok((source, *is_read_only || is_backing_read_only))
        }
    }
}

fn claimed<M>(shared: &Shared<M>, pod: &Pod, claim: &str) -> Result<(MountSource, bool), VolumeError> {
    let namespace = pod.metadata.namespace.as_deref().unwrap_or_default();
    let found = shared.store.get(&Key::new(Kind::PersistentVolumeClaim, namespace, claim));
    let found = found.ok_or_else(|| VolumeError::NoClaim(claim.to_owned()))?;
    let name = found.text("/spec/volumeName");
    if name.is_empty() || found.text("/status/phase") != "Bound" {
        return Err(VolumeError::Unbound(claim.to_owned()));
    }
    let object = shared.store.get(&Key::new(Kind::PersistentVolume, "", name));
    let object = object.ok_or_else(|| VolumeError::NoVolume(name.to_owned()))?;
    let volume: PersistentVolume = typed(&object).ok_or_else(|| VolumeError::NoVolume(name.to_owned()))?;
    match launch::backing(&volume)? {
        Backing::HostPath { path, kind } => Ok((host_path(&path, &kind)?, false)),
        Backing::Local { path } => Ok((MountSource::Directory(absolute(&path)?.to_owned()), false)),
        Backing::Nfs { server, path, is_read_only } => {
            let (folder, is_stand_in) = nfs_folder(shared, &server, &path)?;
            if is_stand_in {
                say_stand_in(shared, &object, &format!("{server}:{path}"), &folder);
            }
            Ok((MountSource::Directory(folder), is_read_only))
        }
    }
}

/// The folder of an NFS volume, made when it is a stand-in; and whether it is one.
fn nfs_folder<M>(shared: &Shared<M>, server: &str, exported: &str) -> Result<(PathBuf, bool), VolumeError> {
    let path = absolute(exported)?;
    if let Some(export) = shared.settings.nfs_exports.get(&format!("{server}:{exported}")) {
        return Ok((export.clone(), false));
    }
    let below = path.strip_prefix("/").unwrap_or(path);
    let stand_ins = shared.settings.state_dir.join("volumes").join("nfs");
    let folder = stand_ins.join(server.replace('/', "_").replace("..", "_")).join(below);
    std::fs::create_dir_all(&folder)
        .map_err(|error| VolumeError::Folder { path: folder.clone(), why: error.to_string() })?;
    Ok((folder, true))
}

fn say_stand_in<M>(shared: &Shared<M>, volume: &Value, export: &str, folder: &Path) {
    let is_said = shared
        .store
        .list(Kind::Event, None)
        .iter()
        .any(|event| event["reason"] == STAND_IN && event.text("/involvedObject/uid") == volume.uid());
    if !is_said {
        let message = format!(
            "{export} is not contacted; its files lie in {} (another folder: --nfs-export {export}=DIR)",
            folder.display()
        );
        shared.recorder.record(volume, &Happening::normal(STAND_IN, message));
    }
}

fn host_path(path: &str, kind: &str) -> Result<MountSource, VolumeError> {
    let kind = match kind {
        "DirectoryOrCreate" => HostPathKind::DirectoryOrCreate,
        "Directory" => HostPathKind::Directory,
        "FileOrCreate" => HostPathKind::FileOrCreate,
        "File" => HostPathKind::File,
        "Socket" => HostPathKind::Socket,
        "CharDevice" => HostPathKind::CharDevice,
        "BlockDevice" => HostPathKind::BlockDevice,
        _ => HostPathKind::Any,
    };
    Ok(MountSource::HostPath { path: absolute(path)?.to_owned(), kind })
}

fn absolute(path: &str) -> Result<&Path, VolumeError> {
    let inside = Path::new(path);
    let is_plain = inside.components().all(|part| matches!(part, Component::RootDir | Component::Normal(_)));
    if inside.is_absolute() && is_plain { Ok(inside) } else { Err(VolumeError::Path(path.to_owned())) }
}
