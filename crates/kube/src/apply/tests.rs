//! What applying a set does to the store.

use proconsul_base::rand::Rng;
use serde_json::json;

use super::*;
use crate::clock::Clock;
use crate::kind::Kind;
use crate::store::Journal;

fn store() -> std::sync::Arc<Store> {
    Store::open(Journal::in_memory(), Clock::system(), Rng::seeded(1)).expect("opens")
}

fn service() -> Value {
    json!({"apiVersion": "v1", "kind": "Service", "metadata": {"name": "web", "labels": {"a": "1"}},
           "spec": {"selector": {"app": "web"}, "ports": [{"port": 80}]}})
}

fn outcomes(store: &Store, objects: &[Value]) -> Vec<Outcome> {
    apply(store, objects).expect("applies").into_iter().map(|applied| applied.outcome).collect()
}

#[test]
fn applying_again_says_unchanged_and_a_change_says_configured() {
    let store = store();
    assert_eq!(outcomes(&store, &[service()]), [Outcome::Created]);
    assert_eq!(outcomes(&store, &[service()]), [Outcome::Unchanged]);
    let mut changed = service();
    changed["spec"]["ports"][0]["port"] = 81.into();
    assert_eq!(outcomes(&store, &[changed]), [Outcome::Configured]);
}

#[test]
fn what_the_runtime_wrote_stays_and_what_the_manifest_dropped_goes() {
    let store = store();
    outcomes(&store, &[service()]);
    let key = Key::new(Kind::Service, "default", "web");
    store
        .modify(&key, |service| {
            service["spec"]["clusterIP"] = "127.20.0.9".into();
            service["metadata"]["labels"]["other"] = "x".into();
        })
        .expect("modifies");
    assert_eq!(outcomes(&store, &[service()]), [Outcome::Unchanged]);
    let mut without = service();
    without["metadata"]["labels"] = json!({"b": "2"});
    assert_eq!(outcomes(&store, &[without]), [Outcome::Configured]);
    let stored = store.get(&key).expect("is there");
    assert_eq!(stored["metadata"]["labels"], json!({"b": "2", "other": "x"}));
    assert_eq!(stored.text("/spec/clusterIP"), "127.20.0.9");
}

#[test]
fn one_bad_object_keeps_the_whole_set_out_and_every_mistake_is_told() {
    let store = store();
    let mut bad = service();
    bad["metadata"]["name"] = "Not A Name".into();
    let pod = json!({"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "p"}, "spec": {"containers": [
        {"name": "c", "image": "consul", "livenessProbe": {"exec": {"command": ["true"]}}}]}});
    let error = apply(&store, &[service(), bad, pod]).expect_err("is refused").to_string();
    assert!(error.contains("The Service \"Not A Name\" is invalid: metadata.name"), "{error}");
    assert!(error.contains("spec.containers[0].livenessProbe.exec: Forbidden"), "{error}");
    assert_eq!(store.version(), 0);
}
