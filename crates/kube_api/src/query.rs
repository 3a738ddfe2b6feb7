//! What a request asks besides its path: query parameters and the wanted form of the answer.

use hyper::header::{ACCEPT, CONTENT_TYPE, HeaderMap};
use proconsul_kube::object::{Fields, Object};

use crate::reply::Refusal;

/// A request's parameters.
#[derive(Debug, Default)]
pub(crate) struct Query {
    pairs: Vec<(String, String)>,
    pub(crate) is_watch: bool,
    pub(crate) wants_table: bool,
    content_type: String,
}

impl Query {
    pub(crate) fn of(text: &str, headers: &HeaderMap) -> Self {
        let pairs: Vec<(String, String)> = text
            .split('&')
            .filter(|pair| !pair.is_empty())
            .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
            .map(|(name, value)| (decode(name), decode(value)))
            .collect();
        let header = |name| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let is_watch = pairs.iter().any(|(name, value)| name == "watch" && value != "false" && value != "0");
        let wants_table = header(ACCEPT).split(',').any(|form| form.contains("as=Table"));
        Self { pairs, is_watch, wants_table, content_type: header(CONTENT_TYPE).to_owned() }
    }

    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.pairs
            .iter()
            .find(|(known, _)| known == name)
            .map(|(_, value)| value.as_str())
            .filter(|value| !value.is_empty())
    }

    pub(crate) fn is_true(&self, name: &str) -> bool {
        self.pairs.iter().any(|(known, value)| known == name && (value == "true" || value == "1"))
    }

    pub(crate) fn number(&self, name: &str) -> Result<Option<u64>, Refusal> {
        let parsed = self.get(name).map(str::parse).transpose();
        parsed.map_err(|_| Refusal::bad_request(format!("{name} must be a number")))
    }

    /// Whether the body is a merge patch (RFC 7386).
    pub(crate) fn is_merge_patch(&self) -> bool {
        self.content_type.starts_with("application/merge-patch+json")
    }

    /// The selectors of the request as one question about an object.
    pub(crate) fn selects(&self) -> Result<impl Fn(&Object) -> bool + Send + 'static, Refusal> {
        let fields = requirements(self.get("fieldSelector").unwrap_or_default());
        let labels = requirements(self.get("labelSelector").unwrap_or_default());
        for requirement in &fields {
            if pointer(&requirement.name).is_none() {
                return Err(Refusal::bad_request(format!("field label not supported: {}", requirement.name)));
            }
        }
        if labels.iter().any(|one| one.name.contains([' ', '(', ')'])) {
            return Err(Refusal::bad_request("labelSelector: this server reads =, ==, != and existence only"));
        }
        Ok(move |object: &Object| {
            fields.iter().all(|one| pointer(&one.name).is_some_and(|place| one.fits(Some(object.text(place)))))
                && labels.iter().all(|one| one.fits(object.label(&one.name)))
        })
    }
}

/// The fields a list may be narrowed by.
fn pointer(field: &str) -> Option<&'static str> {
    Some(match field {
        "metadata.name" => "/metadata/name",
        "metadata.namespace" => "/metadata/namespace",
        "spec.nodeName" => "/spec/nodeName",
        "status.phase" => "/status/phase",
        "status.podIP" => "/status/podIP",
        "type" => "/type",
        "reason" => "/reason",
        "involvedObject.name" => "/involvedObject/name",
        "involvedObject.kind" => "/involvedObject/kind",
        "involvedObject.uid" => "/involvedObject/uid",
        "involvedObject.namespace" => "/involvedObject/namespace",
        _ => return None,
    })
}

#[derive(Debug)]
struct Requirement {
    name: String,
    wanted: Wanted,
}

#[derive(Debug)]
enum Wanted {
    Is(String),
    IsNot(String),
    Exists,
    IsAbsent,
}

impl Requirement {
    fn fits(&self, found: Option<&str>) -> bool {
        match &self.wanted {
            Wanted::Is(value) => found == Some(value),
            Wanted::IsNot(value) => found != Some(value),
            Wanted::Exists => found.is_some(),
            Wanted::IsAbsent => found.is_none(),
        }
    }
}

fn requirements(selector: &str) -> Vec<Requirement> {
    let one = |text: &str| {
        let (name, wanted) = if let Some((name, value)) = text.split_once("!=") {
            (name, Wanted::IsNot(value.to_owned()))
        } else if let Some((name, value)) = text.split_once("==").or_else(|| text.split_once('=')) {
            (name, Wanted::Is(value.to_owned()))
        } else if let Some(name) = text.strip_prefix('!') {
            (name, Wanted::IsAbsent)
        } else {
            (text, Wanted::Exists)
        };
        Requirement { name: name.trim().to_owned(), wanted }
    };
    selector.split(',').map(str::trim).filter(|text| !text.is_empty()).map(one).collect()
}

/// Percent-decoding (RFC 3986 §2.1); `+` is a space, as in forms.
fn decode(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [byte, tail @ ..] = rest {
        let digits = tail.get(..2).and_then(|pair| std::str::from_utf8(pair).ok());
        let escaped = digits.and_then(|pair| u8::from_str_radix(pair, 16).ok()).filter(|_| *byte == b'%');
        bytes.push(escaped.unwrap_or(if *byte == b'+' { b' ' } else { *byte }));
        rest = if escaped.is_some() { &tail[2..] } else { tail };
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use serde_json::json;

    use super::*;

    fn selects(text: &str) -> bool {
        let object =
            Arc::new(json!({"metadata": {"name": "web-0", "labels": {"app": "web"}}, "status": {"phase": "Running"}}));
        let query = Query::of(text, &HeaderMap::new());
        query.selects().expect("is understood")(&object)
    }

    #[test]
    fn selectors_narrow_by_labels_and_fields() {
        assert!(selects("labelSelector=app%3Dweb&fieldSelector=status.phase%3DRunning"));
        assert!(selects("labelSelector=app,!other"));
        assert!(!selects("labelSelector=app%21%3Dweb"));
        assert!(!selects("fieldSelector=metadata.name=web-1"));
        let query = Query::of("fieldSelector=spec.other=1", &HeaderMap::new());
        assert!(query.selects().is_err());
    }
}
