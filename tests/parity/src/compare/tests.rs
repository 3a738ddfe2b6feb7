//! When answers agree, and when they do not.

use super::*;

fn agree(answers: &[(&str, &str)]) -> Vec<bool> {
    let mut pairs = Pairs::default();
    answers.iter().map(|(original, ours)| pairs.agree(original, ours)).collect()
}

#[test]
fn marks_agree_when_they_stand_for_each_other_throughout() {
    assert_eq!(agree(&[("a «i1» «i3»", "a «i2» «i9»"), ("«i3»", "«i9»"), ("«u1»", "«u7»")]), [true, true, true]);
    assert_eq!(agree(&[("«i1»", "«i2»"), ("«i1»", "«i3»")]), [true, false]);
    assert_eq!(agree(&[("«u1»", "«u2»"), ("«u3»", "«u2»")]), [true, false]);
}

#[test]
fn later_indexes_must_be_later() {
    assert_eq!(
        agree(&[("«i1»", "«i5»"), ("«i2»", "«i4»"), ("«i2»", "«i5»"), ("«i2»", "«i6»")]),
        [true, false, false, true]
    );
}

#[test]
fn a_wrong_answer_does_not_spoil_those_after_it() {
    assert_eq!(agree(&[("a «u1»", "b «u2»"), ("«u1»", "«u3»")]), [false, true]);
}

#[test]
fn words_are_text() {
    assert_eq!(agree(&[("«time» x", "«time» x"), ("«time»", "«hidden»")]), [true, false]);
}

#[test]
fn what_is_ours_is_shown_in_the_originals_marks() {
    let mut pairs = Pairs::default();
    assert!(pairs.agree("«i1» «u1»", "«i4» «u2»"));
    assert_eq!(pairs.translated("«i4» «u2» «i5»"), "«i1» «u1» «ours i5»");
}
