//! What reads of the catalog and of health have in common: which nodes, which tags, near whom.

use std::net::IpAddr;

use hyper::HeaderMap;
use proconsul_calls::catalog::{Near, NodeMeta};

use crate::cx::Cx;
use crate::error::HttpError;
use crate::query::Query;

impl<D> Cx<'_, D> {
    /// Whose neighbours come first: `?near=_agent`, `_ip` or a node.
    pub(crate) fn near(&self) -> Near {
        match self.query.filled("near") {
            None => Near::Nowhere,
            Some("_agent") => Near::Agent,
            Some("_ip") => Near::Address(asker(self.headers, self.client)),
            Some(node) => Near::Node(node.into()),
        }
    }

    /// The metadata that nodes must have: `?node-meta=name:value`, several times for several.
    pub(crate) fn node_meta(&self) -> NodeMeta {
        node_meta(&self.query)
    }

    /// The tags that instances must have: `?tag=`, several times for several.
    pub(crate) fn tags(&self) -> Vec<String> {
        self.query.all("tag").map(str::to_owned).collect()
    }

    /// Whether only instances are wanted whose checks all pass.
    pub(crate) fn passing(&self) -> Result<bool, HttpError> {
        match self.query.get("passing") {
            None => Ok(false),
            Some("" | "1" | "t" | "T" | "true" | "TRUE" | "True") => Ok(true),
            Some("0" | "f" | "F" | "false" | "FALSE" | "False") => Ok(false),
            Some(_) => Err(HttpError::Passing),
        }
    }
}

fn node_meta(query: &Query<'_>) -> NodeMeta {
    let pair = |text: &str| {
        let (name, value) = text.split_once(':').unwrap_or((text, ""));
        (name.to_owned(), value.to_owned())
    };
    query.all("node-meta").map(pair).collect()
}

/// Who asks: the first address that a proxy says it asks for, else the one of the connection.
fn asker(headers: &HeaderMap, client: IpAddr) -> IpAddr {
    let forwarded = headers.get("x-forwarded-for").and_then(|value| value.to_str().ok());
    let first = forwarded.and_then(|list| list.split(',').next()).and_then(|text| text.trim().parse().ok());
    first.unwrap_or(client).to_canonical()
}

#[cfg(test)]
mod tests {
    use hyper::header::HeaderValue;

    use super::*;

    #[test]
    fn metadata_is_split_at_its_first_colon() {
        let query = Query::parse(Some("node-meta=rack:r1:x&node-meta=os&tag=a")).unwrap();
        let pairs = [("rack", "r1:x"), ("os", "")].map(|(name, value)| (name.to_owned(), value.to_owned()));
        assert_eq!(node_meta(&query), pairs);
    }

    #[test]
    fn who_asks_through_a_proxy_is_told_by_it() {
        let mut headers = HeaderMap::new();
        let client = "::ffff:192.0.2.1".parse().unwrap();
        assert_eq!(asker(&headers, client).to_string(), "192.0.2.1");
        headers.insert("x-forwarded-for", HeaderValue::from_static("10.0.0.1, 10.0.0.2"));
        assert_eq!(asker(&headers, client).to_string(), "10.0.0.1");
        headers.insert("x-forwarded-for", HeaderValue::from_static("unknown"));
        assert_eq!(asker(&headers, client).to_string(), "192.0.2.1");
    }
}
