//! What transactions do: all of it or nothing.
//!
//! A transaction is tried on a copy of the tables, which costs nothing, and the copy takes their place when every operation
//! succeeded. After one that failed the others are tried all the same, on what there is then: Consul tells all their reasons.

mod catalog;
mod kv;
mod refusal;

use proconsul_base::index::Index;
use proconsul_base::limit;
use proconsul_types::txn::{KvOp, KvVerb, Op, OpError, OpResult, Outcome};

use self::refusal::Refusal;
use crate::outcome;
use crate::table::Tables;
use crate::wake::Wakes;

/// What is told of a key beside its name and value takes no more than this.
const KV_FIELDS_BYTES: usize = 64;

/// What one operation wrote or read.
type Found = Result<Vec<OpResult>, Refusal>;

impl Tables {
    pub(super) fn apply_txn(&mut self, index: Index, ops: &[Op], wakes: &mut Wakes) -> Outcome {
        let (mut attempt, mut woken) = (self.clone(), Wakes::default());
        let results = attempt.carry_out(index, ops, limit::TXN_READ_BYTES, &mut woken)?;
        *self = attempt;
        wakes.append(woken);
        Ok(results)
    }

    /// What would come of these operations.
    pub(crate) fn attempt(&self, ops: &[Op]) -> Outcome {
        // At the index it would have: a condition must not take what the operations themselves write for older than it is.
        self.clone().carry_out(self.applied.next(), ops, usize::MAX, &mut Wakes::default())
    }

    /// `room`: how many bytes of what is there may be told.
    fn carry_out(&mut self, index: Index, ops: &[Op], mut room: usize, wakes: &mut Wakes) -> Outcome {
        self.no_lock_waits(ops)?;
        let (mut results, mut errors) = (Vec::new(), Vec::new());
        for (place, op) in ops.iter().enumerate() {
            let found = self.operate(index, op, wakes).and_then(|found| match room.checked_sub(read_bytes(&found)) {
                Some(left) => {
                    room = left;
                    Ok(found)
                }
                None => Err(Refusal::ReadsTooMuch),
            });
            match found {
                Ok(found) => results.extend(found),
                Err(refusal) => errors.push(op_error(place, &refusal)),
            }
        }
        if errors.is_empty() { Ok(results) } else { Err(errors) }
    }

    /// Locks that wait for a lock-delay are told before anything is tried, and alone.
    fn no_lock_waits(&self, ops: &[Op]) -> Result<(), Vec<OpError>> {
        let waits = |op: &Op| match op {
            Op::Kv(KvOp { verb: KvVerb::Lock, key, .. }) if self.lock_delays.has(key) => Some(key.to_string()),
            _ => None,
        };
        let error = |(place, op)| waits(op).map(|key| op_error(place, &Refusal::LockDelay(key)));
        let errors: Vec<OpError> = ops.iter().enumerate().filter_map(error).collect();
        if errors.is_empty() { Ok(()) } else { Err(errors) }
    }

    fn operate(&mut self, index: Index, op: &Op, wakes: &mut Wakes) -> Found {
        match op {
            Op::Kv(op) => self.operate_on_key(index, op, wakes),
            Op::Node(verb, node) => self.operate_on_node(index, verb, node, wakes),
            Op::Service(verb, service) => self.operate_on_service(index, verb, service, wakes),
            Op::Check(verb, check) => self.operate_on_check(index, verb, check, wakes),
            Op::Never(reason) => Err(Refusal::Never(reason.clone())),
        }
    }
}

fn op_error(place: usize, refusal: &Refusal) -> OpError {
    OpError { op_index: place as u32, what: refusal.to_string() }
}

fn read_bytes(found: &[OpResult]) -> usize {
    let bytes = |result: &OpResult| match result {
        OpResult::Kv(entry) => entry.key.len() + entry.value.len() + KV_FIELDS_BYTES,
        OpResult::Node(_) | OpResult::Service(_) | OpResult::Check(_) => outcome::txn::told_bytes(result),
    };
    found.iter().map(bytes).sum()
}

#[cfg(test)]
mod tests;
