//! Fields that the runtime writes into an object's `spec` and a manifest normally leaves out: applying again keeps them.

use serde_json::Value;

use crate::object::Fields;

/// By kind: where such a field is.
const OWN: [(&str, &[&str]); 4] = [
    ("Service", &["clusterIP", "clusterIPs"]),
    ("PersistentVolumeClaim", &["volumeName"]),
    ("PersistentVolume", &["claimRef"]),
    ("Pod", &["nodeName", "serviceAccountName", "serviceAccount"]),
];

/// Copies what the runtime wrote from the stored object, where the manifest is silent.
pub(super) fn carry_over(stored: &Value, wanted: &mut Value) {
    let fields = OWN.iter().find(|(kind, _)| *kind == stored.text("/kind")).map_or(&[][..], |(_, fields)| fields);
    for field in fields {
        let Some(kept) = stored["spec"].get(field) else { continue };
        crate::object::map_at(wanted, "spec").entry(*field).or_insert_with(|| kept.clone());
    }
}
