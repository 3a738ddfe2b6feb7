//! Two runs of a family, exchange by exchange. Marks need not be equal but must stand for each other: the same index on one side is the same
//! on the other, and later ones are later.

use std::collections::BTreeMap;

use crate::run::Exchange;
use crate::scenario::Family;

/// An exchange that went otherwise.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// The line in the family's file.
    pub line: usize,
    /// The question.
    pub question: String,
    /// The how manieth time the family asks it.
    pub time: usize,
    /// How the original answers.
    pub original: String,
    /// How ours answers, in the original's marks as far as they are known.
    pub ours: String,
}

/// What a comparison has found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Comparison {
    /// Questions that were compared.
    pub total: usize,
    /// Those that were answered otherwise.
    pub differences: Vec<Difference>,
}

/// Compares the answers of two runs; `alone` says whether ours is a single server, as the original is.
///
/// # Errors
/// The runs did not ask the same questions.
pub fn compare(family: &Family, original: &[Exchange], ours: &[Exchange], alone: bool) -> Result<Comparison, Stale> {
    let mut pairs = Pairs::default();
    let mut comparison = Comparison::default();
    let mut times: BTreeMap<&str, usize> = BTreeMap::new();
    let (mut original, mut ours) = (original.iter().peekable(), ours.iter().peekable());
    for step in &family.steps {
        if step.is_begun() {
            continue;
        }
        let time = times.entry(&step.text).or_default();
        *time += 1;
        let (known, new) = (original.next_if(is(&step.text)), ours.next_if(is(&step.text)));
        let (known, new) = match (known, new) {
            (Some(known), Some(new)) => (known, new),
            // A step that is only waited for leaves no exchange, unless it failed.
            (None, None) if step.is_waited_for() => continue,
            (None, Some(new)) if step.is_waited_for() => {
                comparison.add((step.line, *time), new, "what was waited for\n", &new.answer);
                continue;
            }
            _ => return Err(Stale { family: family.name.clone(), line: step.line }),
        };
        if step.single && !alone {
            continue;
        }
        if pairs.agree(&known.answer, &new.answer) {
            comparison.total += 1;
        } else {
            let ours = pairs.guessed(&known.answer, &new.answer).translated(&new.answer);
            comparison.add((step.line, *time), known, &known.answer, &ours);
        }
    }
    match (original.next(), ours.next()) {
        (None, None) => Ok(comparison),
        _ => Err(Stale { family: family.name.clone(), line: family.steps.last().map_or(0, |step| step.line) }),
    }
}

/// Answers that belong to another list of questions.
#[derive(Debug, thiserror::Error)]
#[error(
    "the answers kept for {family} do not belong to line {line} of its file; run `cargo xtask parity --record --family {family}`"
)]
pub struct Stale {
    family: String,
    line: usize,
}

fn is(text: &str) -> impl Fn(&&Exchange) -> bool {
    move |exchange| exchange.question == text
}

impl Comparison {
    fn add(&mut self, (line, time): (usize, usize), exchange: &Exchange, original: &str, ours: &str) {
        self.total += 1;
        let question = exchange.question.clone();
        self.differences.push(Difference {
            line,
            question,
            time,
            original: original.to_owned(),
            ours: ours.to_owned(),
        });
    }
}

/// Which mark of ours stands for which of the original's.
#[derive(Clone, Debug, Default)]
struct Pairs {
    indexes: BTreeMap<u64, u64>,
    others: BTreeMap<String, String>,
    /// From ours to the original's, of all kinds.
    back: BTreeMap<String, String>,
}

impl Pairs {
    /// Whether the answers agree; if so, what their marks stand for is known from now on.
    fn agree(&mut self, original: &str, ours: &str) -> bool {
        let (one, other) = (parts(original), parts(ours));
        if one.len() != other.len() {
            return false;
        }
        let mut next = self.clone();
        let agree = one.iter().zip(&other).all(|(one, other)| match (one, other) {
            (Part::Mark(one), Part::Mark(other)) => next.pair(one, other),
            _ => one == other,
        });
        if agree {
            *self = next;
        }
        agree
    }

    fn pair(&mut self, one: &str, other: &str) -> bool {
        let index = |mark: &str| mark.strip_prefix('i').and_then(|number| number.parse::<u64>().ok());
        match (index(one), index(other)) {
            (Some(one_index), Some(other_index)) => {
                let before = self.indexes.range(..one_index).next_back().is_none_or(|(_, known)| *known < other_index);
                let after = self.indexes.range(one_index + 1..).next().is_none_or(|(_, known)| *known > other_index);
                let fits = *self.indexes.entry(one_index).or_insert(other_index) == other_index && before && after;
                self.back.insert(other.to_owned(), one.to_owned());
                fits
            }
            (None, None) if one.get(..1) == other.get(..1) => {
                let forward = self.others.entry(one.to_owned()).or_insert_with(|| other.to_owned()) == other;
                forward && self.back.entry(other.to_owned()).or_insert_with(|| one.to_owned()) == one
            }
            _ => false,
        }
    }

    /// What the marks of answers that do not agree stand for most likely, so that only the real difference is shown.
    fn guessed(&self, original: &str, ours: &str) -> Self {
        let mut guess = self.clone();
        let marks = |text| parts(text).into_iter().filter_map(Part::mark).collect::<Vec<_>>();
        for (one, other) in marks(original).into_iter().zip(marks(ours)) {
            let before = guess.clone();
            if !guess.pair(one, other) {
                guess = before;
            }
        }
        guess
    }

    fn translated(&self, ours: &str) -> String {
        let part = |part: Part<'_>| match part {
            Part::Text(text) => text.to_owned(),
            Part::Mark(mark) => match self.back.get(mark) {
                Some(known) => format!("«{known}»"),
                None => format!("«ours {mark}»"),
            },
        };
        parts(ours).into_iter().map(part).collect()
    }
}

#[derive(PartialEq, Eq)]
enum Part<'a> {
    Text(&'a str),
    /// Such as `i3`.
    Mark(&'a str),
}

impl<'a> Part<'a> {
    const fn mark(self) -> Option<&'a str> {
        match self {
            Self::Mark(mark) => Some(mark),
            Self::Text(_) => None,
        }
    }
}

/// The text cut at its marks; words such as `«time»` are text.
fn parts(text: &str) -> Vec<Part<'_>> {
    let (mut found, mut rest) = (Vec::new(), text);
    while let Some((start, length)) = next_mark(rest) {
        found.push(Part::Text(&rest[..start]));
        found.push(Part::Mark(&rest[start + '«'.len_utf8()..start + length - '»'.len_utf8()]));
        rest = &rest[start + length..];
    }
    found.push(Part::Text(rest));
    found
}

/// Where the next numbered mark begins, and how long it is.
fn next_mark(text: &str) -> Option<(usize, usize)> {
    text.match_indices('«').find_map(|(start, _)| {
        let inner = text[start..].strip_prefix('«')?.split_once('»')?.0;
        let number = inner.strip_prefix(['i', 'u', 'h'])?;
        let is_number = !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
        is_number.then_some((start, inner.len() + '«'.len_utf8() + '»'.len_utf8()))
    })
}

#[cfg(test)]
mod tests;
