//! What the store promises: metadata rules, watches, and that nothing acknowledged is lost.

use serde_json::json;

use super::*;
use crate::clock::Timestamp;
use crate::object::Fields;

fn clock() -> Clock {
    Clock::new(|| Timestamp::from_second(1_800_000_000).expect("a time"))
}

fn store() -> Arc<Store> {
    Store::open(Journal::in_memory(), clock(), Rng::seeded(1)).expect("opens")
}

fn config_map(name: &str) -> Value {
    json!({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name}, "data": {"a": "1"}})
}

fn pod(name: &str) -> Value {
    json!({"apiVersion": "v1", "kind": "Pod", "metadata": {"name": name},
           "spec": {"nodeName": "node-1", "terminationGracePeriodSeconds": 10}, "status": {"phase": "Running"}})
}

fn key(kind: Kind, name: &str) -> Key {
    Key::new(kind, "default", name)
}

#[test]
fn a_new_object_gets_its_metadata_from_the_store() {
    let store = store();
    let mut asked = pod("web-0");
    asked["metadata"]["uid"] = "mine".into();
    let made = store.create(asked).expect("creates");
    assert_eq!(made.uid().len(), 36);
    assert_eq!(made.text("/metadata/namespace"), "default");
    assert_eq!(made.text("/metadata/creationTimestamp"), "2027-01-15T08:00:00Z");
    assert_eq!((made.version(), made.number("/metadata/generation")), (1, Some(1)));
    assert_eq!(made.text("/status/phase"), "Pending");
    let again = store.create(pod("web-0")).expect_err("exists");
    assert_eq!(again.to_string(), "pods \"web-0\" already exists");
}

#[test]
fn a_generated_name_is_the_base_and_five_letters() {
    let store = store();
    let mut asked = config_map("");
    asked["metadata"] = json!({"generateName": "web-"});
    let made = store.create(asked).expect("creates");
    assert!(made.name().starts_with("web-") && made.name().len() == 9, "{}", made.name());
}

#[test]
fn an_update_with_an_old_version_conflicts_and_one_that_changes_nothing_is_none() {
    let store = store();
    let first = store.create(config_map("cm")).expect("creates");
    assert_eq!(store.update(Value::clone(&first), Part::Main).expect("updates").version(), 1);
    let mut second = Value::clone(&first);
    second["data"]["a"] = "2".into();
    assert_eq!(store.update(second.clone(), Part::Main).expect("updates").version(), 2);
    second["data"]["a"] = "3".into();
    assert!(matches!(store.update(second, Part::Main), Err(StoreError::Conflict(_))));
}

#[test]
fn generation_counts_changes_of_the_spec_only() {
    let store = store();
    store.create(pod("web-0")).expect("creates");
    let key = key(Kind::Pod, "web-0");
    let status = store.modify(&key, |pod| pod["status"]["phase"] = "Running".into()).expect("modifies");
    assert_eq!(status.number("/metadata/generation"), Some(1));
    let spec = store.modify(&key, |pod| pod["spec"]["nodeName"] = "node-2".into()).expect("modifies");
    assert_eq!(spec.number("/metadata/generation"), Some(2));
}

#[test]
fn a_pod_on_a_node_stays_until_its_node_is_done() {
    let store = store();
    let made = store.create(pod("web-0")).expect("creates");
    let key = key(Kind::Pod, "web-0");
    let marked = store.delete(&key, &Deletion::default()).expect("deletes");
    assert_eq!(marked.text("/metadata/deletionTimestamp"), "2027-01-15T08:00:10Z");
    let longer = Deletion { grace_seconds: Some(60), ..Deletion::default() };
    assert_eq!(store.delete(&key, &longer).expect("deletes").number("/metadata/deletionGracePeriodSeconds"), Some(10));
    assert!(matches!(store.delete(&key, &Deletion::now("other")), Err(StoreError::OtherUid { .. })));
    store.delete(&key, &Deletion::now(made.uid())).expect("deletes");
    assert_eq!(store.get(&key), None);
}

#[test]
fn a_finalizer_holds_an_object_until_it_is_taken_away() {
    let store = store();
    let mut claim =
        json!({"apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": {"name": "data"}, "spec": {}});
    crate::object::set_finalizer(&mut claim, "kubernetes.io/pvc-protection", true);
    store.create(claim).expect("creates");
    let key = key(Kind::PersistentVolumeClaim, "data");
    assert!(store.delete(&key, &Deletion::default()).expect("deletes").is_deleting());
    assert!(store.get(&key).is_some());
    store
        .modify(&key, |claim| crate::object::set_finalizer(claim, "kubernetes.io/pvc-protection", false))
        .expect("modifies");
    assert_eq!(store.get(&key), None);
}

