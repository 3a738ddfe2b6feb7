//! Small told histories of one key.

use super::register::{Call, Register};
use super::{Contradiction, Operation, check};

use Call::{Exchange, Read, Write};

fn op(begin: u64, end: u64, call: Call) -> Operation<Call> {
    Operation { call, begin, end: Some(end) }
}

fn lost(begin: u64, call: Call) -> Operation<Call> {
    Operation { call, begin, end: None }
}

fn judge(history: &[Operation<Call>]) -> Result<(), Contradiction<Register, Call>> {
    check(Register::default(), history)
}

#[test]
fn one_after_another_is_linearizable() {
    judge(&[]).unwrap();
    judge(&[op(0, 1, Read(None)), op(2, 3, Write(7)), op(4, 5, Read(Some(7)))]).unwrap();
}

#[test]
fn what_overlaps_may_have_happened_in_either_order() {
    let write = op(0, 9, Write(7));
    judge(&[write.clone(), op(1, 2, Read(None)), op(3, 4, Read(Some(7)))]).unwrap();
    judge(&[op(1, 2, Write(1)), write, op(10, 11, Read(Some(1)))]).unwrap();
}

#[test]
fn a_stale_read_is_a_contradiction() {
    let found = judge(&[op(0, 1, Write(1)), op(2, 3, Write(2)), op(4, 5, Read(Some(1)))]).unwrap_err();
    assert_eq!(found.explained, 2);
    assert_eq!(found.stuck, [op(4, 5, Read(Some(1)))]);
    assert_eq!(
        found.to_string(),
        "2 operations lead to Register(Some(2)), from which none of these can go on:\n  4..5 Read(Some(1))"
    );
}

#[test]
fn two_readers_never_see_writes_in_different_orders() {
    let writes = [op(0, 20, Write(1)), op(1, 21, Write(2))];
    let mut reads = vec![op(2, 3, Read(Some(1))), op(4, 5, Read(Some(2)))];
    judge(&[&writes[..], &reads].concat()).unwrap();
    reads.push(op(6, 7, Read(Some(1))));
    judge(&[&writes[..], &reads].concat()).unwrap_err();
}

#[test]
fn a_write_without_an_answer_may_happen_late_or_never_but_not_twice() {
    let history = |read| [lost(0, Write(1)), op(1, 2, Write(2)), op(3, 4, Read(Some(read)))];
    judge(&history(1)).unwrap();
    judge(&history(2)).unwrap();
    let twice = [op(5, 6, Write(3)), op(7, 8, Read(Some(1)))];
    judge(&[&history(1)[..], &twice].concat()).unwrap_err();
}

#[test]
fn of_two_exchanges_of_one_value_only_one_is_done() {
    let exchange = |value, done| Exchange { expected: Some(1), value, done };
    let history = |first, second| [op(0, 1, Write(1)), op(2, 5, exchange(2, first)), op(3, 6, exchange(3, second))];
    judge(&history(true, false)).unwrap();
    judge(&history(false, true)).unwrap();
    judge(&history(true, true)).unwrap_err();
    judge(&history(false, false)).unwrap_err();
}

#[test]
fn a_long_history_of_many_clients_is_judged_by_following_each_state_once() {
    // Ten clients at a time write and never overlap with the next ten; ten writes were never answered.
    let mut history: Vec<_> = (0..10).map(|value| lost(value, Write(1000 + value))).collect();
    for round in 1..40 {
        history.extend((0..10).map(|client| op(100 * round + client, 100 * round + 20, Write(10 * round + client))));
        history.push(op(100 * round + 30, 100 * round + 31, Read(Some(10 * round + 3))));
    }
    judge(&history).unwrap();
}
