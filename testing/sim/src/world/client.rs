//! Clients: writes and reads, at any server.

use super::World;
use crate::machine::{Command, KEYS};
use crate::plan::Plant;
use crate::property::Violation;
use crate::report::Event;

impl World {
    pub(super) fn ask(&mut self, place: usize) -> Result<(), Violation> {
        if self.rng.chance(1, 3) { self.read(place) } else { self.write(place) }
    }

    fn write(&mut self, place: usize) -> Result<(), Violation> {
        self.ticket += 1;
        let ticket = self.ticket;
        let key = self.rng.below(KEYS);
        let padding = if self.rng.chance(1, 10) { self.rng.place(400) } else { 0 };
        let Some(running) = self.hosts[place].running_mut() else { return Ok(()) };
        let data = Command { key, value: ticket }.encode(padding);
        if running.core.propose(ticket, data).is_err() {
            self.report.count(Event::WriteRefused);
            return Ok(());
        }
        // Several proposals may share a turn.
        if self.rng.chance(1, 2) { self.after(place) } else { Ok(()) }
    }

    fn read(&mut self, place: usize) -> Result<(), Violation> {
        self.ticket += 1;
        let ticket = self.ticket;
        let acknowledged = self.writes.newest();
        let Some(running) = self.hosts[place].running_mut() else { return Ok(()) };
        self.reads.ask(ticket, acknowledged);
        if self.options.plant == Some(Plant::StaleRead) && running.core.role() == proconsul_raft::Role::Leader {
            let applied = running.state.applied;
            self.report.count(Event::Read);
            return self.reads.answer(ticket, applied);
        }
        running.core.read_index(ticket);
        if self.rng.chance(1, 2) { self.after(place) } else { Ok(()) }
    }
}
