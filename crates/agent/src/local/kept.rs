//! What an agent keeps on disk of its services and checks, in Consul 1.8.7's own files: either program reads the other's.
//!
//! ```text
//! <data>/services/<md5 of the id>      {"Token", "Service", "Source", "LocallyRegisteredAsSidecar"}
//! <data>/checks/<md5 of the id>        {"Check", "ChkType", "Token", "Source"}
//! <data>/checks/state/<md5 of the id>  {"CheckID", "Output", "Status", "Expires"}
//! ```
//!
//! Each is one JSON document with Go's names; a field that is not there is zero for both. Knows the bytes and no file.

mod check_type;
mod zero;

use std::sync::Arc;

use md5::{Digest, Md5};
use proconsul_calls::catalog::CatalogError;
use proconsul_records::check::HealthCheck;
use proconsul_records::service::NodeService;
use proconsul_types::node::Text;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use self::check_type::CheckType;
use super::checks::PlannedCheck;
use super::services::Holding;
use super::{Source, kind_of};

/// The folder of services, below the data directory.
pub const SERVICES: &str = "services";

/// The folder of checks.
pub const CHECKS: &str = "checks";

/// The folder of what checks were told last.
pub const CHECK_STATES: &str = "checks/state";

/// The name of the file that keeps what has this id.
pub fn file_name(id: &str) -> String {
    Md5::digest(id.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Why a file says nothing.
#[derive(Debug, thiserror::Error)]
pub enum Damage {
    /// It is no JSON, or not of this form.
    #[error(transparent)]
    Json(#[from] serde_json::Error),
    /// It is a service of a kind that there is not.
    #[error(transparent)]
    Kind(#[from] CatalogError),
    /// It has no id.
    #[error("it names no service and no check")]
    NoId,
    /// It comes from nowhere that is known. Such a file is removed, as Consul does.
    #[error("invalid source {0:?}")]
    Source(String),
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct ServiceFile {
    #[serde(default)]
    token: String,
    service: NodeService,
    #[serde(default)]
    source: String,
    #[serde(default)]
    locally_registered_as_sidecar: bool,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct CheckFile {
    check: HealthCheck,
    #[serde(default)]
    chk_type: Option<CheckType>,
    #[serde(default)]
    token: String,
    #[serde(default)]
    source: String,
}

/// What a check with a time to live was told last.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct CheckState {
    /// Its id.
    #[serde(rename = "CheckID")]
    pub check_id: Text,
    /// What it printed.
    pub output: String,
    /// Its status.
    pub status: String,
    /// Until when that holds, in seconds since 1970.
    pub expires: u64,
}

/// The file of a service; its checks have files of their own.
pub fn service_file(holding: &Holding) -> Result<Vec<u8>, Damage> {
    let file = ServiceFile {
        token: holding.token.clone(),
        service: NodeService::from(&*holding.service),
        source: word(holding.source).to_owned(),
        locally_registered_as_sidecar: holding.is_sidecar,
    };
    bytes(&file)
}

/// The service in a file, on this node.
pub fn read_service(file: &[u8], node: &Text) -> Result<Holding, Damage> {
    let ServiceFile { token, service, source, locally_registered_as_sidecar } = serde_json::from_slice(file)?;
    let mut service = service.on(node.clone())?;
    if service.id.is_empty() {
        service.id = service.name.clone();
    }
    if service.id.is_empty() {
        return Err(Damage::NoId);
    }
    service.tagged_addresses.get_or_insert_default();
    Ok(Holding {
        service: Arc::new(service),
        checks: Vec::new(),
        dropped: Vec::new(),
        token,
        source: of_word(source)?,
        is_sidecar: locally_registered_as_sidecar,
    })
}

/// The file of a check.
pub fn check_file(planned: &PlannedCheck) -> Result<Vec<u8>, Damage> {
    let file = CheckFile {
        check: HealthCheck::from(&planned.check),
        chk_type: planned.registration.as_deref().map(CheckType::from),
        token: planned.token.clone(),
        source: word(planned.source).to_owned(),
    };
    bytes(&file)
}

/// The check in a file, on this node.
pub fn read_check(file: &[u8], node: &Text) -> Result<PlannedCheck, Damage> {
    let CheckFile { check, chk_type, token, source } = serde_json::from_slice(file)?;
    let mut check = proconsul_types::check::Check::from(check);
    if check.id.is_empty() {
        return Err(Damage::NoId);
    }
    check.node = node.clone();
    let registration = chk_type.map(|how| Arc::new(how.registration(&check.service_id)));
    if let Some(how) = registration.as_deref().filter(|_| check.kind.is_empty()) {
        check.kind = kind_of(how).into();
    }
    Ok(PlannedCheck { check, registration, token, source: of_word(source)? })
}

/// The file of what a check was told.
pub fn state_file(state: &CheckState) -> Result<Vec<u8>, Damage> {
    Ok(serde_json::to_vec(state)?)
}

/// What a check was told, from its file.
pub fn read_state(file: &[u8]) -> Result<CheckState, Damage> {
    Ok(serde_json::from_slice(file)?)
}

fn bytes(file: &impl Serialize) -> Result<Vec<u8>, Damage> {
    let mut document: Value = serde_json::to_value(file)?;
    zero::leave_out(&mut document);
    Ok(serde_json::to_vec(&document)?)
}

fn word(source: Source) -> &'static str {
    match source {
        Source::File | Source::Agent => "local",
        Source::Remote => "remote",
    }
}

fn of_word(word: String) -> Result<Source, Damage> {
    match &*word {
        // Files of before there were sources have none.
        "local" | "" => Ok(Source::Agent),
        "remote" => Ok(Source::Remote),
        _ => Err(Damage::Source(word)),
    }
}

#[cfg(test)]
mod tests;
