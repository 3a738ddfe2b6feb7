//! What a front door calls: answered here, or forwarded; the door cannot tell.

use crate::agent::HasAgent;
use crate::catalog::CatalogCalls;
use crate::config::ConfigCalls;
use crate::coordinate::CoordinateCalls;
use crate::event::EventCalls;
use crate::health::HealthCalls;
use crate::intention::IntentionCalls;
use crate::kv::KvCalls;
use crate::operator::OperatorCalls;
use crate::query::QueryCalls;
use crate::session::SessionCalls;
use crate::snapshot::SnapshotCalls;
use crate::status::StatusCalls;
use crate::txn::TxnCalls;
use crate::ui::UiCalls;

/// Everything the doors may ask, family by family. Doors are generic over it, so a call is a plain function call.
pub trait Door:
    KvCalls //
    + HasAgent
    + StatusCalls
    + OperatorCalls
    + SessionCalls
    + SnapshotCalls
    + TxnCalls
    + CoordinateCalls
    + QueryCalls
    + CatalogCalls
    + HealthCalls
    + EventCalls
    + UiCalls
    + ConfigCalls
    + IntentionCalls
    + Send
    + Sync
    + 'static
{
}

impl<D> Door for D where
    D: KvCalls //
        + HasAgent
        + StatusCalls
        + OperatorCalls
        + SessionCalls
        + SnapshotCalls
        + TxnCalls
        + CoordinateCalls
        + QueryCalls
        + CatalogCalls
        + HealthCalls
        + EventCalls
        + UiCalls
        + ConfigCalls
        + IntentionCalls
        + Send
        + Sync
        + 'static
{
}
