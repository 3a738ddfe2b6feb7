//! Asks all questions of a family, one after another, and keeps the answers in their normal form.

use std::collections::BTreeMap;
use std::io;
use std::thread::{self, JoinHandle};

use serde_json::Value;

use crate::agents::Agents;
use crate::call;
use crate::client::{self, Answer};
use crate::dns;
use crate::normal::{self, Normalizer};
use crate::scenario::{Action, Call, Family, Question, Request, Save, Source, Step};
use crate::variables::filled;
use crate::wait;

/// A question with its answer, as text that can be compared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exchange {
    /// The step's line, variables not filled in.
    pub question: String,
    /// Marks stand for what differs from run to run.
    pub answer: String,
}

/// All exchanges of a family, in the order of the file.
#[must_use]
pub fn run(family: &Family, agents: &Agents) -> Vec<Exchange> {
    let mut runner = Runner {
        agents,
        known: agents.given(),
        normalizer: Normalizer::new(family, agents.words(), agents.started()),
        begun: BTreeMap::new(),
    };
    let exchanges: Vec<Exchange> = family.steps.iter().filter_map(|step| runner.step(step)).collect();
    normal::ranked(exchanges)
}

type Begun = (Request, JoinHandle<io::Result<Answer>>);

struct Runner<'a> {
    agents: &'a Agents,
    known: BTreeMap<String, String>,
    normalizer: Normalizer,
    begun: BTreeMap<String, Begun>,
}

impl Runner<'_> {
    /// The exchange, if this step has one that counts.
    fn step(&mut self, step: &Step) -> Option<Exchange> {
        let answer = match &step.action {
            Action::Ask(request) => {
                let request = self.filled(request);
                let answer = client::ask(self.agents.http(), &request);
                self.answered(step, &request, answer)
            }
            Action::Begin(request, name) => {
                let (request, server) = (self.filled(request), self.agents.http());
                let asked = request.clone();
                let handle = thread::spawn(move || client::ask(server, &asked));
                self.begun.insert(name.clone(), (request, handle));
                return None;
            }
            Action::Collect(name) => match self.begun.remove(name) {
                Some((request, handle)) => {
                    let lost = |_| Err(io::Error::other("the thread that waited panicked"));
                    let answer = handle.join().unwrap_or_else(lost);
                    self.answered(step, &request, answer)
                }
                None => format!("nothing was begun as {name}\n"),
            },
            Action::Until(request, text) => self.until(step, &self.filled(request), text)?,
            Action::Dns(question) => self.dns(step, question),
            Action::Run(call) => self.call(step, call),
        };
        Some(Exchange { question: step.text.clone(), answer })
    }

    /// Repeats the request; only its failure is worth telling.
    fn until(&mut self, step: &Step, request: &Request, text: &str) -> Option<String> {
        let text = filled(text, &self.known);
        let found = wait::until(|| {
            let answer = client::ask(self.agents.http(), request).map_err(|error| error.to_string())?;
            let body = String::from_utf8_lossy(&answer.body).into_owned();
            if body.contains(&text) { Ok(answer) } else { Err(body) }
        });
        match found {
            Ok(answer) => {
                self.save(step, &answer);
                None
            }
            Err(seen) => Some(format!("never showed {text}, but {seen}\n")),
        }
    }

    fn answered(&mut self, step: &Step, request: &Request, answer: io::Result<Answer>) -> String {
        match answer {
            Ok(answer) => {
                self.save(step, &answer);
                self.normalizer.answer(step, request, &answer)
            }
            Err(error) => format!("no answer: {error}\n"),
        }
    }

    fn dns(&self, step: &Step, question: &Question) -> String {
        let question = Question { name: filled(&question.name, &self.known), ..question.clone() };
        match dns::ask(self.agents.dns(), &question) {
            Ok(message) => self.normalizer.message(step, &message),
            Err(error) => format!("no answer: {error}\n"),
        }
    }

    fn call(&self, step: &Step, call: &Call) -> String {
        let fill = |text: &String| filled(text, &self.known);
        let fill_both = |(name, text): &(String, String)| (name.clone(), fill(text));
        let call = Call {
            words: call.words.iter().map(fill).collect(),
            stdin: fill(&call.stdin),
            files: call.files.iter().map(fill_both).collect(),
            environment: call.environment.iter().map(fill_both).collect(),
            lines: call.lines,
        };
        match call::run(self.agents, &call) {
            Ok(ended) => self.normalizer.ended(step, &call, &ended),
            Err(error) => format!("no end: {error}\n"),
        }
    }

    fn filled(&self, request: &Request) -> Request {
        let fill = |text: &str| filled(text, &self.known);
        let body = match std::str::from_utf8(&request.body) {
            Ok(text) => fill(text).into_bytes(),
            Err(_) => request.body.clone(),
        };
        Request {
            method: request.method.clone(),
            path: fill(&request.path),
            headers: request.headers.iter().map(|header| fill(header)).collect(),
            body,
        }
    }

    /// Keeps what the step wants kept; what is not there is kept as a word that no answer is right for.
    fn save(&mut self, step: &Step, answer: &Answer) {
        for save in &step.saves {
            let value = found(save, answer).unwrap_or_else(|| "absent".to_owned());
            self.known.insert(save.name.clone(), value);
        }
    }
}

fn found(save: &Save, answer: &Answer) -> Option<String> {
    let path = match &save.from {
        Source::Header(name) => return answer.header(name).map(str::to_owned),
        Source::Path(path) => path,
    };
    let whole: Value = serde_json::from_slice(&answer.body).ok()?;
    let inner = path.iter().try_fold(&whole, |value, key| match value {
        Value::Array(items) => items.get(key.parse::<usize>().ok()?),
        _ => value.get(key),
    })?;
    Some(inner.as_str().map_or_else(|| inner.to_string(), str::to_owned))
}
