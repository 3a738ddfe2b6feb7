//! What a command did, as the one who proposed it is told.

pub(crate) mod txn;

use bytes::Bytes;
use proconsul_types::txn::{self as types, OpError, OpResult};

use crate::failure::Failure;
use crate::wire::Body;

/// The state machine's answer to one command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// A condition did not hold; nothing was changed.
    Refused,
    /// Carried out.
    Done,
    /// A kind this version does not know and may skip.
    Skipped,
    /// It could not be carried out; nothing was changed.
    Failed(Failure),
    /// A transaction was carried out, and read and wrote these.
    Results(Vec<OpResult>),
    /// A transaction was not carried out, because of these; nothing was changed.
    Errors(Vec<OpError>),
}

impl Outcome {
    /// Its form between servers: one byte, and what belongs to it.
    pub fn encode(&self) -> Bytes {
        match self {
            Self::Refused => Bytes::from_static(&[0]),
            Self::Done => Bytes::from_static(&[1]),
            Self::Skipped => Bytes::from_static(&[2]),
            Self::Failed(failure) => {
                let mut bytes = vec![3];
                failure.append(&mut bytes);
                bytes.into()
            }
            Self::Results(results) => txn::encode_results(results),
            Self::Errors(errors) => txn::encode_errors(errors),
        }
    }

    /// From its form between servers; `None` when it is none that this version knows.
    pub fn decode(bytes: &[u8]) -> Option<Self> {
        let mut body = Body(bytes);
        let outcome = match body.u8()? {
            0 => Self::Refused,
            1 => Self::Done,
            2 => Self::Skipped,
            3 => Self::Failed(Failure::read(&mut body)?),
            txn::RESULTS => Self::Results(txn::results(&mut body)?),
            txn::ERRORS => Self::Errors(txn::errors(&mut body)?),
            _ => return None,
        };
        body.end()?;
        Some(outcome)
    }

    pub(crate) const fn of(held: bool) -> Self {
        if held { Self::Done } else { Self::Refused }
    }
}

impl From<Result<bool, Failure>> for Outcome {
    fn from(result: Result<bool, Failure>) -> Self {
        result.map_or_else(Self::Failed, Self::of)
    }
}

impl From<types::Outcome> for Outcome {
    fn from(outcome: types::Outcome) -> Self {
        outcome.map_or_else(Self::Errors, Self::Results)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::failure::NameTaken;

    #[test]
    fn every_outcome_reads_back_from_its_bytes() {
        let taken = NameTaken {
            id: "some".to_owned(),
            renamed_address: Some("10.0.0.1".to_owned()),
            name: "n1".to_owned(),
            holder: "other".to_owned(),
            holder_name: "N1".to_owned(),
            holder_address: "10.0.0.2".to_owned(),
        };
        let taken = Failure::NodeNameTaken(Box::new(taken));
        let failed = [Failure::MissingNode, Failure::MissingService, taken, Failure::MissingSession];
        let named = [Failure::MissingCheck, Failure::CriticalCheck, Failure::InvalidSession];
        let failed = failed.into_iter().chain(named.map(|failure| failure("name".to_owned()))).map(Outcome::Failed);
        for outcome in [Outcome::Refused, Outcome::Done, Outcome::Skipped].into_iter().chain(failed) {
            assert_eq!(Outcome::decode(&outcome.encode()), Some(outcome));
        }
        for unknown in [&[9][..], &[], &[1, 1], &[3], &[3, 3, 1]] {
            assert_eq!(Outcome::decode(unknown), None);
        }
    }
}
