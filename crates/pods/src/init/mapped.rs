//! The form without mounts: each mount path is told to our program together with where its files lie.

use std::fs;
use std::os::fd::AsRawFd;
use std::path::PathBuf;

use proconsul_types::pod_context::PathMap;

use super::{IMAGE_FOLDERS, InitSpec, make_fresh, mounts};
use crate::protocol::StartFailure;
use crate::volume;

/// Makes what a root would have, and the map of every path of it.
pub(super) fn prepare(spec: &InitSpec) -> Result<Vec<PathMap>, StartFailure> {
    let root = spec.container_dir().join("root");
    make_fresh(spec, &root)?;
    for folder in IMAGE_FOLDERS {
        fs::create_dir_all(root.join(folder)).map_err(|error| spec.create("make the image's folders", error))?;
    }
    let mut maps = vec![PathMap { inside: PathBuf::from("/consul"), outside: root.join("consul") }];
    for mount in &spec.container.mounts {
        let source =
            volume::open_source(mount, &spec.pod_dir).map_err(|error| mounts::volume_failed(spec, mount, error))?;
        let outside = fs::read_link(format!("/proc/self/fd/{}", source.as_raw_fd()));
        let outside = outside.map_err(|error| spec.create("find where a volume lies", error))?;
        maps.push(PathMap { inside: mount.target.clone(), outside });
    }
    if let (Some(inside), Some(outside)) = (&spec.container.termination_message_path, &spec.termination_message) {
        maps.push(PathMap { inside: inside.clone(), outside: outside.clone() });
    }
    Ok(maps)
}
