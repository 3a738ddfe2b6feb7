//! Files on a real disk, and one that refuses.

use std::os::unix::fs::PermissionsExt;

use super::*;

fn keep(id: &str, content: &str) -> Step {
    Step::keep(SERVICES, &id.into(), content.as_bytes().to_vec())
}

fn contents(store: &Store) -> Vec<String> {
    let files = store.read_all(SERVICES).unwrap();
    files.into_iter().map(|(_, content)| String::from_utf8(content).unwrap()).collect()
}

#[test]
fn what_is_kept_is_read_again_until_it_is_forgotten_and_nobody_else_may_read_it() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path()).unwrap();
    store.take_now(&[keep("web", "1"), keep("api", "2"), keep("web", "3")]).unwrap();
    let store = Store::open(folder.path()).unwrap();
    assert_eq!(contents(&store), ["3", "2"]);
    assert_eq!(store.read(SERVICES, "web").unwrap(), b"3");
    let mode = |path: PathBuf| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(store.path(SERVICES, "web")), 0o600);
    assert_eq!(mode(folder.path().join(SERVICES)), 0o700);
    store.take_now(&Step::forget_all(&Removal { services: vec!["web".into()], checks: vec!["none".into()] })).unwrap();
    assert_eq!(contents(&store), ["2"]);
}

#[test]
fn a_disk_that_refuses_is_told_and_the_file_before_is_still_whole() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path()).unwrap();
    store.take_now(&[keep("web", "1")]).unwrap();
    let in_the_way = store.path(SERVICES, "web").with_extension("tmp");
    fs::create_dir(&in_the_way).unwrap();
    let error = store.take_now(&[keep("web", "2")]).unwrap_err().to_string();
    assert!(error.starts_with("failed to write the service \"web\" down: Is a directory"), "{error}");
    assert_eq!(contents(&store), ["1"]);
}

#[test]
fn files_that_were_not_finished_are_not_read() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path()).unwrap();
    fs::write(folder.path().join("services/0a.tmp"), "{").unwrap();
    assert!(contents(&store).is_empty());
}
