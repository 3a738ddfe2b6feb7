//! The rows of volumes and claims.

use serde_json::Value;

use super::Cells;

pub(super) fn volume(cells: &Cells<'_>) -> Vec<Value> {
    let claim = match (cells.str("/spec/claimRef/namespace"), cells.str("/spec/claimRef/name")) {
        (Some(namespace), Some(name)) => format!("{namespace}/{name}"),
        _ => String::new(),
    };
    vec![
        cells.name(),
        cells.text("/spec/capacity/storage", ""),
        modes(cells.list("/spec/accessModes")).into(),
        cells.text("/spec/persistentVolumeReclaimPolicy", ""),
        phase(cells),
        claim.into(),
        cells.text("/spec/storageClassName", ""),
        cells.text("/spec/volumeAttributesClassName", "<unset>"),
        cells.text("/status/reason", ""),
        cells.age(),
        cells.text("/spec/volumeMode", "<unset>"),
    ]
}

/// Size and modes are those of the volume, so a claim without one shows none.
pub(super) fn claim(cells: &Cells<'_>) -> Vec<Value> {
    let is_bound = cells.str("/spec/volumeName").is_some();
    let (capacity, modes) = if is_bound {
        (cells.text("/status/capacity/storage", ""), modes(cells.list("/status/accessModes")))
    } else {
        ("".into(), String::new())
    };
    vec![
        cells.name(),
        phase(cells),
        cells.text("/spec/volumeName", ""),
        capacity,
        modes.into(),
        cells.text("/spec/storageClassName", ""),
        cells.text("/spec/volumeAttributesClassName", "<unset>"),
        cells.age(),
        cells.text("/spec/volumeMode", "<unset>"),
    ]
}

fn phase(cells: &Cells<'_>) -> Value {
    if cells.is_terminating() { "Terminating".into() } else { cells.text("/status/phase", "Pending") }
}

/// In kubectl's order, each once.
fn modes(modes: &[Value]) -> String {
    let short =
        [("ReadWriteOnce", "RWO"), ("ReadOnlyMany", "ROX"), ("ReadWriteMany", "RWX"), ("ReadWriteOncePod", "RWOP")];
    let found = short.iter().filter(|(mode, _)| modes.iter().any(|found| found == mode));
    found.map(|(_, short)| *short).collect::<Vec<_>>().join(",")
}
