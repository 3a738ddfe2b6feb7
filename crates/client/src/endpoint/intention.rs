//! Intentions. What came after Consul 1.8, intentions by their pair, is made of its calls here: the list says which id a pair has.

use std::convert::Infallible;
use std::sync::Arc;

use proconsul_calls::error::{CallError, ForwardError};
use proconsul_calls::intention::{Check, IntentionCalls, IntentionError, Match, Name, Which, WriteIntention};
use proconsul_calls::read::{Answer, ReadOptions};
use proconsul_records::catalog::DcSpecific;
use proconsul_records::intention::{
    IntentionAllowed, IntentionCheck, IntentionMatch, IntentionMatchEntry, IntentionMatches, IntentionQuery,
    IntentionRequest, Intentions,
};
use proconsul_records::options::QueryOptions;
use proconsul_records::{self as records, Read};
use proconsul_types::intention::{Intention, IntentionRecord, Pair};

use super::Client;
use crate::forward::{Kind, Transport};

impl<T: Transport, L: Send + Sync + 'static> IntentionCalls for Client<T, L> {
    async fn intention_list(&self, options: ReadOptions) -> Result<Answer<Vec<Arc<IntentionRecord>>>, CallError> {
        let datacenter = self.datacenter(options.datacenter.as_deref());
        let question = DcSpecific { datacenter, ..DcSpecific::default() };
        self.read("Intention.List", question, &options, intentions).await
    }

    async fn intention_get(
        &self,
        which: Which<'_>,
        options: ReadOptions,
    ) -> Result<Answer<Arc<IntentionRecord>>, CallError> {
        let answer = match &which {
            Which::Id(id) => {
                let datacenter = self.datacenter(options.datacenter.as_deref());
                let question =
                    IntentionQuery { datacenter, intention_id: (*id).to_owned(), ..IntentionQuery::default() };
                self.read("Intention.Get", question, &options, intentions).await.map_err(told)?
            }
            Which::Pair(_) => self.intention_list(options).await?,
        };
        let Answer { index, contact, value } = answer;
        let is_meant = |found: &Arc<IntentionRecord>| match &which {
            Which::Id(_) => true,
            Which::Pair(pair) => is_of(&found.intention, pair),
        };
        let value = value.into_iter().find(is_meant).ok_or(IntentionError::NotFound)?;
        Ok(Answer { index, contact, value })
    }

    async fn intention_create(&self, write: WriteIntention) -> Result<String, CallError> {
        self.intention_write("create", write).await
    }

    async fn intention_update(&self, write: WriteIntention) -> Result<(), CallError> {
        self.intention_write("update", write).await.map(drop)
    }

    async fn intention_upsert(&self, mut write: WriteIntention) -> Result<(), CallError> {
        let op = match self.intention_id(write.datacenter.clone(), &write.intention.pair()).await? {
            Some(id) => {
                write.intention.id = id;
                "update"
            }
            None => "create",
        };
        self.intention_write(op, write).await.map(drop)
    }

    async fn intention_delete(&self, datacenter: Option<Box<str>>, which: Which<'_>) -> Result<(), CallError> {
        let id = match which {
            Which::Id(id) => id.to_owned(),
            Which::Pair(pair) => match self.intention_id(datacenter.clone(), &pair).await? {
                Some(id) => id,
                None => return Ok(()),
            },
        };
        let intention = Intention { id, ..Intention::default() };
        self.intention_write("delete", WriteIntention { datacenter, intention }).await.map(drop)
    }

    async fn intention_match(&self, matches: Match<'_>) -> Result<Answer<Vec<Vec<Arc<IntentionRecord>>>>, CallError> {
        let entry = |Name { namespace, service }: &Name<'_>| IntentionMatchEntry {
            name: (*service).to_owned(),
            namespace: (*namespace).to_owned(),
        };
        let matching = IntentionMatch {
            entries: Some(matches.names.iter().map(entry).collect()),
            kind: if matches.by_source { "source" } else { "destination" }.to_owned(),
        };
        let datacenter = self.datacenter(matches.options.datacenter.as_deref());
        let question = IntentionQuery { datacenter, matching: Some(matching), ..IntentionQuery::default() };
        let value = |found: IntentionMatches| {
            let lists = found.matches.unwrap_or_default().into_iter();
            lists.map(|intentions| self::intentions(Intentions { intentions })).collect::<Result<Vec<_>, _>>()
        };
        self.read("Intention.Match", question, &matches.options, value).await
    }

    async fn intention_check(&self, check: Check<'_>) -> Result<bool, CallError> {
        let asked = IntentionCheck {
            destination_ns: check.destination.namespace.to_owned(),
            destination_name: check.destination.service.to_owned(),
            source_ns: check.source.namespace.to_owned(),
            source_name: check.source.service.to_owned(),
            source_type: check.source_type.to_owned(),
        };
        let datacenter = self.datacenter(check.options.datacenter.as_deref());
        let own = IntentionQuery { datacenter, check: Some(asked), ..IntentionQuery::default() };
        let question = Read { own, embedded: QueryOptions::from(&check.options) };
        let found: IntentionAllowed = self.call("Intention.Check", Kind::Read, &question).await?;
        Ok(found.allowed)
    }
}

impl<T: Transport, L: Send + Sync + 'static> Client<T, L> {
    async fn intention_write(&self, op: &str, write: WriteIntention) -> Result<String, CallError> {
        let datacenter = self.datacenter(write.datacenter.as_deref());
        let intention = Some(records::intention::Intention::from(&write.intention));
        let request = IntentionRequest { datacenter, intention, op: op.to_owned(), token: String::new() };
        self.call("Intention.Apply", Kind::Write, &request).await
    }

    /// The id of a pair's intention.
    async fn intention_id(&self, datacenter: Option<Box<str>>, pair: &Pair) -> Result<Option<String>, CallError> {
        let all = self.intention_list(ReadOptions { datacenter, ..ReadOptions::default() }).await?.value;
        Ok(all.iter().find(|found| is_of(&found.intention, pair)).map(|found| found.intention.id.clone()))
    }
}

fn is_of(intention: &Intention, pair: &Pair) -> bool {
    intention.pair() == *pair
}

fn intentions(found: Intentions) -> Result<Vec<Arc<IntentionRecord>>, Infallible> {
    Ok(found.intentions.unwrap_or_default().into_iter().map(|intention| Arc::new(intention.into())).collect())
}

/// A text that is no id is the caller's mistake, and Consul's agents say so.
fn told(error: CallError) -> CallError {
    match error {
        CallError::Forward(ForwardError::Refused { text, .. }) if text.contains("UUID") => {
            ForwardError::BadRequest(text).into()
        }
        error => error,
    }
}
