//! A snapshot saved by Consul 1.8.7: what is read of it, and that what is written reads the same.

use proconsul_archive::{Contents, Origin, Server, inspect, read, write};
use proconsul_base::index::Index;
use proconsul_state::import::Import;
use proconsul_types::intention::{Intention, IntentionRecord};

const SAVED: &[u8] = include_bytes!("../data/consul-1.8.7.snap");

fn saved() -> Contents {
    read(&mut &*SAVED).unwrap()
}

#[test]
fn an_archive_is_inspected() {
    let meta = inspect(&mut &*SAVED).unwrap();
    assert_eq!((meta.version, meta.term, meta.index), (1, 2, saved().view.applied().0));
    assert!(meta.id.starts_with(&format!("2-{}-", meta.index)));
    assert_eq!(meta.servers().len(), 1);
    assert_eq!(meta, saved().meta);
}

#[test]
fn all_that_has_a_place_here_is_read() {
    let Contents { view, skipped, .. } = saved();
    assert_eq!(skipped.iter().collect::<Vec<_>>(), [("federation states", 1)]);
    assert_eq!(view.nodes().map(|node| &*node.name).collect::<Vec<_>>(), ["ext1", "ext2", "n1"]);
    assert_eq!(view.services_len(), (7, 7));
    assert_eq!(view.checks().count(), 3);
    let keys: Vec<_> = view.kv_list("").map(|entry| (&*entry.key, entry.flags, &entry.value[..])).collect();
    let expected: [(&str, u64, &[u8]); 6] = [
        ("a", 0, b"1"),
        ("b/c", 0, b"2"),
        ("b/d", 42, b"x y"),
        ("empty", 0, b""),
        ("lock", 0, b"held"),
        ("lock2", 0, b"freed"),
    ];
    assert_eq!(keys, expected);
    assert_eq!(view.sessions().count(), 2);
    assert_eq!((view.queries().count(), view.intentions().len(), view.config_entries(None).len()), (3, 2, 9));
    assert_eq!(view.autopilot().map(|kept| (kept.max_trailing_logs, kept.cleanup_dead_servers)), Some((300, false)));
    assert_eq!(view.coordinates().map(|place| place.coord.vec[7]).collect::<Vec<_>>(), [8.5]);
    assert_eq!(view.tombstones().map(|(key, _)| &**key).collect::<Vec<_>>(), ["gone"]);
    assert!(view.service_index("web", true) < view.services_index());
}

#[test]
fn what_is_written_reads_the_same() {
    let before = saved();
    let origin = Origin {
        term: 7,
        servers: vec![Server { suffrage: 0, id: "id".to_owned(), address: "192.0.2.1:8300".to_owned() }],
        configuration_index: 3,
        milliseconds: 1_795_455_200_500,
    };
    let mut bytes = Vec::new();
    write(&before.view, &origin, &mut bytes).unwrap();
    let after = read(&mut &bytes[..]).unwrap();
    assert_eq!(after.view, before.view);
    assert_eq!(after.meta.id, format!("7-{}-1795455200500", before.view.applied()));
    assert_eq!((after.meta.term, after.meta.servers()), (7, &origin.servers[..]));
    assert_eq!(after.skipped.iter().count(), 0);

    let mut again = Vec::new();
    write(&after.view, &origin, &mut again).unwrap();
    assert_eq!(again, bytes, "one state has one form");
}

#[test]
fn a_state_never_written_has_an_archive_too() {
    let (_, store) = proconsul_state::store::create();
    let mut bytes = Vec::new();
    write(&store.view(), &Origin::default(), &mut bytes).unwrap();
    assert_eq!(read(&mut &bytes[..]).unwrap().view.applied(), Index(0));
}

#[test]
fn an_intention_without_an_id_is_given_one_and_keeps_its_permissions() {
    let permissions = vec![serde_json::json!({"Action": "allow", "HTTP": {"PathExact": "/"}})];
    let intention = Intention {
        source_ns: "default".to_owned(),
        source_name: "a".to_owned(),
        destination_ns: "default".to_owned(),
        destination_name: "b".to_owned(),
        permissions,
        ..Intention::default()
    };
    let record = IntentionRecord { intention, create_index: 5, modify_index: 6 };
    let view = Import { intentions: vec![record.clone()], ..Import::default() }.finish().unwrap();
    let mut bytes = Vec::new();
    write(&view, &Origin::default(), &mut bytes).unwrap();
    let after = read(&mut &bytes[..]).unwrap().view.intentions().remove(0);
    assert_eq!(after.intention.id.len(), 36);
    assert_eq!(after.intention.permissions, record.intention.permissions);
    assert_eq!((after.create_index, after.modify_index), (5, 6));
}
