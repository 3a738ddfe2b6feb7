//! Objects as the rows of `kubectl get`: columns and cells are the server's to choose.

mod age;
mod pod;
mod set;
mod storage;

use k8s_openapi::jiff::Timestamp;
use proconsul_manifest::Kind;
use serde_json::Value;

pub use age::human;

/// A column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Column {
    /// Its name; clients write it in capitals.
    pub name: &'static str,
    /// `string` or `integer`.
    pub kind: &'static str,
    /// 0: always shown, 1: shown with `-o wide`.
    pub priority: i32,
}

/// The names of a kind's columns: always shown, and shown with `-o wide`.
const fn names(kind: Kind) -> (&'static [&'static str], &'static [&'static str]) {
    match kind {
        Kind::Pod => {
            (&["Name", "Ready", "Status", "Restarts", "Age"], &["IP", "Node", "Nominated Node", "Readiness Gates"])
        }
        Kind::StatefulSet => (&["Name", "Ready", "Age"], &["Containers", "Images"]),
        Kind::Service => (&["Name", "Type", "Cluster-IP", "External-IP", "Port(s)", "Age"], &["Selector"]),
        Kind::PersistentVolume => (
            &[
                "Name",
                "Capacity",
                "Access Modes",
                "Reclaim Policy",
                "Status",
                "Claim",
                "StorageClass",
                "VolumeAttributesClass",
                "Reason",
                "Age",
            ],
            &["VolumeMode"],
        ),
        Kind::PersistentVolumeClaim => (
            &["Name", "Status", "Volume", "Capacity", "Access Modes", "StorageClass", "VolumeAttributesClass", "Age"],
            &["VolumeMode"],
        ),
        Kind::ConfigMap => (&["Name", "Data", "Age"], &[]),
        Kind::Secret => (&["Name", "Type", "Data", "Age"], &[]),
    }
}

/// The columns of a kind, wide ones included.
pub fn columns(kind: Kind) -> Vec<Column> {
    let (narrow, wide) = names(kind);
    let column = |priority: i32| {
        move |&name: &&'static str| Column { name, kind: if name == "Data" { "integer" } else { "string" }, priority }
    };
    narrow.iter().map(column(0)).chain(wide.iter().map(column(1))).collect()
}

/// The cells of an object, one for each of the columns of its kind.
pub fn row(kind: Kind, object: &Value, now: Timestamp) -> Vec<Value> {
    let cells = Cells { object, now };
    match kind {
        Kind::Pod => pod::row(&cells),
        Kind::StatefulSet => set::stateful_set(&cells),
        Kind::Service => set::service(&cells),
        Kind::PersistentVolume => storage::volume(&cells),
        Kind::PersistentVolumeClaim => storage::claim(&cells),
        Kind::ConfigMap => vec![cells.name(), cells.count(&["data", "binaryData"]), cells.age()],
        Kind::Secret => vec![cells.name(), cells.text("/type", ""), cells.count(&["data"]), cells.age()],
    }
}

/// An object and what every kind's cells are made with.
struct Cells<'a> {
    object: &'a Value,
    now: Timestamp,
}

impl<'a> Cells<'a> {
    fn str(&self, pointer: &str) -> Option<&'a str> {
        self.object.pointer(pointer).and_then(Value::as_str).filter(|text| !text.is_empty())
    }

    fn text(&self, pointer: &str, otherwise: &str) -> Value {
        self.str(pointer).unwrap_or(otherwise).into()
    }

    fn list(&self, pointer: &str) -> &'a [Value] {
        self.object.pointer(pointer).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default()
    }

    fn name(&self) -> Value {
        self.text("/metadata/name", "")
    }

    fn age(&self) -> Value {
        let created = self.str("/metadata/creationTimestamp").and_then(|text| text.parse::<Timestamp>().ok());
        created.map_or_else(|| "<unknown>".to_owned(), |created| age::since(created, self.now)).into()
    }

    fn count(&self, fields: &[&str]) -> Value {
        let count: usize = fields.iter().filter_map(|field| Some(self.object.get(field)?.as_object()?.len())).sum();
        count.into()
    }

    fn is_terminating(&self) -> bool {
        self.str("/metadata/deletionTimestamp").is_some()
    }
}

#[cfg(test)]
mod tests;
