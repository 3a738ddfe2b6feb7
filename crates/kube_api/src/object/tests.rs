//! Requests on a store in memory, answered as the API server would.

use http_body_util::BodyExt;
use hyper::HeaderMap;
use hyper::header::{ACCEPT, CONTENT_TYPE};
use proconsul_base::rand::Rng;
use proconsul_kube::clock::Clock;
use proconsul_kube::store::Journal;

use super::*;

fn store() -> Arc<Store> {
    Store::open(Journal::in_memory(), Clock::system(), Rng::seeded(1)).expect("opens")
}

fn config_maps(store: &Arc<Store>) -> Place<'_> {
    Place { kind: Kind::ConfigMap, namespace: Some("default"), store }
}

fn query(accept: &'static str, content_type: &'static str) -> Query {
    let mut headers = HeaderMap::new();
    headers.insert(ACCEPT, accept.parse().expect("a value"));
    headers.insert(CONTENT_TYPE, content_type.parse().expect("a value"));
    Query::of("", &headers)
}

fn plain() -> Query {
    query("application/json", "application/json")
}

/// Code and body of an answer or a refusal.
async fn answered(answer: Result<Response, Refusal>) -> (u16, Value) {
    match answer {
        Ok(response) => {
            let code = response.status().as_u16();
            let body = response.into_body().collect().await.expect("is whole").to_bytes();
            (code, serde_json::from_slice(&body).expect("is JSON"))
        }
        Err(refusal) => (refusal.code, refusal.status()),
    }
}

#[tokio::test]
async fn an_object_is_created_read_patched_and_deleted() {
    let store = store();
    let place = config_maps(&store);
    let (code, made) = answered(create(&place, &json!({"metadata": {"name": "cm"}, "data": {"a": "1"}}))).await;
    assert_eq!((code, made.text("/kind"), made.text("/metadata/namespace")), (201, "ConfigMap", "default"));
    let merge = query("application/json", "application/merge-patch+json");
    let (code, patched) = answered(patch(&place, "cm", &merge, &json!({"data": {"a": null, "b": "2"}}))).await;
    assert_eq!((code, &patched["data"]), (200, &json!({"b": "2"})));
    let (code, stale) = answered(replace(&place, "cm", None, &made)).await;
    assert_eq!((code, stale.text("/reason")), (409, "Conflict"));
    let (code, status) = answered(delete(&place, "cm", &plain(), &Value::Null)).await;
    assert_eq!((code, status.text("/status"), status.text("/details/kind")), (200, "Success", "configmaps"));
    let (code, status) = answered(get(&place, "cm", &plain())).await;
    assert_eq!((code, status.text("/message")), (404, "configmaps \"cm\" not found"));
    assert_eq!(status.text("/details/name"), "cm");
}

#[tokio::test]
async fn a_list_comes_as_objects_or_as_a_table() {
    let store = store();
    let place = config_maps(&store);
    answered(create(&place, &json!({"metadata": {"name": "cm"}, "data": {"a": "1"}}))).await;
    let (_, objects) = answered(list(&place, &plain())).await;
    assert_eq!((objects.text("/kind"), objects.list("/items").len()), ("ConfigMapList", 1));
    assert_eq!(objects.text("/metadata/resourceVersion"), "1");
    let (_, table) = answered(list(&place, &query("application/json;as=Table;v=v1;g=meta.k8s.io", ""))).await;
    assert_eq!((table.text("/kind"), table.text("/columnDefinitions/0/name")), ("Table", "Name"));
    assert_eq!(table.pointer("/rows/0/cells/0"), Some(&json!("cm")));
}

#[tokio::test]
async fn a_body_that_contradicts_its_path_or_breaks_a_rule_is_refused() {
    let store = store();
    let place = config_maps(&store);
    for (body, code) in [
        (json!({"kind": "Secret", "metadata": {"name": "cm"}}), 400),
        (json!({"metadata": {"name": "cm", "namespace": "other"}}), 400),
        (json!({"metadata": {"name": "Not A Name"}}), 422),
        (json!([]), 400),
    ] {
        assert_eq!(answered(create(&place, &body)).await.0, code, "{body}");
    }
    assert_eq!(store.version(), 0);
}

#[test]
fn a_merge_patch_follows_the_examples_of_its_rfc() {
    for (target, patch, result) in [
        (json!({"a": "b"}), json!({"a": "c"}), json!({"a": "c"})),
        (json!({"a": "b", "b": "c"}), json!({"a": null}), json!({"b": "c"})),
        (json!({"a": ["b"]}), json!({"a": "c"}), json!({"a": "c"})),
        (json!({"a": {"b": "c"}}), json!({"a": {"b": "d", "c": null}}), json!({"a": {"b": "d"}})),
        (json!({"a": "foo"}), json!("bar"), json!("bar")),
        (json!({}), json!({"a": {"bb": {"ccc": null}}}), json!({"a": {"bb": {}}})),
    ] {
        let mut merged = target;
        merge(&mut merged, &patch);
        assert_eq!(merged, result);
    }
}
