//! Answers as text in which marks stand for what differs from run to run: `«i3»` for the third Raft index, `«u2»` for the second UUID,
//! `«h1»` for the first hash, `«start»` for what was written before the first question, `«address»`, `«time»`. All else is kept as it was, so the order of fields counts, and `null` is not `[]`.

mod list;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};

use regex::{Captures, Regex};

use crate::call::Ended;
use crate::client::Answer;
use crate::dns::{Message, Record};
use crate::run::Exchange;
use crate::scenario::{Action, Call, Family, Request, Step};

/// Headers that say nothing about the answer's meaning.
const SILENT: [&str; 4] = ["date", "content-length", "connection", "transfer-encoding"];

/// An index above this is a hash, of which only equality can be asked.
const INDEX_MAX: u64 = 1 << 40;

/// Brings the answers of one agent into their normal form.
#[derive(Debug)]
pub(crate) struct Normalizer {
    /// What is written out, and the word for it.
    words: Vec<(String, String)>,
    /// UUIDs that the scenarios themselves name.
    named: BTreeSet<String>,
    uuid: Regex,
    time: Regex,
    index: Regex,
    hash: Regex,
    /// Indexes up to this one are of the start, in which everybody takes steps of its own.
    started: u64,
}

impl Normalizer {
    /// For an agent with these words, asked by this family.
    pub(crate) fn new(family: &Family, words: Vec<(String, String)>, started: u64) -> Self {
        let uuid = expression("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}");
        let mut named: BTreeSet<String> = BTreeSet::new();
        for step in &family.steps {
            let body = match &step.action {
                Action::Ask(request) | Action::Until(request, _) | Action::Begin(request, _) => &request.body[..],
                Action::Run(call) => call.stdin.as_bytes(),
                Action::Collect(_) | Action::Dns(_) => &[],
            };
            for text in [step.text.as_str(), &String::from_utf8_lossy(body)] {
                named.extend(uuid.find_iter(text).map(|found| found.as_str().to_owned()));
            }
        }
        Self {
            words,
            named,
            uuid,
            time: expression(
                r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)|[A-Z][a-z]+day, \d\d-[A-Z][a-z]{2}-\d\d \d\d:\d\d:\d\d UTC",
            ),
            index: expression(
                r#"("(?:CreateIndex|ModifyIndex|Index|LastIndex)":\s*|modify index |(?:Create|Modify)Index      )(\d+)"#,
            ),
            hash: expression(r#"("ContentHash":\s*)"([0-9a-f]{1,16})""#),
            started,
        }
    }

    /// Status, headers and body.
    pub(crate) fn answer(&self, step: &Step, request: &Request, answer: &Answer) -> String {
        let mut text = format!("{}\n", answer.status);
        for (name, value) in answer.headers.iter().filter(|(name, _)| !SILENT.contains(&name.as_str())) {
            let value = match name.as_str() {
                "x-consul-index" => value.parse().map_or_else(|_| value.clone(), |index| self.mark(index)),
                "x-consul-contenthash" => hash(value),
                "x-consul-lastcontact" | "age" => "«number»".to_owned(),
                _ => self.marked(value),
            };
            text += &format!("{name}: {value}\n");
        }
        if request.may_wait() && answer.header("x-consul-index").is_some() {
            let word = if answer.took >= waited(&request.path) { "the whole wait" } else { "something new" };
            text += &format!("after: {word}\n");
        }
        let body = escaped(&answer.body);
        let body = self.body(step, step.only.as_deref().map_or(&*body, |field| list::value(&body, field)));
        let lines = body.split('\n').filter(|_| !body.is_empty());
        text + &lines.map(|line| format!("| {line}\n")).collect::<String>()
    }

    /// Exit code and both outputs.
    pub(crate) fn ended(&self, step: &Step, call: &Call, ended: &Ended) -> String {
        let mut text = ended.code.map_or_else(|| "ended by a signal\n".to_owned(), |code| format!("exit {code}\n"));
        for (sign, output) in [('|', &ended.stdout), ('!', &ended.stderr)] {
            let output = self.body(step, &escaped(output));
            let lines = output.split('\n').filter(|_| !output.is_empty());
            text.extend(lines.take(call.lines.unwrap_or(usize::MAX)).map(|line| format!("{sign} {line}\n")));
        }
        text
    }

    /// Code, flags, question and sections.
    pub(crate) fn message(&self, step: &Step, message: &Message) -> String {
        let mut text = format!("{}\n", message.head);
        text.extend(message.question.iter().map(|question| format!("question {}\n", self.marked(question))));
        for (name, section) in ["answer", "authority", "additional"].into_iter().zip(&message.sections) {
            if step.counted {
                text += &counted(name, section);
                continue;
            }
            let mut lines: Vec<String> = section.iter().map(|record| self.marked(&record.text)).collect();
            lines.sort();
            text.extend(lines.iter().map(|line| format!("{name} {line}\n")));
        }
        text
    }

