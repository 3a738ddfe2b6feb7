//! Who is believed, one rule each, on one machine without a network.

use std::time::Duration;

use proconsul_base::rand::Rng;

use super::*;
use crate::broadcast::Room;
use crate::machine::Config;
use crate::timing::Timing;

const NOW: Instant = Instant::ZERO;
const HERE: &str = "127.0.0.1:1";
const THERE: &str = "127.0.0.1:2";

/// A layer above for which equal, filled metas mean the same node.
struct SameMeta;

impl Upper for SameMeta {
    fn broadcasts(&mut self, _: &mut Room, _: usize) -> Vec<Vec<u8>> {
        Vec::new()
    }
    fn has_broadcasts(&self) -> bool {
        false
    }
    fn local_state(&mut self, _: bool) -> Vec<u8> {
        Vec::new()
    }
    fn ack_payload(&mut self) -> Vec<u8> {
        Vec::new()
    }
    fn same_node(&self, known: &[u8], claimed: &[u8]) -> bool {
        !known.is_empty() && known == claimed
    }
}

fn swim() -> Swim {
    let config = Config {
        name: "us".into(),
        address: "127.0.0.1:9".parse().unwrap(),
        meta: b"us-id".to_vec(),
        vsn: [1, 5, 2, 2, 5, 4],
        label: vec![],
        timing: Timing::lan(),
    };
    let mut swim = Swim::new(NOW, config, Rng::seeded(1)).unwrap();
    hear(&mut swim, "a", 3, HERE, "a-id");
    drain(&mut swim);
    swim
}

fn hear(swim: &mut Swim, node: &str, incarnation: u32, address: &str, meta: &str) {
    hear_at(swim, NOW, node, incarnation, address, meta);
}

fn hear_at(swim: &mut Swim, now: Instant, node: &str, incarnation: u32, address: &str, meta: &str) {
    let address = address.parse().unwrap();
    let alive = Alive { incarnation, node: node.into(), address, meta: meta.into(), vsn: [1, 5, 2, 2, 5, 4] };
    swim.on_alive(now, alive, &SameMeta);
}

fn accusation(node: &str, incarnation: u32, from: &str) -> Accusation {
    Accusation { incarnation, node: node.into(), from: from.into() }
}

/// The names of what happened since the last call.
fn drain(swim: &mut Swim) -> Vec<String> {
    let name = |event: Event| {
        let text = format!("{event:?}");
        text.split(|c: char| !c.is_alphanumeric()).next().unwrap_or_default().to_owned()
    };
    std::iter::from_fn(|| swim.next_event()).map(name).collect()
}

fn known(swim: &Swim) -> (State, u32, String) {
    let node = swim.other("a").unwrap();
    (node.state, node.incarnation, node.address.to_string())
}

#[test]
fn an_alive_must_be_newer_to_count() {
    let mut swim = swim();
    hear(&mut swim, "a", 3, HERE, "other");
    hear(&mut swim, "a", 2, HERE, "other");
    assert_eq!(drain(&mut swim), [""; 0]);
    hear(&mut swim, "a", 4, HERE, "other");
    assert_eq!(drain(&mut swim), ["Updated"]);
}

#[test]
fn a_suspicion_of_the_same_incarnation_counts_and_only_a_newer_alive_refutes_it() {
    let mut swim = swim();
    swim.on_suspect(NOW, accusation("a", 2, "b"));
    assert_eq!(known(&swim).0, State::Alive);
    swim.on_suspect(NOW, accusation("a", 3, "b"));
    assert_eq!(known(&swim).0, State::Suspect);
    hear(&mut swim, "a", 3, HERE, "a-id");
    assert_eq!(known(&swim).0, State::Suspect);
    hear(&mut swim, "a", 4, HERE, "a-id");
    assert_eq!(known(&swim).0, State::Alive);
    assert_eq!(drain(&mut swim), ["Suspected"]);
    assert_eq!(swim.suspicions.deadline(), None);
}

#[test]
fn a_suspect_that_does_not_refute_is_declared_dead_and_comes_back_as_joined() {
    let mut swim = swim();
    swim.on_suspect(NOW, accusation("a", 3, "b"));
    swim.tick(NOW + Duration::from_secs(5), &mut ());
    assert_eq!(known(&swim).0, State::Dead);
    hear(&mut swim, "a", 4, HERE, "a-id");
    assert_eq!(drain(&mut swim), ["Suspected", "Failed", "Joined"]);
}

#[test]
fn a_dead_message_from_the_member_itself_means_that_it_left() {
    let mut swim = swim();
    swim.on_dead(NOW, accusation("a", 3, "a"));
    assert_eq!(known(&swim).0, State::Left);
    swim.on_dead(NOW, accusation("a", 3, "b"));
    assert_eq!(drain(&mut swim), ["Left"]);
}

#[test]
fn unknown_members_cannot_be_accused() {
    let mut swim = swim();
    swim.on_suspect(NOW, accusation("nobody", 1, "b"));
    swim.on_dead(NOW, accusation("nobody", 1, "b"));
    assert_eq!(drain(&mut swim), [""; 0]);
}

