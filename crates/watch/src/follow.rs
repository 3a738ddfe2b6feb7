//! The blocking queries of one watch, one after another.

use std::time::Duration;

use proconsul_agent::watch::Plan;
use proconsul_api::{Answer, ApiError, Client, Question};
use serde::Serialize;
use serde_json::ser::{PrettyFormatter, Serializer};

use crate::ask::{self, Ask, Reader};
use crate::document::Document;
use crate::shape::{self, Shape};

/// The pause after the first failure; Consul's `retryInterval`.
const FIRST_RETRY: Duration = Duration::from_secs(5);

/// The longest pause; Consul's `maxBackoffTime`.
const LAST_RETRY: Duration = Duration::from_secs(180);

/// How long to wait after so many failures in a row, at least one: it grows with their square.
pub fn pause(failures: u32) -> Duration {
    FIRST_RETRY.saturating_mul(failures.saturating_mul(failures)).min(LAST_RETRY)
}

/// What a handler is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    /// The index or the hash it was read at (`CONSUL_INDEX`).
    pub mark: String,
    document: Document,
}

impl Told {
    /// As one line of JSON.
    ///
    /// # Errors
    /// None that can be met: every document has a form in JSON.
    pub fn line(&self) -> serde_json::Result<String> {
        Ok(serde_json::to_string(&self.document)? + "\n")
    }

    /// As JSON for people, indented by four spaces.
    ///
    /// # Errors
    /// As [`Told::line`].
    pub fn pretty(&self) -> serde_json::Result<String> {
        let mut text = Vec::new();
        let formatter = PrettyFormatter::with_indent(b"    ");
        self.document.serialize(&mut Serializer::with_formatter(&mut text, formatter))?;
        Ok(String::from_utf8_lossy(&text).into_owned())
    }
}

/// A watch and how far it has come.
#[derive(Debug)]
pub struct Follower {
    client: Client,
    ask: Ask,
    /// What the last answer was read at; empty before the first.
    mark: String,
    last: Option<Document>,
}

impl Follower {
    /// A watch that was told nothing yet, through this agent.
    pub fn new(client: Client, plan: &Plan) -> Self {
        Self { client, ask: ask::ask(plan), mark: String::new(), last: None }
    }

    /// Waits until there is something to tell: what is there now, at first, and then each change. May be dropped and called again.
    ///
    /// # Errors
    /// The question failed; after a [`pause`] it may be asked again.
    pub async fn next(&mut self) -> Result<Told, ApiError> {
        loop {
            let answer = self.client.ask(self.question()).await?;
            if let Some(told) = self.read(answer)? {
                return Ok(told);
            }
        }
    }

    fn question(&self) -> Question<'_> {
        let mut query: Vec<(&str, String)> = self.ask.query.clone();
        if !self.mark.is_empty() {
            let name = if self.ask.reader == Reader::Hash { "hash" } else { "index" };
            query.push((name, self.mark.clone()));
        }
        Question::new(Ask::METHOD, &self.ask.path).query(&query)
    }

    fn read(&mut self, answer: Answer) -> Result<Option<Told>, ApiError> {
        let missing_is_null = matches!(self.ask.shape, Shape::Entry | Shape::Entries);
        let index = answer.index();
        let document = match answer.status() {
            404 if missing_is_null => Document::Null,
            _ => {
                let answer = answer.success()?;
                shape::shaped(self.ask.shape, answer.json()?)
            }
        };
        let mark = match self.ask.reader {
            Reader::Hash => document.text("ContentHash").unwrap_or_default().to_owned(),
            Reader::Index | Reader::Events => index.map(|index| index.to_string()).unwrap_or_default(),
        };
        if mark == self.mark && self.last.is_some() {
            return Ok(None);
        }
        // An index that went back, as after a restore, begins anew.
        let went_back = self.ask.reader == Reader::Index && number(&mark) < number(&self.mark);
        self.mark = if went_back { String::new() } else { mark.clone() };
        let news = match self.ask.reader {
            Reader::Events => self.fresh(&document),
            Reader::Index | Reader::Hash => document.clone(),
        };
        let is_news = match self.ask.reader {
            // Two events may be alike in everything that is told, and still are two.
            Reader::Events => self.last.is_none() || news != Document::List(Vec::new()),
            Reader::Index | Reader::Hash => self.last.as_ref() != Some(&document),
        };
        self.last = Some(document);
        Ok(is_news.then_some(Told { mark, document: news }))
    }

    /// The events that were not there the last time.
    fn fresh(&self, events: &Document) -> Document {
        let Document::List(events) = events else { return events.clone() };
        let Some(Document::List(known)) = &self.last else { return Document::List(events.clone()) };
        let last = known.last().and_then(|event| event.text("ID"));
        let seen = events.iter().rposition(|event| last.is_some() && event.text("ID") == last);
        Document::List(events[seen.map_or(0, |place| place + 1)..].to_vec())
    }
}

fn number(mark: &str) -> u64 {
    mark.parse().unwrap_or(0)
}
