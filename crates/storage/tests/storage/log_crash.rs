//! The power fails at every single operation of many stories; what was promised is there afterwards.

use proconsul_base::index::Index;
use proconsul_base::rand::Rng;

use crate::crash_disk::CrashDisk;
use crate::model::{Model, Step, entries, hard_state, open};

/// Runs the story until the power fails; returns all states that the disk may then show.
fn run_until_crash(disk: &CrashDisk, story: &[Step]) -> Vec<Model> {
    let mut model = Model::default();
    let mut allowed = vec![model.clone()];
    let Ok((mut log, _)) = open(disk) else { return allowed };
    for step in story {
        let synced = model.run(step);
        allowed.push(model.clone());
        if matches!(step, Step::Reopen) {
            drop(log);
            let Ok(opened) = open(disk) else { return allowed };
            log = opened.0;
        } else if step.run(&mut log).is_err() {
            return allowed;
        }
        if synced {
            allowed.drain(..allowed.len() - 1);
        }
    }
    allowed
}

/// After a crash at any operation, the log opens and shows an allowed state; a second crash during opening changes nothing.
fn check_crashes(story: &[Step], seed: u64) {
    let whole = CrashDisk::default();
    run_until_crash(&whole, story);
    for at in 0..=whole.operations() {
        let mut rng = Rng::seeded(seed * 1_000_000 + at);
        let disk = CrashDisk::default();
        disk.fail_after(at);
        let allowed = run_until_crash(&disk, story);
        let mut found = disk.after_crash(&mut rng);
        if rng.chance(1, 2) {
            found.fail_after(rng.below(6));
            drop(open(&found));
            found = found.after_crash(&mut rng);
        }
        let (mut log, recovered) = open(&found).unwrap_or_else(|error| panic!("seed {seed}, operation {at}: {error}"));
        let outcomes: Vec<_> = allowed.iter().map(|model| model.compare(&recovered, &log)).collect();
        let Some(which) = outcomes.iter().position(Result::is_ok) else {
            panic!("seed {seed}, operation {at}: {outcomes:#?}");
        };
        // Life goes on, and what the crash left behind never comes back.
        let mut model = allowed[which].clone();
        for _ in 0..6 {
            let step = model.next_step(&mut rng);
            model.run(&step);
            step.run(&mut log).unwrap_or_else(|error| panic!("seed {seed}, operation {at}: {step:?}: {error}"));
        }
        drop(log);
        let (log, recovered) = open(&found).unwrap_or_else(|error| panic!("seed {seed}, operation {at}: {error}"));
        model
            .compare(&recovered, &log)
            .unwrap_or_else(|difference| panic!("seed {seed}, operation {at}: {difference}"));
    }
}

fn append(first: u64, last: u64, term: u64) -> Step {
    let state = Some(hard_state(term, 1, first - 1));
    Step::Append { entries: entries(first, last, term), hard_state: state, membership: None, snapshot: None }
}

#[test]
fn compaction_survives_a_crash_at_every_step() {
    let story = [
        append(1, 8, 1),
        append(9, 16, 1),
        append(17, 24, 1),
        Step::Prepare,
        Step::Compact(Index(20)),
        Step::Prepare,
        append(25, 32, 2),
        append(33, 50, 2),
        Step::Compact(Index(45)),
        Step::Prepare,
        append(51, 70, 2),
    ];
    for seed in 0..8 {
        check_crashes(&story, seed);
    }
}

#[test]
fn any_sequence_of_operations_survives_a_crash_at_every_step() {
    for seed in 0..10 {
        let mut rng = Rng::seeded(seed);
        let mut model = Model::default();
        let story: Vec<Step> = (0..25)
            .map(|_| {
                let step = model.next_step(&mut rng);
                model.run(&step);
                step
            })
            .collect();
        check_crashes(&story, seed);
    }
}
