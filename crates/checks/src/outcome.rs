//! What one attempt comes to.

use proconsul_types::check;

/// How something is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Status {
    /// All is well.
    Passing,
    /// It works, and needs attention.
    Warning,
    /// It does not work.
    Critical,
}

impl Status {
    /// As the catalog has it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Passing => check::PASSING,
            Self::Warning => check::WARNING,
            Self::Critical => check::CRITICAL,
        }
    }

    /// Of an HTTP answer: any success passes, 429 (too many requests) warns, all else is critical.
    pub(crate) fn of_code(code: u16) -> Self {
        match code {
            200..=299 => Self::Passing,
            429 => Self::Warning,
            _ => Self::Critical,
        }
    }

    /// Of a program's exit, as plugins of Nagios mean it: 0 passes, 1 warns, all else is critical; so is a death by signal.
    pub(crate) fn of_exit(code: Option<i64>) -> Self {
        match code {
            Some(0) => Self::Passing,
            Some(1) => Self::Warning,
            _ => Self::Critical,
        }
    }
}

/// What one attempt comes to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// How it is.
    pub status: Status,
    /// For people to read.
    pub output: String,
}

impl Outcome {
    pub(crate) fn passing(output: impl ToString) -> Self {
        Self { status: Status::Passing, output: output.to_string() }
    }

    pub(crate) fn critical(output: impl ToString) -> Self {
        Self { status: Status::Critical, output: output.to_string() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn success_passes_too_many_requests_warn_and_all_else_is_critical() {
        let statuses = [199, 200, 204, 299, 300, 404, 429, 500].map(Status::of_code);
        let [before, first, .., server] = statuses;
        assert_eq!((before, first, server), (Status::Critical, Status::Passing, Status::Critical));
        assert_eq!(statuses[3..7], [Status::Passing, Status::Critical, Status::Critical, Status::Warning]);
    }

    #[test]
    fn a_program_says_by_its_exit_how_it_is() {
        let statuses = [Some(0), Some(1), Some(2), Some(127), None].map(Status::of_exit);
        assert_eq!(statuses[..2], [Status::Passing, Status::Warning]);
        assert_eq!(statuses[2..], [Status::Critical; 3]);
    }
}
