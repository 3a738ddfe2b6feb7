//! The four manifests as users have them, mistakes included.

use crate::support::runtime::{Form, Runtime};

fn raw(name: &str) -> String {
    format!("{}/../manifest/tests/data/seed/{name}", env!("CARGO_MANIFEST_DIR"))
}

#[test]
fn the_service_is_accepted() {
    let runtime = Runtime::new(Form::Loopback);
    let up = runtime.up(&[&raw("1-service.yaml")]).success();
    assert!(up.starts_with("service/consul created\n"), "{up}");
    let again = runtime.up(&[&raw("1-service.yaml")]).success();
    assert!(again.starts_with("service/consul unchanged\n"), "{again}");
}

#[test]
fn the_claim_is_accepted_only_without_its_unknown_field() {
    let runtime = Runtime::new(Form::Loopback);
    let refused = runtime.up(&[&raw("2-pvc.yaml")]).failure();
    assert!(refused.contains("strict decoding error: unknown field \"spec.capacity\""), "{refused}");
    assert!(refused.ends_with("nothing was applied\n"), "{refused}");
    let warned = runtime.up(&["--validate=warn", &raw("2-pvc.yaml")]);
    assert!(
        warned.err.contains("PersistentVolumeClaim \"nfs\": unknown field \"spec.capacity\", left out"),
        "{warned:?}"
    );
    let up = warned.success();
    assert!(up.starts_with("persistentvolumeclaim/nfs created\n"), "{up}");
}

#[test]
fn the_volume_is_refused_with_what_to_indent() {
    let runtime = Runtime::new(Form::Loopback);
    for validation in ["strict", "warn", "ignore"] {
        let refused = runtime.up(&[&format!("--validate={validation}"), &raw("3-pv.yaml")]).failure();
        assert!(refused.contains("name stands outside metadata"), "{refused}");
        assert!(refused.contains("nfs stand outside spec"), "{refused}");
        assert!(refused.contains("indent line 4 by two spaces"), "{refused}");
    }
    let together = runtime.up(&["-f", &raw("1-service.yaml"), "-f", &raw("3-pv.yaml")]).failure();
    assert!(together.ends_with("nothing was applied\n"), "{together}");
    assert!(runtime.kube(&["get", "svc"]).failure().contains("no runtime answers"));
}

#[test]
fn the_stateful_set_is_accepted_and_waits_for_its_claim() {
    let runtime = Runtime::new(Form::Loopback);
    let waiting = runtime.up(&["--timeout=1s", &raw("4-statefulset.yaml")]).failure();
    assert!(waiting.starts_with("statefulset.apps/consul created\n"), "{waiting}");
    assert!(waiting.contains("persistentvolumeclaim \"nfs\" not found"), "{waiting}");
}