#[test]
fn a_write_of_several_objects_is_all_or_nothing() {
    let store = store();
    let failed = store.write(|draft| {
        draft.create(config_map("a"))?;
        draft.create(config_map("b"))?;
        draft.create(config_map("a"))
    });
    assert!(matches!(failed, Err(StoreError::AlreadyExists(_))));
    assert_eq!((store.list(Kind::ConfigMap, None).len(), store.version()), (0, 0));
    store.write(|draft| draft.create(config_map("a")).and_then(|_| draft.create(config_map("b")))).expect("creates");
    let versions: Vec<u64> = store.list(Kind::ConfigMap, None).iter().map(|object| object.version()).collect();
    assert_eq!(versions, [1, 1]);
}

#[tokio::test]
async fn a_watch_tells_every_change_after_its_version() {
    let store = store();
    store.create(config_map("before")).expect("creates");
    let mut watch = store.watch(store.version());
    store.create(config_map("cm")).expect("creates");
    store.modify(&key(Kind::ConfigMap, "cm"), |object| object["data"]["a"] = "2".into()).expect("modifies");
    store.delete(&key(Kind::ConfigMap, "cm"), &Deletion::default()).expect("deletes");
    let seen: Vec<(Verb, u64)> =
        watch.next().await.expect("kept").iter().map(|change| (change.verb, change.object.version())).collect();
    assert_eq!(seen, [(Verb::Added, 2), (Verb::Modified, 3), (Verb::Deleted, 4)]);
}

#[tokio::test]
async fn a_watch_from_before_what_is_kept_is_told_to_list_again() {
    let store = store();
    store.create(config_map("cm")).expect("creates");
    for round in 0..=proconsul_base::limit::KUBE_WATCH_CHANGES {
        store.modify(&key(Kind::ConfigMap, "cm"), |object| object["data"]["a"] = round.into()).expect("modifies");
    }
    let gone = store.watch(1).next().await.expect_err("is too old");
    assert_eq!(gone.to_string(), "too old resource version: 1 (2)");
    assert!(store.watch(2).next().await.is_ok());
}

fn on_disk(folder: &std::path::Path) -> Arc<Store> {
    Store::open(Journal::open(folder).expect("opens"), clock(), Rng::seeded(1)).expect("reads")
}

#[test]
fn what_was_acknowledged_is_there_after_a_restart() {
    let folder = tempfile::tempdir().expect("a folder");
    let store = on_disk(folder.path());
    store.create(config_map("kept")).expect("creates");
    store.create(config_map("gone")).expect("creates");
    store.delete(&key(Kind::ConfigMap, "gone"), &Deletion::default()).expect("deletes");
    drop(store);
    let store = on_disk(folder.path());
    let names: Vec<String> = store.list(Kind::ConfigMap, None).iter().map(|object| object.name().to_owned()).collect();
    assert_eq!((names, store.version()), (vec!["kept".to_owned()], 3));
    assert_eq!(store.create(config_map("next")).expect("creates").version(), 4);
}

#[test]
fn a_torn_last_write_is_forgotten_whole() {
    let folder = tempfile::tempdir().expect("a folder");
    let store = on_disk(folder.path());
    store.create(config_map("first")).expect("creates");
    let both = |draft: &mut Draft<'_>| draft.create(config_map("a")).and_then(|_| draft.create(config_map("b")));
    store.write(both).expect("creates");
    drop(store);
    tear_the_end_off(&folder.path().join("log"));
    let store = on_disk(folder.path());
    let names: Vec<String> = store.list(Kind::ConfigMap, None).iter().map(|object| object.name().to_owned()).collect();
    assert_eq!((names, store.version()), (vec!["first".to_owned()], 1));
    store.write(both).expect("creates again");
}

/// Overwrites the last bytes that are not zero, as if the last write had not reached the disk whole.
fn tear_the_end_off(folder: &std::path::Path) {
    let path = std::fs::read_dir(folder)
        .expect("a log folder")
        .map(|entry| entry.expect("an entry").path())
        .find(|path| path.extension().is_some_and(|extension| extension == "log"))
        .expect("a segment");
    let mut bytes = std::fs::read(&path).expect("reads");
    let last = bytes.iter().rposition(|&byte| byte != 0).expect("has content");
    bytes[last - 8..=last].fill(0);
    std::fs::write(&path, bytes).expect("writes");
}

#[test]
fn a_snapshot_replaces_the_log_and_nothing_is_lost() {
    let folder = tempfile::tempdir().expect("a folder");
    let store = on_disk(folder.path());
    store.create(config_map("cm")).expect("creates");
    {
        let mut inner = store.inner.lock();
        let Inner { journal, objects, .. } = &mut *inner;
        journal.compact(1, objects).expect("compacts");
    }
    store.create(config_map("later")).expect("creates");
    drop(store);
    let store = on_disk(folder.path());
    assert_eq!((store.list(Kind::ConfigMap, None).len(), store.version()), (2, 2));
}
