//! The four manifests as users have them, mistakes included, and the corrected copies that are delivered.

use proconsul_manifest::{Kind, Mistake, Problem, Source, Validation, read};

fn seed(name: &str) -> Source {
    let text = match name {
        "1-service.yaml" => include_str!("data/seed/1-service.yaml"),
        "2-pvc.yaml" => include_str!("data/seed/2-pvc.yaml"),
        "3-pv.yaml" => include_str!("data/seed/3-pv.yaml"),
        "4-statefulset.yaml" => include_str!("data/seed/4-statefulset.yaml"),
        other => panic!("no seed file {other}"),
    };
    Source { name: name.to_owned(), text: text.to_owned() }
}

fn texts(mistakes: &[Mistake]) -> Vec<String> {
    mistakes.iter().map(ToString::to_string).collect()
}

#[test]
fn the_service_and_the_stateful_set_are_accepted() {
    let found = read(&[seed("1-service.yaml"), seed("4-statefulset.yaml")], Validation::Strict).unwrap();
    assert_eq!(found.warnings, []);
    let names: Vec<_> = found.objects.iter().map(|object| (object.kind, object.name(), object.namespace())).collect();
    assert_eq!(names, [(Kind::Service, "consul", Some("default")), (Kind::StatefulSet, "consul", Some("default"))]);
}

#[test]
fn the_claim_is_refused_for_a_field_that_claims_do_not_have() {
    let mistakes = read(&[seed("2-pvc.yaml")], Validation::Strict).unwrap_err();
    assert_eq!(
        texts(&mistakes),
        ["2-pvc.yaml:10:2: PersistentVolumeClaim \"nfs\": strict decoding error: unknown field \"spec.capacity\": \
          spec has no such field, remove it or pass --validate=warn"]
    );
}

#[test]
fn the_claim_goes_through_with_a_warning_and_without_the_field() {
    let found = read(&[seed("2-pvc.yaml")], Validation::Warn).unwrap();
    assert_eq!(
        found.warnings[0].warning(),
        "2-pvc.yaml:10:2: PersistentVolumeClaim \"nfs\": unknown field \"spec.capacity\", left out"
    );
    assert_eq!(found.objects[0].value.pointer("/spec/capacity"), None);
    assert_eq!(read(&[seed("2-pvc.yaml")], Validation::Ignore).unwrap().warnings, []);
}

#[test]
fn the_volume_is_refused_with_what_to_indent_whatever_the_validation() {
    let mistakes = read(&[seed("3-pv.yaml")], Validation::Strict).unwrap_err();
    for lenient in [Validation::Warn, Validation::Ignore] {
        assert_eq!(read(&[seed("3-pv.yaml")], lenient).unwrap_err(), mistakes);
    }
    assert_eq!(
        texts(&mistakes),
        [
            "3-pv.yaml:4:1: PersistentVolume: strict decoding error: unknown field \"name\": name stands outside metadata, \
             which is empty; indent line 4 by two spaces to put it under \"metadata:\"",
            "3-pv.yaml:6:1: PersistentVolume: strict decoding error: unknown field \"storageClassName\", unknown field \
             \"capacity\", unknown field \"accessModes\", unknown field \"nfs\": storageClassName, capacity, accessModes, nfs \
             stand outside spec, which is empty; indent lines 6 to 13 by two spaces to put them under \"spec:\"",
        ]
    );
}

#[test]
fn one_bad_file_refuses_the_whole_set_and_hides_nothing() {
    let all = ["1-service.yaml", "2-pvc.yaml", "3-pv.yaml", "4-statefulset.yaml"].map(seed);
    let mistakes = read(&all, Validation::Strict).unwrap_err();
    assert_eq!(
        mistakes.iter().map(|mistake| mistake.file.as_str()).collect::<Vec<_>>(),
        ["2-pvc.yaml", "3-pv.yaml", "3-pv.yaml"]
    );
    assert!(mistakes.iter().any(|mistake| matches!(&mistake.problem, Problem::Misplaced { line_last: 13, .. })));
}

#[test]
fn the_delivered_copies_are_accepted_under_strict_validation() {
    let delivered = [
        ("1-service.yaml", include_str!("../../../deploy/kubernetes/1-service.yaml")),
        ("2-pvc.yaml", include_str!("../../../deploy/kubernetes/2-pvc.yaml")),
        ("3-pv.yaml", include_str!("../../../deploy/kubernetes/3-pv.yaml")),
        ("4-statefulset.yaml", include_str!("../../../deploy/kubernetes/4-statefulset.yaml")),
    ]
    .map(|(name, text)| Source { name: name.to_owned(), text: text.to_owned() });
    let found = read(&delivered, Validation::Strict).unwrap();
    assert_eq!(found.objects.len(), 4);
}
