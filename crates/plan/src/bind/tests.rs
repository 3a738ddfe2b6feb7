//! Which claim gets which volume, and what is said when none fits.

use serde_json::{Value, json};

use super::*;

fn volume(name: &str, size: &str, change: Value) -> PersistentVolume {
    let mut volume = json!({
        "metadata": {"name": name},
        "spec": {"storageClassName": "manual", "capacity": {"storage": size}, "accessModes": ["ReadWriteMany", "ReadWriteOnce"]}
    });
    volume["spec"].as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
    serde_json::from_value(volume).unwrap()
}

fn claim(name: &str, size: &str, change: Value) -> PersistentVolumeClaim {
    let mut claim = json!({
        "metadata": {"name": name, "namespace": "default", "uid": name},
        "spec": {"storageClassName": "manual", "resources": {"requests": {"storage": size}}, "accessModes": ["ReadWriteMany"]}
    });
    claim["spec"].as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
    serde_json::from_value(claim).unwrap()
}

fn now() -> Timestamp {
    Timestamp::from_second(1_700_000_000).unwrap()
}

/// Claims and the volumes they were given.
fn bound(actions: &[Action]) -> Vec<(&str, &str)> {
    fn pair(action: &Action) -> Option<(&str, &str)> {
        let Action::UpdateClaim(claim) = action else { return None };
        Some((claim.metadata.name.as_deref()?, claim.spec.as_ref()?.volume_name.as_deref()?))
    }
    actions.iter().filter_map(pair).collect()
}

fn said(actions: &[Action]) -> Vec<&str> {
    fn text(action: &Action) -> Option<&str> {
        let Action::Event { message, .. } = action else { return None };
        Some(message)
    }
    actions.iter().filter_map(text).collect()
}

#[test]
fn a_claim_gets_the_smallest_volume_that_fits() {
    let volumes =
        [volume("big", "10Gi", json!({})), volume("fit", "1024Mi", json!({})), volume("small", "1Mi", json!({}))];
    let actions = plan(&volumes, &[claim("c", "1Gi", json!({}))], now());
    assert_eq!(bound(&actions), [("c", "fit")]);
    let Some(Action::UpdateVolume(taken)) =
        actions.iter().rev().find(|action| matches!(action, Action::UpdateVolume(_)))
    else {
        panic!("the volume is written")
    };
    assert_eq!(taken.spec.as_ref().unwrap().claim_ref.as_ref().unwrap().uid.as_deref(), Some("c"));
    assert_eq!(taken.status.as_ref().unwrap().phase.as_deref(), Some("Bound"));
}

#[test]
fn two_claims_never_get_one_volume() {
    let volumes = [volume("v", "1Gi", json!({}))];
    let claims = [claim("a", "1Gi", json!({})), claim("b", "1Gi", json!({}))];
    assert_eq!(bound(&plan(&volumes, &claims, now())), [("a", "v")]);
}

#[test]
fn what_does_not_fit_is_not_bound() {
    for (of_volume, of_claim) in [
        (json!({"storageClassName": "other"}), json!({})),
        (json!({"volumeMode": "Block"}), json!({})),
        (json!({"accessModes": ["ReadWriteOnce"]}), json!({})),
        (json!({}), json!({"selector": {"matchLabels": {"tier": "gold"}}})),
        (json!({"claimRef": {"name": "other", "namespace": "default"}}), json!({})),
        (json!({"claimRef": {"name": "c", "namespace": "default", "uid": "before"}}), json!({})),
    ] {
        let actions = plan(&[volume("v", "1Gi", of_volume.clone())], &[claim("c", "1Gi", of_claim.clone())], now());
        assert_eq!(bound(&actions), [], "{of_volume} {of_claim}");
        assert_eq!(said(&actions), ["storageclass.storage.k8s.io \"manual\" not found"]);
    }
    let actions = plan(&[], &[claim("c", "1Gi", json!({"storageClassName": ""}))], now());
    assert_eq!(said(&actions), ["no persistent volumes available for this claim and no storage class is set"]);
}

#[test]
fn a_reserved_volume_wins_over_a_better_fit() {
    let reserved = volume("big", "10Gi", json!({"claimRef": {"name": "c", "namespace": "default"}}));
    let volumes = [volume("fit", "1Gi", json!({})), reserved];
    assert_eq!(bound(&plan(&volumes, &[claim("c", "1Gi", json!({}))], now())), [("c", "big")]);
}

#[test]
fn a_claim_that_names_its_volume_gets_it_or_is_told_why_not() {
    let named = |size| claim("c", size, json!({"volumeName": "v"}));
    let free = volume("v", "1Gi", json!({}));
    assert_eq!(bound(&plan(std::slice::from_ref(&free), &[named("1Gi")], now())), [("c", "v")]);
    assert_eq!(
        said(&plan(&[free], &[named("2Gi")], now())),
        ["Cannot bind to requested volume \"v\": requested PV is too small"]
    );
    let taken = volume("v", "1Gi", json!({"claimRef": {"name": "x", "namespace": "default", "uid": "x"}}));
    assert_eq!(said(&plan(&[taken], &[named("1Gi")], now())), ["volume \"v\" already bound to a different claim."]);
    assert_eq!(plan(&[], &[named("1Gi")], now()), []);
}

/// The lists after all that was planned is done.
fn after(
    volumes: &[PersistentVolume],
    claims: &[PersistentVolumeClaim],
) -> (Vec<PersistentVolume>, Vec<PersistentVolumeClaim>) {
    let (mut volumes, mut claims) = (volumes.to_vec(), claims.to_vec());
    for action in plan(&volumes.clone(), &claims.clone(), now()) {
        match action {
            Action::UpdateVolume(new) => {
                volumes
                    .iter_mut()
                    .filter(|old| old.metadata.name == new.metadata.name)
                    .for_each(|old| *old = (*new).clone());
            }
            Action::UpdateClaim(new) => {
                claims
                    .iter_mut()
                    .filter(|old| old.metadata.name == new.metadata.name)
                    .for_each(|old| *old = (*new).clone());
            }
            Action::Event { .. } => {}
        }
    }
    (volumes, claims)
}

#[test]
fn binding_comes_to_rest_and_a_volume_is_released_with_its_claim() {
    let (volumes, claims) = after(&[volume("v", "1Gi", json!({}))], &[claim("c", "1Gi", json!({}))]);
    assert_eq!(plan(&volumes, &claims, now()), []);
    let phase = |volume: &PersistentVolume| volume.status.as_ref().unwrap().phase.clone().unwrap();
    assert_eq!(phase(&volumes[0]), "Bound");
    let (volumes, _) = after(&volumes, &[]);
    assert_eq!(phase(&volumes[0]), "Released");
    let mut again = claim("c", "1Gi", json!({}));
    again.metadata.uid = Some("another".to_owned());
    assert_eq!(bound(&plan(&volumes, &[again], now())), []);
}

#[test]
fn a_bound_claim_whose_volume_is_gone_is_lost_once() {
    let (_, claims) = after(&[volume("v", "1Gi", json!({}))], &[claim("c", "1Gi", json!({}))]);
    assert_eq!(
        said(&plan(&[], &claims, now())),
        ["Bound claim has lost its PersistentVolume. Data on the volume is lost!"]
    );
    let (_, claims) = after(&[], &claims);
    assert_eq!(claims[0].status.as_ref().unwrap().phase.as_deref(), Some("Lost"));
    assert_eq!(plan(&[], &claims, now()), []);
}
