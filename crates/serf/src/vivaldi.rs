//! How a member learns its position from round trips: Vivaldi (Dabek, Cox, Kaashoek, Morris 2004) with heights, an adjustment
//! window and gravity (Ledlie, Gardner, Seltzer 2007), with serf's constants.

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use proconsul_base::limit::SERF_LATENCY_PEERS;
use proconsul_base::rand::Rng;
use proconsul_swim::Name;

use crate::coordinate::{Coordinate, DIMENSIONS, ERROR_MAX, HEIGHT_MIN, difference, magnitude};

/// How strongly the error follows a new sample, and the position.
const STRENGTH: f64 = 0.25;
const ADJUSTMENT_WINDOW: usize = 20;
const LATENCY_SAMPLES: usize = 3;
/// How far from the origin the pull back to it becomes strong, in seconds.
const GRAVITY: f64 = 150.0;
const ROUND_TRIP_MAX: Duration = Duration::from_secs(10);
/// Distances below this are none, in seconds.
const ZERO: f64 = 1e-6;

/// This member's position and what it has been learnt from.
#[derive(Debug)]
pub struct Vivaldi {
    coordinate: Coordinate,
    adjustments: VecDeque<f64>,
    latencies: BTreeMap<Name, VecDeque<f64>>,
    resets: u64,
    rng: Rng,
}

impl Vivaldi {
    /// At the origin.
    pub fn new(rng: Rng) -> Self {
        Self {
            coordinate: Coordinate::default(),
            adjustments: VecDeque::new(),
            latencies: BTreeMap::new(),
            resets: 0,
            rng,
        }
    }

    /// Where we are.
    pub const fn coordinate(&self) -> &Coordinate {
        &self.coordinate
    }

    /// How often the position became unusable and was started afresh.
    pub const fn resets(&self) -> u64 {
        self.resets
    }

    /// A peer at `other` answered after `round_trip`.
    pub fn observe(&mut self, peer: &Name, other: &Coordinate, round_trip: Duration) {
        if round_trip.is_zero() || round_trip > ROUND_TRIP_MAX || !other.is_finite() {
            return;
        }
        let Some(seconds) = self.filtered(peer, round_trip.as_secs_f64()) else { return };
        self.approach(other, seconds);
        self.adjust(other, seconds);
        self.pull_to_origin();
        if !self.coordinate.is_finite() {
            self.coordinate = Coordinate::default();
            self.resets += 1;
        }
    }

    /// A peer is gone for good.
    pub fn forget(&mut self, peer: &str) {
        self.latencies.remove(peer);
    }

    /// The median of the last samples of a peer.
    fn filtered(&mut self, peer: &Name, seconds: f64) -> Option<f64> {
        if self.latencies.len() >= SERF_LATENCY_PEERS && !self.latencies.contains_key(peer) {
            return None;
        }
        let samples = self.latencies.entry(peer.clone()).or_default();
        samples.push_back(seconds);
        if samples.len() > LATENCY_SAMPLES {
            samples.pop_front();
        }
        let mut sorted: Vec<f64> = samples.iter().copied().collect();
        sorted.sort_by(f64::total_cmp);
        sorted.get(sorted.len() / 2).copied()
    }

    /// The paper's update: a spring between the two, as strong as we are unsure.
    fn approach(&mut self, other: &Coordinate, seconds: f64) {
        let seconds = seconds.max(ZERO);
        let distance = self.coordinate.seconds_to(other);
        let wrongness = (distance - seconds).abs() / seconds;
        let weight = self.coordinate.error / (self.coordinate.error + other.error).max(ZERO);
        let error = STRENGTH * weight * wrongness + self.coordinate.error * (1.0 - STRENGTH * weight);
        self.coordinate.error = error.min(ERROR_MAX);
        self.push(STRENGTH * weight * (seconds - distance), other);
    }

    /// What the model cannot express, averaged over the last samples.
    fn adjust(&mut self, other: &Coordinate, seconds: f64) {
        self.adjustments.push_back(seconds - self.coordinate.raw_seconds_to(other));
        if self.adjustments.len() > ADJUSTMENT_WINDOW {
            self.adjustments.pop_front();
        }
        self.coordinate.adjustment = self.adjustments.iter().sum::<f64>() / (2.0 * ADJUSTMENT_WINDOW as f64);
    }

    /// Keeps the whole pool from drifting away.
    fn pull_to_origin(&mut self) {
        let origin = Coordinate::default();
        let distance = origin.seconds_to(&self.coordinate);
        self.push(-(distance / GRAVITY).powi(2), &origin);
    }

    /// Moves us away from `other` by so many seconds.
    fn push(&mut self, force: f64, other: &Coordinate) {
        let (direction, distance) = self.direction_from(other);
        for (place, part) in direction.iter().enumerate() {
            self.coordinate.vector[place] += part * force;
        }
        if distance > ZERO {
            let height = (self.coordinate.height + other.height) * force / distance + self.coordinate.height;
            self.coordinate.height = height.max(HEIGHT_MIN);
        }
    }

    /// A direction of length 1, random when both are in the same place, and how far apart they are.
    fn direction_from(&mut self, other: &Coordinate) -> ([f64; DIMENSIONS], f64) {
        let away = difference(&self.coordinate.vector, &other.vector);
        let distance = magnitude(&away);
        if distance > ZERO {
            return (away.map(|part| part / distance), distance);
        }
        let random: [f64; DIMENSIONS] = std::array::from_fn(|_| self.rng.fraction() - 0.5);
        let length = magnitude(&random);
        if length > ZERO {
            return (random.map(|part| part / length), 0.0);
        }
        (std::array::from_fn(|place| if place == 0 { 1.0 } else { 0.0 }), 0.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_learn_the_round_trips_between_them() {
        let mut members: Vec<Vivaldi> = (0..3).map(|seed| Vivaldi::new(Rng::seeded(seed))).collect();
        // A triangle: 10 ms, 20 ms, 25 ms.
        let round_trip = |pair: (usize, usize)| {
            Duration::from_millis(match pair {
                (0, 1) | (1, 0) => 10,
                (0, 2) | (2, 0) => 20,
                _ => 25,
            })
        };
        for _ in 0..500 {
            for pair in [(0, 1), (1, 2), (2, 0), (1, 0), (2, 1), (0, 2)] {
                let other = members[pair.1].coordinate().clone();
                members[pair.0].observe(&format!("{}", pair.1).as_str().into(), &other, round_trip(pair));
            }
        }
        for pair in [(0, 1), (1, 2), (0, 2)] {
            let learnt = members[pair.0].coordinate().distance(members[pair.1].coordinate()).as_secs_f64();
            let wanted = round_trip(pair).as_secs_f64();
            assert!((learnt - wanted).abs() / wanted < 0.2, "{pair:?}: {learnt} instead of {wanted}");
        }
    }

    #[test]
    fn one_slow_answer_among_fast_ones_is_filtered() {
        let mut vivaldi = Vivaldi::new(Rng::seeded(1));
        let peer = Name::from("a");
        let answers = [0.010, 0.010, 5.0].map(|seconds| vivaldi.filtered(&peer, seconds));
        assert_eq!(answers[2], Some(0.010));
    }

    #[test]
    fn impossible_round_trips_are_ignored() {
        let mut vivaldi = Vivaldi::new(Rng::seeded(1));
        vivaldi.observe(&"a".into(), &Coordinate::default(), Duration::from_secs(11));
        vivaldi.observe(&"a".into(), &Coordinate::default(), Duration::ZERO);
        assert_eq!(*vivaldi.coordinate(), Coordinate::default());
    }
}
