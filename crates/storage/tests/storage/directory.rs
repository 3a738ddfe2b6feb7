//! A data directory has one owner and says so.

use std::path::Path;

use bytes::Bytes;
use proconsul_base::id::{ClusterId, NodeId, RaftId};
use proconsul_base::rand::Rng;
use proconsul_storage::directory::{Directory, DirectoryError, Identity};
use proconsul_storage::disk::{Disk, FileSystem, RealDisk};

use crate::crash_disk::CrashDisk;

fn open(disk: &CrashDisk) -> Result<Directory<CrashDisk>, DirectoryError> {
    Directory::open(disk.clone(), Path::new("/data")).map(|(directory, _)| directory)
}

fn identity(seed: u64) -> Identity {
    let mut rng = Rng::seeded(seed);
    Identity {
        raft_id: RaftId::random(&mut rng),
        node_id: NodeId::random(&mut rng),
        node_name: String::from("consul-0"),
        cluster_id: Some(ClusterId::random(&mut rng)),
        promise: Bytes::from_static(&[0, 0xff, 7]),
    }
}

/// A directory that was used by the node of this seed.
fn used(seed: u64) -> CrashDisk {
    let disk = CrashDisk::default();
    let directory = open(&disk).unwrap();
    directory.set_node_id(identity(seed).node_id).unwrap();
    directory.set_identity(&identity(seed)).unwrap();
    disk.copy()
}

#[test]
fn one_agent_at_a_time_uses_a_directory() {
    let folder = tempfile::tempdir().unwrap();
    let (first, _) = Directory::open(RealDisk, folder.path()).unwrap();
    let second = Directory::open(RealDisk, folder.path()).map(|_| ());
    let Err(refused @ DirectoryError::InUse(_)) = second else { panic!("two agents in one directory: {second:?}") };
    assert!(refused.to_string().contains("is in use by another agent; stop that agent"), "{refused}");
    drop(first);
    Directory::open(RealDisk, folder.path()).unwrap();
}

#[test]
fn identity_and_node_id_are_read_back() {
    let disk = used(1);
    let directory = open(&disk).unwrap();
    assert_eq!(directory.identity().unwrap(), Some(identity(1)));
    assert_eq!(directory.node_id().unwrap(), Some(identity(1).node_id));
    assert_eq!(disk.bytes("/data/node-id").len(), 36);
}

#[test]
fn an_identity_without_a_cluster_is_read_back() {
    let disk = used(1);
    let directory = open(&disk).unwrap();
    let alone = Identity { cluster_id: None, promise: Bytes::new(), ..identity(1) };
    directory.set_identity(&alone).unwrap();
    assert_eq!(directory.identity().unwrap(), Some(alone));
}

#[test]
fn a_directory_of_another_node_is_refused() {
    let disk = used(1);
    let other = identity(2).node_id.to_string();
    disk.edit("/data/node-id", |bytes| *bytes = other.clone().into_bytes());
    let Err(refused @ DirectoryError::OtherNode { .. }) = open(&disk) else {
        panic!("another node's data was accepted")
    };
    assert!(refused.to_string().contains("belongs to node consul-0"), "{refused}");
    assert!(refused.to_string().contains(&other), "{refused}");
}

#[test]
fn a_node_never_takes_the_log_of_another() {
    let disk = used(1);
    let directory = open(&disk).unwrap();
    assert!(matches!(directory.set_node_id(identity(2).node_id), Err(DirectoryError::OtherNode { .. })));
    assert!(matches!(directory.set_identity(&identity(2)), Err(DirectoryError::OtherNode { .. })));
}

#[test]
fn a_lost_node_id_is_told_from_a_new_directory() {
    let disk = used(1);
    disk.remove(Path::new("/data/node-id")).unwrap();
    assert!(matches!(open(&disk), Err(DirectoryError::OtherNode { found: None, .. })));
}

#[test]
fn every_changed_byte_of_an_identity_is_noticed() {
    let disk = used(1);
    let length = disk.bytes("/data/raft/identity").len();
    for at in 0..length {
        let changed = disk.copy();
        changed.edit("/data/raft/identity", |bytes| bytes[at] ^= 1);
        assert!(matches!(open(&changed), Err(DirectoryError::Damaged { .. })), "byte {at}");
        let shorter = disk.copy();
        shorter.edit("/data/raft/identity", |bytes| bytes.truncate(at));
        assert!(matches!(open(&shorter), Err(DirectoryError::Damaged { .. })), "only {at} bytes");
    }
}

#[test]
fn another_format_is_refused_by_name() {
    let disk = used(1);
    disk.edit("/data/format", |bytes| *bytes = b"2\n".to_vec());
    assert!(matches!(open(&disk), Err(DirectoryError::Format { found, .. }) if found == "2"));
}

#[test]
fn the_originals_data_are_left_alone() {
    let disk = CrashDisk::default();
    disk.create(Path::new("/data/raft/raft.db")).unwrap();
    let Err(refused @ DirectoryError::Foreign { .. }) = open(&disk) else { panic!("Consul's data were accepted") };
    assert!(refused.to_string().contains("belongs to Consul"), "{refused}");
}

#[test]
fn an_identity_is_replaced_whole_or_not_at_all() {
    let changed = Identity { promise: Bytes::from_static(b"another"), ..identity(1) };
    for at in 0..8 {
        let disk = used(1);
        let directory = open(&disk).unwrap();
        disk.fail_after(at);
        let done = directory.set_identity(&changed).is_ok();
        drop(directory);
        let found = open(&disk.after_crash(&mut Rng::seeded(at))).unwrap().identity().unwrap();
        assert!(found == Some(changed.clone()) || (!done && found == Some(identity(1))), "operation {at}: {found:?}");
    }
}

#[test]
fn a_directory_in_memory_gives_a_warning_that_names_the_risk() {
    let (_directory, warnings) = Directory::open(CrashDisk::default(), Path::new("/data")).unwrap();
    assert_eq!(warnings[0].file_system, FileSystem::Memory);
    assert!(warnings[0].to_string().contains("a reboot loses this server's log and votes"), "{}", warnings[0]);
}