    fn body(&self, step: &Step, body: &str) -> String {
        let mut text = self.marked(body);
        for field in ["LastContact"].into_iter().chain(step.hidden.iter().map(String::as_str)) {
            let value = r#"("(?:[^"\\]|\\.)*"|[-+.\w]+)"#;
            let hide = expression(&format!(r#"("{}":\s*){value}"#, regex::escape(field)));
            text = hide.replace_all(&text, "${1}«hidden»").into_owned();
        }
        let index = |found: &Captures<'_>| {
            let number = found[2].parse().map_or_else(|_| found[2].to_owned(), |index| self.mark(index));
            format!("{}{number}", &found[1])
        };
        let text = self.index.replace_all(&text, index);
        let text = self.hash.replace_all(&text, |found: &Captures<'_>| format!("{}\"{}\"", &found[1], hash(&found[2])));
        let text = text.into_owned();
        match &step.any_order {
            Some(field) => list::sorted(&text, field),
            None => text,
        }
    }

    /// 0 and 1 mean that nothing was ever written, which is the same everywhere.
    fn mark(&self, index: u64) -> String {
        match index {
            0 | 1 => index.to_string(),
            INDEX_MAX.. => format!("«h{index}»"),
            _ if index <= self.started => "«start»".to_owned(),
            _ => format!("«i{index}»"),
        }
    }

    fn marked(&self, text: &str) -> String {
        let mut text = text.to_owned();
        for (value, word) in &self.words {
            text = text.replace(value, word);
        }
        let uuid = |found: &Captures<'_>| match &found[0] {
            named if self.named.contains(named) => named.to_owned(),
            other => format!("«u{other}»"),
        };
        let time = |found: &Captures<'_>| match &found[0] {
            zero if zero.starts_with("0001-01-01") => zero.to_owned(),
            _ => "«time»".to_owned(),
        };
        self.time.replace_all(&self.uuid.replace_all(&text, uuid), time).into_owned()
    }
}

/// Gives indexes their place in the order of all that the family has shown, and the rest numbers by first appearance.
pub(crate) fn ranked(mut exchanges: Vec<Exchange>) -> Vec<Exchange> {
    let mark = expression("«([iuh])([0-9]+|[0-9a-f-]{36})»");
    let mut indexes: BTreeSet<u64> = BTreeSet::new();
    let mut others: BTreeMap<String, usize> = BTreeMap::new();
    for exchange in &exchanges {
        for found in mark.captures_iter(&exchange.answer) {
            match (&found[1], found[2].parse()) {
                ("i", Ok(index)) => drop(indexes.insert(index)),
                _ => {
                    let next = others.len() + 1;
                    others.entry(found[2].to_owned()).or_insert(next);
                }
            }
        }
    }
    let places: BTreeMap<u64, usize> = indexes.into_iter().zip(1..).collect();
    let rename = |found: &Captures<'_>| {
        let index = found[2].parse().ok().filter(|_| &found[1] == "i");
        let number = index.map_or_else(|| others.get(&found[2]), |index: u64| places.get(&index));
        format!("«{}{}»", &found[1], number.copied().unwrap_or_default())
    };
    for exchange in &mut exchanges {
        exchange.answer = mark.replace_all(&exchange.answer, rename).into_owned();
    }
    exchanges
}

/// A hash of what is told beside it, of which only equality can be asked.
fn hash(digits: &str) -> String {
    u64::from_str_radix(digits, 16).map_or_else(|_| digits.to_owned(), |number| format!("«h{number}»"))
}

/// How many records of each type, for answers that are samples.
fn counted(name: &str, section: &[Record]) -> String {
    let mut kinds: BTreeMap<&str, usize> = BTreeMap::new();
    for record in section {
        *kinds.entry(&record.kind).or_default() += 1;
    }
    kinds.into_iter().map(|(kind, count)| format!("{name} {count} {kind}\n")).collect()
}

/// The body as text: what is no text is written as `\xNN`.
fn escaped(body: &[u8]) -> String {
    let chunk = |chunk: std::str::Utf8Chunk<'_>| {
        let invalid: String = chunk.invalid().iter().map(|byte| format!("\\x{byte:02x}")).collect();
        let readable = |letter: char| match letter {
            '\n' | '\t' => letter.to_string(),
            letter if letter.is_control() => letter.escape_default().to_string(),
            letter => letter.to_string(),
        };
        chunk.valid().chars().map(readable).collect::<String>() + &invalid
    };
    body.utf8_chunks().map(chunk).collect()
}

/// The wait that the path asks for, in milliseconds or seconds.
fn waited(path: &str) -> std::time::Duration {
    let text = path.split("wait=").nth(1).and_then(|rest| rest.split('&').next()).unwrap_or_default();
    let number = |text: &str| text.parse().unwrap_or_default();
    match (text.strip_suffix("ms"), text.strip_suffix('s')) {
        (Some(milliseconds), _) => std::time::Duration::from_millis(number(milliseconds)),
        (None, Some(seconds)) => std::time::Duration::from_secs(number(seconds)),
        _ => std::time::Duration::ZERO,
    }
}

#[expect(clippy::expect_used, reason = "the expressions are written here, and every test compiles them")]
fn expression(text: &str) -> Regex {
    Regex::new(text).expect("a sound expression")
}
