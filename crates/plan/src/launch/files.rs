//! The files of volumes that come from objects: ConfigMaps, Secrets, the pod's own fields, and these together.

use std::collections::BTreeMap;

use k8s_openapi::ByteString;
use k8s_openapi::api::core::v1::{
    ConfigMap, DownwardAPIVolumeFile, KeyToPath, Pod, ProjectedVolumeSource, Secret, VolumeProjection,
};
use proconsul_manifest::downward;

use super::volume::Fault;
use super::{File, Given, resource};
use crate::pod;

/// `0644`.
const MODE: i32 = 0o644;

impl Given<'_> {
    /// The ConfigMap a pod means by a name.
    pub(super) fn config_map(&self, pod: &Pod, name: &str) -> Option<&ConfigMap> {
        self.config_maps.iter().find(|map| {
            map.metadata.name.as_deref() == Some(name)
                && map.metadata.namespace.as_deref().unwrap_or("default") == pod::namespace(pod)
        })
    }

    /// The Secret a pod means by a name.
    pub(super) fn secret(&self, pod: &Pod, name: &str) -> Option<&Secret> {
        self.secrets.iter().find(|secret| {
            secret.metadata.name.as_deref() == Some(name)
                && secret.metadata.namespace.as_deref().unwrap_or("default") == pod::namespace(pod)
        })
    }
}

/// What is asked of an object whose keys become files.
pub(super) struct Wanted<'a> {
    pub(super) name: &'a str,
    pub(super) items: Option<&'a [KeyToPath]>,
    pub(super) mode: Option<i32>,
    pub(super) is_optional: bool,
}

pub(super) fn config_map(pod: &Pod, wanted: &Wanted<'_>, given: &Given<'_>) -> Result<Vec<File>, Fault> {
    let Some(map) = given.config_map(pod, wanted.name) else {
        return if wanted.is_optional { Ok(Vec::new()) } else { Err(Fault::ConfigMap(wanted.name.to_owned())) };
    };
    let texts = map.data.iter().flatten().map(|(key, text)| (key.clone(), text.clone().into_bytes()));
    let bytes = map.binary_data.iter().flatten().map(|(key, bytes)| (key.clone(), bytes.0.clone()));
    pick(texts.chain(bytes).collect(), wanted, "configmap")
}

pub(super) fn secret(pod: &Pod, wanted: &Wanted<'_>, given: &Given<'_>) -> Result<Vec<File>, Fault> {
    let Some(secret) = given.secret(pod, wanted.name) else {
        return if wanted.is_optional { Ok(Vec::new()) } else { Err(Fault::Secret(wanted.name.to_owned())) };
    };
    let data = secret.data.iter().flatten().map(|(key, ByteString(bytes))| (key.clone(), bytes.clone()));
    pick(data.collect(), wanted, "secret")
}

/// All keys under their own names, or the listed ones under theirs.
fn pick(mut data: BTreeMap<String, Vec<u8>>, wanted: &Wanted<'_>, kind: &'static str) -> Result<Vec<File>, Fault> {
    let mode = wanted.mode.unwrap_or(MODE);
    let Some(items) = wanted.items.filter(|items| !items.is_empty()) else {
        return Ok(data.into_iter().map(|(path, bytes)| File { path, bytes, mode: bits(mode) }).collect());
    };
    let mut files = Vec::with_capacity(items.len());
    for item in items {
        match data.remove(&item.key) {
            Some(bytes) => {
                files.push(File {
                    path: item.path.clone(),
                    bytes: bytes.clone(),
                    mode: bits(item.mode.unwrap_or(mode)),
                });
                // A key may be listed under several paths.
                data.insert(item.key.clone(), bytes);
            }
            None if wanted.is_optional => {}
            None => return Err(Fault::Key { kind, key: item.key.clone() }),
        }
    }
    Ok(files)
}

pub(super) fn downward(
    pod: &Pod,
    items: &[DownwardAPIVolumeFile],
    mode: Option<i32>,
    given: &Given<'_>,
) -> Result<Vec<File>, Fault> {
    let file = |item: &DownwardAPIVolumeFile| {
        let text = match (&item.field_ref, &item.resource_field_ref) {
            (Some(field), _) => {
                let path = &field.field_path;
                downward::value(pod, path).ok_or_else(|| Fault::FieldPath(path.clone()))?
            }
            (None, Some(wanted)) => {
                let shown = resource::shown(pod, None, wanted, given.allocatable);
                shown.map_err(|_| Fault::Resource(wanted.resource.clone()))?
            }
            (None, None) => String::new(),
        };
        let mode = bits(item.mode.or(mode).unwrap_or(MODE));
        Ok(File { path: item.path.clone(), bytes: text.into_bytes(), mode })
    };
    items.iter().map(file).collect()
}

pub(super) fn projected(pod: &Pod, volume: &ProjectedVolumeSource, given: &Given<'_>) -> Result<Vec<File>, Fault> {
    let mut files = Vec::new();
    for source in volume.sources.iter().flatten() {
        files.extend(projection(pod, source, volume.default_mode, given)?);
    }
    Ok(files)
}

fn projection(pod: &Pod, source: &VolumeProjection, mode: Option<i32>, given: &Given<'_>) -> Result<Vec<File>, Fault> {
    let wanted =
        |name, items, optional: Option<bool>| Wanted { name, items, mode, is_optional: optional == Some(true) };
    if let Some(map) = &source.config_map {
        return config_map(pod, &wanted(&map.name, map.items.as_deref(), map.optional), given);
    }
    if let Some(found) = &source.secret {
        return secret(pod, &wanted(&found.name, found.items.as_deref(), found.optional), given);
    }
    if let Some(fields) = &source.downward_api {
        return downward(pod, fields.items.as_deref().unwrap_or_default(), mode, given);
    }
    Err(Fault::Projection(if source.service_account_token.is_some() { "serviceAccountToken" } else { "this source" }))
}

/// Permission bits; validation has refused others.
fn bits(mode: i32) -> u32 {
    mode.unsigned_abs() & 0o777
}