#[test]
fn an_accusation_against_us_is_refuted_with_a_higher_incarnation() {
    let mut swim = swim();
    swim.on_suspect(NOW, accusation("us", 7, "b"));
    assert_eq!(swim.local().incarnation, 8);
    swim.on_dead(NOW, accusation("us", 7, "b"));
    assert_eq!((swim.local().incarnation, swim.health_score()), (8, 1));
    assert_eq!(drain(&mut swim), ["Refuted"]);
}

#[test]
fn an_echo_of_an_earlier_life_is_exceeded_without_blaming_ourselves() {
    let mut swim = swim();
    hear(&mut swim, "us", 5, "127.0.0.1:77", "us-id");
    assert_eq!((swim.local().incarnation, swim.health_score()), (6, 0));
    hear(&mut swim, "us", 3, "127.0.0.1:78", "us-id");
    assert_eq!(swim.local().incarnation, 6);
}

#[test]
fn an_echo_with_our_own_incarnation_but_another_address_is_exceeded_too() {
    let mut swim = swim();
    hear(&mut swim, "us", 1, "127.0.0.1:77", "us-id");
    assert_eq!(swim.local().incarnation, 2);
}

#[test]
fn our_own_words_coming_back_change_nothing() {
    let mut swim = swim();
    let alive = swim.local().alive();
    swim.on_alive(NOW, alive, &SameMeta);
    assert_eq!(swim.local().incarnation, 1);
    assert_eq!(drain(&mut swim), [""; 0]);
}

#[test]
fn a_rival_for_our_name_is_a_conflict() {
    let mut swim = swim();
    hear(&mut swim, "us", 5, "127.0.0.1:77", "rival-id");
    assert_eq!(swim.local().incarnation, 1);
    assert_eq!(drain(&mut swim), ["Conflict"]);
}

#[test]
fn the_same_node_may_move_at_once_when_its_word_is_newer() {
    let mut swim = swim();
    hear(&mut swim, "a", 3, THERE, "a-id");
    assert_eq!(known(&swim), (State::Alive, 3, HERE.into()));
    hear(&mut swim, "a", 4, THERE, "a-id");
    assert_eq!(known(&swim), (State::Alive, 4, THERE.into()));
    hear(&mut swim, "a", 3, HERE, "a-id");
    assert_eq!(known(&swim), (State::Alive, 4, THERE.into()));
    assert_eq!(drain(&mut swim), ["Updated"]);
}

#[test]
fn another_node_cannot_take_a_living_members_name() {
    let mut swim = swim();
    hear(&mut swim, "a", 9, THERE, "rival-id");
    assert_eq!(known(&swim), (State::Alive, 3, HERE.into()));
    assert_eq!(drain(&mut swim), ["Conflict"]);
}

#[test]
fn a_member_whose_old_address_is_silent_may_move_when_its_word_is_newer() {
    let mut swim = swim();
    swim.on_suspect(NOW, accusation("a", 3, "b"));
    hear(&mut swim, "a", 3, THERE, "");
    assert_eq!(known(&swim).2, HERE);
    hear(&mut swim, "a", 4, THERE, "");
    assert_eq!(known(&swim), (State::Alive, 4, THERE.into()));
}

#[test]
fn the_name_of_one_who_left_is_free_and_that_of_the_dead_after_the_reclaim_time() {
    let mut swim = swim();
    swim.on_dead(NOW, accusation("a", 3, "b"));
    hear(&mut swim, "a", 1, THERE, "");
    assert_eq!(known(&swim).0, State::Dead);
    hear_at(&mut swim, NOW + Duration::from_secs(31), "a", 1, THERE, "");
    assert_eq!(known(&swim), (State::Alive, 1, THERE.into()));
    swim.on_dead(NOW, accusation("a", 1, "a"));
    hear(&mut swim, "a", 1, HERE, "");
    assert_eq!(known(&swim), (State::Alive, 1, HERE.into()));
}

#[test]
fn in_a_merged_state_the_dead_are_suspects_and_who_left_has_left() {
    let told = |node: &str, state| NodeState {
        node: node.into(),
        address: HERE.parse().unwrap(),
        meta: vec![],
        incarnation: 5,
        state,
        vsn: [1, 5, 2, 2, 5, 4],
    };
    let mut swim = swim();
    swim.merge(NOW, vec![told("b", State::Alive), told("c", State::Dead), told("a", State::Dead)], &());
    assert_eq!(known(&swim).0, State::Suspect);
    assert!(swim.other("b").is_some() && swim.other("c").is_none());
    swim.merge(NOW, vec![told("b", State::Left), told("us", State::Left)], &());
    assert_eq!(swim.other("b").unwrap().state, State::Left);
    assert_eq!(swim.local().incarnation, 6);
    assert_eq!(drain(&mut swim), ["Joined", "Suspected", "Left", "Refuted"]);
}

#[test]
fn one_who_leaves_does_not_refute() {
    let mut swim = swim();
    swim.leave(NOW);
    swim.on_suspect(NOW, accusation("us", 7, "b"));
    swim.on_dead(NOW, accusation("us", 7, "us"));
    assert_eq!(swim.local().incarnation, 1);
    assert_eq!(swim.local().state, State::Left);
}

#[test]
fn time_slept_through_is_given_back_to_suspects() {
    let mut swim = swim();
    swim.on_suspect(NOW, accusation("a", 3, "b"));
    let late = Duration::from_secs(60);
    swim.overslept(late);
    swim.tick(NOW + late, &mut ());
    assert_eq!(known(&swim).0, State::Suspect);
}
