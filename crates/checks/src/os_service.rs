//! What the service manager says of a unit (Consul 1.13, not verified against a real peer): systemd is asked by its own program.

use std::time::Duration;

use crate::outcome::{Outcome, Status};
use crate::script::Script;

/// Room for the one word that is answered.
const ANSWER_BYTES: usize = 256;

/// A unit of systemd.
#[derive(Debug)]
pub(crate) struct OsService {
    /// The unit.
    pub(crate) unit: String,
    pub(crate) timeout: Duration,
    /// The program that asks systemd: `systemctl`, looked for where programs are.
    pub(crate) program: String,
}

impl OsService {
    pub(crate) async fn run(&self) -> Outcome {
        let args = [&self.program, "is-active", "--", &self.unit].map(str::to_owned).to_vec();
        let asked = Script { args, timeout: self.timeout, output_max: ANSWER_BYTES }.run().await;
        self.judge(&asked)
    }

    /// `is-active` prints the state of the unit, and exits with 0 only for those that count as active.
    fn judge(&self, asked: &Outcome) -> Outcome {
        let unit = &self.unit;
        match (asked.status, asked.output.trim()) {
            (Status::Passing, "reloading") | (_, "activating") => {
                Outcome { status: Status::Warning, output: format!("Service \"{unit}\" is pending") }
            }
            (Status::Passing, _) => Outcome::passing(format!("Service \"{unit}\" is healthy")),
            (_, state @ ("inactive" | "deactivating" | "failed" | "unknown" | "maintenance")) => {
                Outcome::critical(format!("Service \"{unit}\" is {state}"))
            }
            (_, reason) => Outcome::critical(format!("Unable to retrieve the state of service \"{unit}\": {reason}")),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    /// What comes of a manager that prints and exits like this, and is asked about the unit `db`.
    async fn outcome(script: &str) -> Outcome {
        let folder = tempfile::tempdir().unwrap();
        let program = folder.path().join("systemctl");
        std::fs::write(&program, format!("#!/bin/sh\n[ \"$*\" = 'is-active -- db' ] || exit 9\n{script}\n")).unwrap();
        std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o755)).unwrap();
        let program = program.to_str().unwrap().to_owned();
        OsService { unit: "db".to_owned(), timeout: Duration::from_secs(10), program }.run().await
    }

    #[tokio::test]
    async fn an_active_unit_passes() {
        assert_eq!(outcome("echo active").await, Outcome::passing("Service \"db\" is healthy"));
    }

    #[tokio::test]
    async fn a_unit_on_its_way_up_is_a_warning() {
        let pending = Outcome { status: Status::Warning, output: "Service \"db\" is pending".to_owned() };
        assert_eq!(outcome("echo activating; exit 3").await, pending);
        assert_eq!(outcome("echo reloading").await, pending);
    }

    #[tokio::test]
    async fn a_unit_that_is_down_is_critical() {
        assert_eq!(outcome("echo failed; exit 3").await, Outcome::critical("Service \"db\" is failed"));
        assert_eq!(outcome("echo inactive; exit 3").await, Outcome::critical("Service \"db\" is inactive"));
    }

    #[tokio::test]
    async fn a_machine_without_systemd_says_so() {
        let program = "no-such-manager".to_owned();
        let outcome = OsService { unit: "db".to_owned(), timeout: Duration::from_secs(10), program }.run().await;
        let expected = "Unable to retrieve the state of service \"db\": exec: \"no-such-manager\": executable file not found in $PATH";
        assert_eq!(outcome, Outcome::critical(expected));
    }
}
