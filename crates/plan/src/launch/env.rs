//! The variables of a container: those that name Services, then whole ConfigMaps and Secrets, then its own. Later ones win.

use std::collections::BTreeMap;

use k8s_openapi::api::core::v1::{Container, EnvVar, EnvVarSource, Pod, Service};
use proconsul_manifest::{downward, expand::expand};

use super::{ConfigError, Given, lookup, resource};
use crate::pod;

pub(super) fn variables(
    pod: &Pod,
    container: &Container,
    given: &Given<'_>,
) -> Result<Vec<(String, String)>, ConfigError> {
    let mut env = Vec::new();
    let has_links = pod::spec(pod).and_then(|spec| spec.enable_service_links) != Some(false);
    if has_links {
        let near = given
            .services
            .iter()
            .filter(|service| service.metadata.namespace.as_deref().unwrap_or("default") == pod::namespace(pod));
        near.for_each(|service| links(service, &mut env));
    }
    whole(pod, container, given, &mut env)?;
    for variable in container.env.iter().flatten() {
        if let Some(value) = value(pod, container, variable, given, &env)? {
            set(&mut env, &variable.name, value);
        }
    }
    Ok(env)
}

fn set(env: &mut Vec<(String, String)>, name: &str, value: String) {
    env.retain(|(known, _)| known != name);
    env.push((name.to_owned(), value));
}

/// `envFrom`: every key a variable, with a prefix if one is given.
fn whole(
    pod: &Pod,
    container: &Container,
    given: &Given<'_>,
    env: &mut Vec<(String, String)>,
) -> Result<(), ConfigError> {
    for source in container.env_from.iter().flatten() {
        let prefix = source.prefix.as_deref().unwrap_or_default();
        let mut values: BTreeMap<String, String> = BTreeMap::new();
        if let Some(reference) = &source.config_map_ref {
            match given.config_map(pod, &reference.name) {
                Some(map) => values.extend(map.data.clone().unwrap_or_default()),
                None if reference.optional == Some(true) => {}
                None => return Err(ConfigError::ConfigMap(reference.name.clone())),
            }
        }
        if let Some(reference) = &source.secret_ref {
            match given.secret(pod, &reference.name) {
                Some(secret) => {
                    for (key, bytes) in secret.data.iter().flatten() {
                        values.insert(key.clone(), text(pod, &reference.name, key, &bytes.0)?);
                    }
                }
                None if reference.optional == Some(true) => {}
                None => return Err(ConfigError::Secret(reference.name.clone())),
            }
        }
        for (key, value) in values {
            set(env, &format!("{prefix}{key}"), value);
        }
    }
    Ok(())
}

/// The value of one variable; `None` when an optional source is not there.
fn value(
    pod: &Pod,
    container: &Container,
    variable: &EnvVar,
    given: &Given<'_>,
    env: &[(String, String)],
) -> Result<Option<String>, ConfigError> {
    let Some(source) = &variable.value_from else {
        let text = variable.value.as_deref().unwrap_or_default();
        return Ok(Some(expand(text, |name| lookup(env, name))));
    };
    if let Some(field) = &source.field_ref {
        let path = &field.field_path;
        return downward::value(pod, path).map(Some).ok_or_else(|| ConfigError::FieldPath(path.clone()));
    }
    if let Some(wanted) = &source.resource_field_ref {
        return resource::shown(pod, Some(container), wanted, given.allocatable).map(Some);
    }
    if source.file_key_ref.is_some() {
        let (variable, container) = (variable.name.clone(), container.name.clone());
        return Err(ConfigError::Source { variable, container, source_kind: "fileKeyRef" });
    }
    keyed(pod, source, given)
}

fn keyed(pod: &Pod, source: &EnvVarSource, given: &Given<'_>) -> Result<Option<String>, ConfigError> {
    let missing = |kind, name: &str, key: &str| ConfigError::Key {
        key: key.to_owned(),
        kind,
        namespace: pod::namespace(pod).to_owned(),
        name: name.to_owned(),
    };
    if let Some(wanted) = &source.config_map_key_ref {
        let is_optional = wanted.optional == Some(true);
        let Some(map) = given.config_map(pod, &wanted.name) else {
            return if is_optional { Ok(None) } else { Err(ConfigError::ConfigMap(wanted.name.clone())) };
        };
        return match map.data.as_ref().and_then(|data| data.get(&wanted.key)) {
            Some(value) => Ok(Some(value.clone())),
            None if is_optional => Ok(None),
            None => Err(missing("ConfigMap", &wanted.name, &wanted.key)),
        };
    }
    let Some(wanted) = &source.secret_key_ref else { return Ok(None) };
    let is_optional = wanted.optional == Some(true);
    let Some(secret) = given.secret(pod, &wanted.name) else {
        return if is_optional { Ok(None) } else { Err(ConfigError::Secret(wanted.name.clone())) };
    };
    match secret.data.as_ref().and_then(|data| data.get(&wanted.key)) {
        Some(bytes) => text(pod, &wanted.name, &wanted.key, &bytes.0).map(Some),
        None if is_optional => Ok(None),
        None => Err(missing("Secret", &wanted.name, &wanted.key)),
    }
}

/// A variable can only hold text without zero bytes.
fn text(pod: &Pod, name: &str, key: &str, bytes: &[u8]) -> Result<String, ConfigError> {
    let text = str::from_utf8(bytes).ok().filter(|text| !text.contains('\0'));
    text.map(str::to_owned).ok_or_else(|| ConfigError::NoText {
        key: key.to_owned(),
        namespace: pod::namespace(pod).to_owned(),
        name: name.to_owned(),
    })
}

/// `WEB_SERVICE_HOST` and its kin, for a Service with an address.
fn links(service: &Service, env: &mut Vec<(String, String)>) {
    let Some(spec) = &service.spec else { return };
    let address = spec.cluster_ip.as_deref().unwrap_or_default();
    let ports = spec.ports.as_deref().unwrap_or_default();
    let Some(first) = ports.first().filter(|_| !matches!(address, "" | "None")) else { return };
    let upper = |text: &str| text.to_ascii_uppercase().replace('-', "_");
    let name = upper(service.metadata.name.as_deref().unwrap_or_default());
    set(env, &format!("{name}_SERVICE_HOST"), address.to_owned());
    set(env, &format!("{name}_SERVICE_PORT"), first.port.to_string());
    for port in ports {
        if let Some(port_name) = port.name.as_deref().filter(|name| !name.is_empty()) {
            set(env, &format!("{name}_SERVICE_PORT_{}", upper(port_name)), port.port.to_string());
        }
    }
    let host = if address.contains(':') { format!("[{address}]") } else { address.to_owned() };
    for (position, port) in ports.iter().enumerate() {
        let protocol = port.protocol.as_deref().unwrap_or("TCP");
        let url = format!("{}://{host}:{}", protocol.to_ascii_lowercase(), port.port);
        if position == 0 {
            set(env, &format!("{name}_PORT"), url.clone());
        }
        let prefix = format!("{name}_PORT_{}_{}", port.port, protocol.to_ascii_uppercase());
        set(env, &prefix, url);
        set(env, &format!("{prefix}_PROTO"), protocol.to_ascii_lowercase());
        set(env, &format!("{prefix}_PORT"), port.port.to_string());
        set(env, &format!("{prefix}_ADDR"), address.to_owned());
    }
}
