//! Sub paths and written files, with links where a container could have put them.

use std::collections::BTreeMap;
use std::fs;
use std::os::fd::{AsRawFd, OwnedFd};
use std::os::unix::fs::{MetadataExt, symlink};
use std::path::{Path, PathBuf};

use super::*;
use crate::launch::HostPathKind;

fn opened(fd: &OwnedFd) -> PathBuf {
    fs::read_link(format!("/proc/self/fd/{}", fd.as_raw_fd())).unwrap()
}

fn mount(source: MountSource, sub_path: Option<&str>) -> Mount {
    let sub_path = sub_path.map(str::to_owned);
    Mount { volume: "v".to_owned(), source, target: "/data".into(), sub_path, read_only: false }
}

fn open_sub(volume: &Path, sub_path: &str) -> Result<PathBuf, VolumeError> {
    let source = MountSource::Directory(volume.to_owned());
    open_source(&mount(source, Some(sub_path)), Path::new("/nowhere")).map(|fd| opened(&fd))
}

#[test]
fn a_missing_sub_path_is_made_inside_the_volume() {
    let dir = tempfile::tempdir().unwrap();
    let volume = dir.path().canonicalize().unwrap();
    let made = open_sub(&volume, "data/./consul-0").unwrap();
    assert_eq!(made, volume.join("data/consul-0"));
    assert_eq!(fs::metadata(&made).unwrap().mode() & 0o7777, 0o750);
    fs::write(volume.join("file"), "x").unwrap();
    assert_eq!(open_sub(&volume, "file").unwrap(), volume.join("file"));
}

#[test]
fn no_sub_path_leaves_its_volume() {
    let dir = tempfile::tempdir().unwrap();
    let (volume, outside) = (dir.path().join("volume"), dir.path().join("outside"));
    fs::create_dir_all(&volume).unwrap();
    fs::create_dir_all(&outside).unwrap();
    symlink(&outside, volume.join("absolute")).unwrap();
    symlink("../outside", volume.join("relative")).unwrap();
    symlink("/proc/self/root", volume.join("magic")).unwrap();
    for sub_path in ["..", "a/../..", "/etc", "absolute", "absolute/made", "relative/made", "magic/etc"] {
        let error = open_sub(&volume, sub_path).unwrap_err();
        assert!(matches!(error, VolumeError::SubPath(_)), "{sub_path}: {error}");
    }
    assert_eq!(fs::read_dir(&outside).unwrap().count(), 0);
    let told = open_sub(&volume, "absolute/made").unwrap_err().to_string();
    assert!(told.starts_with("\"absolute\" of subPath \"absolute/made\" is a symbolic link"), "{told}");
}

#[test]
fn written_files_change_all_at_once_and_old_ones_go() {
    let dir = tempfile::tempdir().unwrap();
    let pod_dir = dir.path();
    let volume = pod_volume(pod_dir, "v");
    let file = |content: &str, mode| VolumeFile { content: content.as_bytes().to_vec(), mode };
    let first = BTreeMap::from([("a".into(), file("1", 0o644)), ("sub/b".into(), file("2", 0o400))]);
    write_files(&volume, &first).unwrap();
    assert_eq!(fs::read_to_string(volume.join("sub/b")).unwrap(), "2");
    assert_eq!(fs::metadata(volume.join("sub/b")).unwrap().mode() & 0o777, 0o400);
    write_files(&volume, &BTreeMap::from([("a".into(), file("3", 0o644))])).unwrap();
    assert_eq!(fs::read_to_string(volume.join("a")).unwrap(), "3");
    assert!(fs::symlink_metadata(volume.join("sub")).is_err());
    assert_eq!(fs::read_dir(&volume).unwrap().count(), 3, "a, ..data and the folder it points at");
    let sub = open_source(&mount(MountSource::Files, Some("a")), pod_dir).unwrap();
    assert_eq!(fs::read_to_string(opened(&sub)).unwrap(), "3");
    assert!(write_files(&volume, &BTreeMap::from([("../x".into(), file("", 0o644))])).is_err());
}

#[test]
fn a_host_path_is_checked_or_made_as_its_type_says() {
    let dir = tempfile::tempdir().unwrap();
    let open = |name: &str, kind| {
        let source = MountSource::HostPath { path: dir.path().join(name), kind };
        open_source(&mount(source, None), Path::new("/nowhere"))
    };
    assert!(open("made", HostPathKind::DirectoryOrCreate).is_ok() && dir.path().join("made").is_dir());
    assert!(open("file", HostPathKind::FileOrCreate).is_ok() && dir.path().join("file").is_file());
    let told = open("file", HostPathKind::Directory).unwrap_err().to_string();
    assert_eq!(told, format!("hostPath type check failed: {} is not a directory", dir.path().join("file").display()));
    let told = open("absent", HostPathKind::File).unwrap_err().to_string();
    assert!(told.ends_with("absent is not a file"), "{told}");
    assert!(open("made", HostPathKind::Any).is_ok());
}
