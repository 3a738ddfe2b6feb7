//! What the HTTP API lets through and adds to its answers.

use std::collections::BTreeMap;
use std::time::Duration;

use super::Resolver;
use crate::config::{HttpSettings, Invalid};

impl Resolver<'_> {
    pub(super) fn http(&mut self) -> HttpSettings {
        let truth = |key, default| self.settings.boolean(key).unwrap_or(default);
        let (use_cache, unprintable_paths) =
            (truth("http_config.use_cache", true), truth("disable_http_unprintable_char_filter", false));
        HttpSettings {
            block_endpoints: self.settings.texts("http_config.block_endpoints").to_vec(),
            allow_write_from: self.allow_write_from(),
            response_headers: self.response_headers(),
            use_cache,
            unprintable_paths,
            translate_addresses: self.settings.boolean("translate_wan_addrs").unwrap_or(false),
            discovery_max_stale: self.settings.duration("discovery_max_stale").unwrap_or(Duration::ZERO),
        }
    }

    fn allow_write_from(&mut self) -> Vec<proconsul_base::cidr::Cidr> {
        let mut blocks = Vec::new();
        for text in self.settings.texts("http_config.allow_write_http_from") {
            match text.parse() {
                Ok(block) => blocks.push(block),
                Err(error) => self.refuse("http_config.allow_write_http_from", Invalid::Cidr(error)),
            }
        }
        blocks
    }

    fn response_headers(&mut self) -> BTreeMap<String, String> {
        let headers = self.settings.map("http_config.response_headers");
        for (name, value) in &headers {
            if !is_header(name, value) {
                self.refuse("http_config.response_headers", Invalid::Header(name.clone()));
            }
        }
        headers
    }
}

/// A name of RFC 9110's token characters and a value in one line of ASCII.
fn is_header(name: &str, value: &str) -> bool {
    let is_token = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
    !name.is_empty() && name.bytes().all(is_token) && value.bytes().all(|byte| matches!(byte, b' '..=b'~' | b'\t'))
}
