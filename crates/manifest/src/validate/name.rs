//! What names may look like. Each rule answers with what is broken, in the API server's words.

const LABEL: &str = "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')";
const SUBDOMAIN: &str = "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";
const LABEL_1035: &str = "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for validation is '[a-z]([-a-z0-9]*[a-z0-9])?')";
const VALUE: &str = "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')";
const KEY: &str = "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')";
const CONFIG_KEY: &str = "a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')";

/// RFC 1123 label: names of StatefulSets, namespaces, containers, volumes.
pub fn label(text: &str) -> Vec<String> {
    rules(text, 63, is_label(text), LABEL)
}

/// RFC 1123 subdomain: names of pods, volumes, claims, ConfigMaps and Secrets.
pub fn subdomain(text: &str) -> Vec<String> {
    rules(text, 253, text.split('.').all(is_label), SUBDOMAIN)
}

/// RFC 1035 label: names of Services.
pub(super) fn label_1035(text: &str) -> Vec<String> {
    let is_right = is_label(text) && text.starts_with(|c: char| c.is_ascii_lowercase());
    rules(text, 63, is_right, LABEL_1035)
}

/// The value of a label.
pub(super) fn label_value(text: &str) -> Vec<String> {
    rules(text, 63, text.is_empty() || is_qualified(text), VALUE)
}

/// The key of a label or annotation, with or without a prefix.
pub(super) fn label_key(text: &str) -> Vec<String> {
    let (prefix, name) = match text.split_once('/') {
        Some((prefix, name)) => (Some(prefix), name),
        None => (None, text),
    };
    let mut broken = Vec::new();
    match prefix {
        Some("") => broken.push("prefix part must be non-empty".to_owned()),
        Some(prefix) => broken.extend(subdomain(prefix).into_iter().map(|detail| format!("prefix part {detail}"))),
        None => {}
    }
    if name.is_empty() {
        broken.push("name part must be non-empty".to_owned());
    } else if name.len() > 63 {
        broken.push("name part must be no more than 63 bytes".to_owned());
    }
    if !is_qualified(name) {
        broken.push(KEY.to_owned());
    }
    broken
}

/// The name of a port of a container.
pub(super) fn port(text: &str) -> Vec<String> {
    let mut broken = Vec::new();
    if text.len() > 15 {
        broken.push("must be no more than 15 characters".to_owned());
    }
    if !text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-') {
        broken.push("must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)".to_owned());
    }
    if !text.bytes().any(|b| b.is_ascii_lowercase()) {
        broken.push("must contain at least one letter (a-z)".to_owned());
    }
    if text.contains("--") {
        broken.push("must not contain consecutive hyphens".to_owned());
    }
    if text.starts_with('-') || text.ends_with('-') {
        broken.push("must not begin or end with a hyphen".to_owned());
    }
    broken
}

/// The name of a variable: since Kubernetes 1.34 any printed ASCII except `=`.
pub(super) fn variable(text: &str) -> Vec<String> {
    let is_right = !text.is_empty() && text.bytes().all(|b| matches!(b, b' '..=b'~') && b != b'=');
    let rule = "a valid environment variable name must consist only of printable ASCII characters other than '='";
    if is_right { Vec::new() } else { vec![rule.to_owned()] }
}

/// A key of a ConfigMap or Secret.
pub fn config_key(text: &str) -> Vec<String> {
    let is_right = !text.is_empty() && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"-._".contains(&b));
    let mut broken = rules(text, 253, is_right, CONFIG_KEY);
    match text {
        "." => broken.push("must not be '.'".to_owned()),
        ".." => broken.push("must not be '..'".to_owned()),
        text if text.starts_with("..") => broken.push("must not start with '..'".to_owned()),
        _ => {}
    }
    broken
}

fn rules(text: &str, longest: usize, is_right: bool, rule: &str) -> Vec<String> {
    let unit = if longest == 63 { "characters" } else { "bytes" };
    let long = (text.len() > longest).then(|| format!("must be no more than {longest} {unit}"));
    long.into_iter().chain((!is_right).then(|| rule.to_owned())).collect()
}

fn is_label(text: &str) -> bool {
    let inner = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
    !text.is_empty() && !text.starts_with('-') && !text.ends_with('-') && text.bytes().all(inner)
}

fn is_qualified(text: &str) -> bool {
    let edge = |c: char| c.is_ascii_alphanumeric();
    text.starts_with(edge)
        && text.ends_with(edge)
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(&b))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_follow_their_rules() {
        for (rule, right, wrong) in [
            (label as fn(&str) -> Vec<String>, "web-0", "web.0"),
            (label, "0web", "Web"),
            (subdomain, "a.b-c.d", "a..b"),
            (label_1035, "web-0", "0web"),
            (label_value, "", "-x"),
            (label_key, "app.kubernetes.io/name", "/name"),
            (label_key, "k8s-app", "a/b/c"),
            (port, "serflan-tcp", "a--b"),
            (port, "a", "8500"),
            (variable, "A.b-c", "a=b"),
            (config_key, "server.hcl", "..x"),
        ] {
            assert_eq!(rule(right), Vec::<String>::new(), "{right}");
            assert_eq!(rule(wrong).len(), 1, "{wrong}");
        }
        assert_eq!(label(&"a".repeat(64)), ["must be no more than 63 characters"]);
    }
}
