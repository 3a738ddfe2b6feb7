//! Intentions: kept, shown, matched, and asked whether a call may be made.

mod validate;

use std::sync::Arc;

use proconsul_base::id::{self, lookup};
use proconsul_calls::error::CallError;
use proconsul_calls::intention::{Check, IntentionCalls, IntentionError, Match, Which, WriteIntention};
use proconsul_calls::read::{Answer, ReadOptions};
use proconsul_state::command::Command;
use proconsul_state::command::intention::IntentionCommand;
use proconsul_state::store::View;
use proconsul_state::store::intention::Side;
use proconsul_state::watch::{Table, Topic};
use proconsul_types::intention::{Action, CONSUL, Intention, IntentionRecord};

use super::Server;
use crate::authorize::{Right, authorize};
use crate::local::Local;
use crate::replica::Replica;

const INTENTIONS: Topic<'_> = Topic::Table(Table::Intentions);

impl<R: Replica, L: Local> IntentionCalls for Server<R, L> {
    async fn intention_list(&self, options: ReadOptions) -> Result<Answer<Vec<Arc<IntentionRecord>>>, CallError> {
        self.read(&options, INTENTIONS, |store| {
            let view = store.view();
            let mut records = view.intentions();
            records.retain(|record| authorize(Right::IntentionRead(&record.intention.destination_name)).is_ok());
            (records, view.intentions_index())
        })
        .await
    }

    async fn intention_get(
        &self,
        which: Which<'_>,
        options: ReadOptions,
    ) -> Result<Answer<Arc<IntentionRecord>>, CallError> {
        self.own_datacenter(options.datacenter.as_deref())?;
        let which = checked(which, IntentionError::ReadId)?;
        let answer = self.read(&options, INTENTIONS, |store| {
            let view = store.view();
            (find(&view, &which), view.intentions_index())
        });
        let Answer { index, contact, value } = answer.await?;
        let value = value.ok_or(IntentionError::NotFound)?;
        authorize(Right::IntentionRead(&value.intention.destination_name))?;
        Ok(Answer { index, contact, value })
    }

    async fn intention_create(&self, write: WriteIntention) -> Result<String, CallError> {
        self.own_datacenter(write.datacenter.as_deref())?;
        let now = self.local.wall_clock();
        if !write.intention.id.is_empty() {
            return Err(IntentionError::IdGiven.into());
        }
        let id = id::IntentionId::random(&mut self.rng.lock()).to_string();
        let intention = Intention { id: id.clone(), created_at: now.clone(), updated_at: now, ..write.intention };
        let intention = validate::complete(intention)?;
        self.keep(IntentionCommand::Create, intention).await?;
        Ok(id)
    }

    async fn intention_update(&self, write: WriteIntention) -> Result<(), CallError> {
        self.own_datacenter(write.datacenter.as_deref())?;
        let before = self.intention_to_change("modify", Which::Id(&write.intention.id)).await?;
        let Intention { id, created_at, .. } = before.intention.clone();
        let intention = Intention { id, created_at, updated_at: self.local.wall_clock(), ..write.intention };
        self.keep(IntentionCommand::Update, validate::complete(intention)?).await
    }

    async fn intention_upsert(&self, write: WriteIntention) -> Result<(), CallError> {
        self.own_datacenter(write.datacenter.as_deref())?;
        let now = self.local.wall_clock();
        let intention = Intention { created_at: now.clone(), updated_at: now, ..write.intention };
        self.keep(IntentionCommand::Upsert, validate::complete(intention)?).await
    }

    async fn intention_delete(&self, datacenter: Option<Box<str>>, which: Which<'_>) -> Result<(), CallError> {
        self.own_datacenter(datacenter.as_deref())?;
        let is_by_pair = matches!(which, Which::Pair(_));
        let before = match self.intention_to_change("delete", which).await {
            // What is named by its pair may be gone already.
            Err(CallError::Intention(IntentionError::NotFound)) if is_by_pair => return Ok(()),
            before => before?,
        };
        authorize(Right::IntentionWrite(&before.intention.destination_name))?;
        let command = IntentionCommand::Delete(before.intention.pair());
        self.propose(&Command::Intention(command)).await.map(drop)
    }

    async fn intention_match(&self, matches: Match<'_>) -> Result<Answer<Vec<Vec<Arc<IntentionRecord>>>>, CallError> {
        let side = if matches.by_source { Side::Source } else { Side::Destination };
        matches.names.iter().try_for_each(|name| authorize(Right::IntentionRead(name.service)))?;
        self.read(&matches.options, INTENTIONS, |store| {
            let view = store.view();
            let lists = matches.names.iter().map(|name| view.matching_intentions(side, name.namespace, name.service));
            (lists.collect(), view.intentions_index())
        })
        .await
    }

    async fn intention_check(&self, check: Check<'_>) -> Result<bool, CallError> {
        self.own_datacenter(check.options.datacenter.as_deref())?;
        if check.source_type != CONSUL {
            return Err(IntentionError::SourceType(check.source_type.to_owned()).into());
        }
        authorize(Right::ServiceRead(check.destination.service))?;
        self.fresh(&check.options).await?;
        let (source, destination) = (check.source, check.destination);
        let records = self.store.view().matching_intentions(Side::Source, source.namespace, source.service);
        let concerns = self.store.view();
        let concerned = concerns.matching_intentions(Side::Destination, destination.namespace, destination.service);
        let first = records.iter().find(|record| concerned.contains(record));
        // Without an intention it is for access control to say, which is off: then calls may be made. Permissions need a request
        // to be looked at, so they allow nothing here.
        Ok(first.is_none_or(|record| record.intention.action.parse() == Ok(Action::Allow)))
    }
}

impl<R: Replica, L: Local> Server<R, L> {
    async fn keep(
        &self,
        command: fn(Box<Intention>) -> IntentionCommand,
        intention: Intention,
    ) -> Result<(), CallError> {
        authorize(Right::IntentionWrite(&intention.destination_name))?;
        self.propose(&Command::Intention(command(Box::new(intention)))).await.map(drop)
    }

    /// An intention that is there and may be changed.
    async fn intention_to_change(
        &self,
        what: &'static str,
        which: Which<'_>,
    ) -> Result<Arc<IntentionRecord>, CallError> {
        let which = checked(which, IntentionError::WriteId)?;
        self.fresh(&ReadOptions::default()).await?;
        let missing = match &which {
            Which::Id(id) => IntentionError::Gone(what, (*id).to_owned()),
            Which::Pair(_) => IntentionError::NotFound,
        };
        Ok(find(&self.store.view(), &which).ok_or(missing)?)
    }
}

/// Refuses what is no id.
fn checked(which: Which<'_>, wrong: fn(lookup::LookupError) -> IntentionError) -> Result<Which<'_>, IntentionError> {
    if let Which::Id(id) = which {
        lookup::lookup(id).map_err(wrong)?;
    }
    Ok(which)
}

fn find(view: &View, which: &Which<'_>) -> Option<Arc<IntentionRecord>> {
    match which {
        Which::Id(id) => {
            let id = lookup::lookup(id).ok()??;
            view.intention(&id::IntentionId::from_bytes(id).to_string()).cloned()
        }
        Which::Pair(pair) => view.intention_of(pair).cloned(),
    }
}
