//! What DNS asks of whoever knows the catalog.

use proconsul_calls::catalog::CatalogCalls;
use proconsul_calls::health::HealthCalls;
use proconsul_calls::query::QueryCalls;

/// The families of calls that answers are made from; every door has them.
pub trait Source: CatalogCalls + HealthCalls + QueryCalls + Send + Sync + 'static {}

impl<S: CatalogCalls + HealthCalls + QueryCalls + Send + Sync + 'static> Source for S {}
