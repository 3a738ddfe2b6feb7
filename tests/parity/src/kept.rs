//! Differences that are kept on purpose: `kept.txt` beside the scenarios, each line the number of a decision, a family, a question, and before
//! it the how manieth time the family asks it.

use std::fs;
use std::io;

use crate::compare::Difference;
use crate::scenario;

/// The whole list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Kept(Vec<Entry>);

#[derive(Clone, Debug, PartialEq, Eq)]
struct Entry {
    decision: String,
    family: String,
    time: usize,
    question: String,
}

impl Entry {
    fn is(&self, difference: &Difference) -> bool {
        self.question == difference.question && self.time == difference.time
    }
}

impl Kept {
    /// The list as it is beside the scenarios.
    ///
    /// # Errors
    /// It cannot be read, or a line lacks one of its four parts.
    pub fn read() -> io::Result<Self> {
        Self::parse(&fs::read_to_string(scenario::folder().join("kept.txt"))?)
    }

    fn parse(text: &str) -> io::Result<Self> {
        let lines = text.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
        let entry = |line: &str| {
            let mut parts = line.splitn(4, ' ').map(str::to_owned);
            let mut part = || parts.next().ok_or_else(|| io::Error::other(format!("kept.txt: {line:?} lacks a part")));
            let (decision, family, time) = (part()?, part()?, part()?.parse().map_err(io::Error::other)?);
            Ok(Entry { decision, family, time, question: part()? })
        };
        lines.map(entry).collect::<io::Result<Vec<_>>>().map(Self)
    }

    /// The decision that keeps a difference.
    #[must_use]
    pub fn decision(&self, family: &str, difference: &Difference) -> Option<&str> {
        let fits = |entry: &&Entry| entry.family == family && entry.is(difference);
        self.0.iter().find(fits).map(|entry| entry.decision.as_str())
    }

    /// Questions of a family that are listed though they are answered as the original answers them.
    #[must_use]
    pub fn outlived(&self, family: &str, differences: &[Difference]) -> Vec<&str> {
        let differs = |entry: &&Entry| differences.iter().any(|difference| entry.is(difference));
        let listed = self.0.iter().filter(|entry| entry.family == family);
        listed.filter(|entry| !differs(entry)).map(|entry| entry.question.as_str()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_listed_difference_names_its_decision_and_a_stale_line_is_told() {
        let kept = Kept::parse("# why\n0041 kv 2 GET /v1/kv/a b\n0042 kv 1 GET /x\n").unwrap();
        let difference = Difference {
            line: 1,
            question: "GET /v1/kv/a b".to_owned(),
            time: 2,
            original: String::new(),
            ours: String::new(),
        };
        assert_eq!(kept.decision("kv", &difference), Some("0041"));
        assert_eq!(kept.decision("txn", &difference), None);
        assert_eq!(kept.decision("kv", &Difference { time: 1, ..difference.clone() }), None);
        assert_eq!(kept.outlived("kv", &[difference]), ["GET /x"]);
        assert!(Kept::parse("0041 kv").is_err());
    }
}
