//! Aliases: checks that are as other checks are, followed as these change.

use std::sync::Arc;
use std::time::Duration;

use proconsul_agent::local::{HeldCheck, State};
use proconsul_base::index::Index;
use proconsul_base::rand::Rng;
use proconsul_calls::catalog::{CatalogCalls, OfNode};
use proconsul_calls::error::CallError;
use proconsul_calls::health::HealthCalls;
use proconsul_calls::read::{ReadOptions, Wait};
use proconsul_checks::{Alias, Outcome, Report, Seen, Status, judge};
use proconsul_types::check::Check;
use proconsul_types::registration::CheckRegistration;
use tokio::sync::mpsc;

use crate::local_state::LocalState;

/// The pause after the catalog could not be read; it doubles up to [`LAST_RETRY`].
const FIRST_RETRY: Duration = Duration::from_secs(1);

/// The longest such pause: Consul's `checkAliasBackoffMaxWait`.
const LAST_RETRY: Duration = Duration::from_secs(60);

/// Follows the checks of a service that this agent holds.
pub(super) async fn follow_local(id: Arc<str>, alias: Alias, local: Arc<LocalState>, reports: mpsc::Sender<Report>) {
    let mut news = local.held.watch();
    let mut told = None;
    loop {
        news.borrow_and_update();
        let outcome = local.held.look(|state| judge_local(&alias, state));
        if tell_new(&id, outcome, &mut told, &reports).await.is_err() || news.changed().await.is_err() {
            return;
        }
    }
}

/// Aliases among the node's own checks do not count: each would keep itself, and each other, critical forever.
fn judge_local(alias: &Alias, state: &State) -> Outcome {
    let is_alias = |how: &CheckRegistration| !how.alias_node.is_empty() || !how.alias_service.is_empty();
    let counts =
        |held: &&HeldCheck| !held.check.service_id.is_empty() || !held.registration.as_deref().is_some_and(is_alias);
    let seen = state.checks().filter(counts).map(|held| seen(&held.check));
    judge(alias, seen, || state.service(&alias.service).is_some())
}

/// Follows the checks of a node, or of a service on it, in the catalog.
pub(super) async fn follow_catalog<C: CatalogCalls + HealthCalls>(
    id: Arc<str>,
    alias: Alias,
    catalog: Arc<C>,
    reports: mpsc::Sender<Report>,
    mut rng: Rng,
) {
    let (mut told, mut after, mut retry) = (None, None, FIRST_RETRY);
    loop {
        let outcome = match read(&alias, &*catalog, after).await {
            Ok((outcome, index)) => {
                // An index that goes back is another history, which is read from its beginning.
                after = Some(index).filter(|index| after.is_none_or(|after| *index >= after));
                retry = FIRST_RETRY;
                outcome
            }
            Err(error) => {
                tracing::error!(target: "agent", check = %id, %error, "failed to follow the checks of another node");
                after = None;
                let output = format!("Failure checking aliased node or service: {error}");
                Outcome { status: Status::Critical, output }
            }
        };
        if tell_new(&id, outcome, &mut told, &reports).await.is_err() {
            return;
        }
        if after.is_none() {
            tokio::time::sleep(retry + rng.duration_below(retry)).await;
            retry = (retry * 2).min(LAST_RETRY);
        }
    }
}

async fn read<C: CatalogCalls + HealthCalls>(
    alias: &Alias,
    catalog: &C,
    after: Option<Index>,
) -> Result<(Outcome, Index), CallError> {
    let wait = after.map(|index| Wait { index, at_most: None });
    let options = ReadOptions { wait, ..ReadOptions::default() };
    let answer = catalog.health_node(OfNode { node: &alias.node, options }).await?;
    let of_service = |check: &Arc<Check>| *check.service_id == *alias.service;
    // Whether the service is there matters only when no check says so.
    let exists = answer.value.iter().any(of_service) || {
        let node = catalog.catalog_node(OfNode { node: &alias.node, ..OfNode::default() }).await?.value;
        node.is_some_and(|node| node.services.iter().any(|service| *service.id == *alias.service))
    };
    Ok((judge(alias, answer.value.iter().map(|check| seen(check)), || exists), answer.index))
}

fn seen(check: &Check) -> Seen<'_> {
    Seen { name: &check.name, status: &check.status, output: &check.output, service_id: &check.service_id }
}

/// Tells what is not what was told last.
async fn tell_new(
    id: &Arc<str>,
    outcome: Outcome,
    told: &mut Option<Outcome>,
    reports: &mpsc::Sender<Report>,
) -> Result<(), mpsc::error::SendError<Report>> {
    if told.as_ref() == Some(&outcome) {
        return Ok(());
    }
    reports.send(Report { id: Arc::clone(id), outcome: outcome.clone() }).await?;
    *told = Some(outcome);
    Ok(())
}
