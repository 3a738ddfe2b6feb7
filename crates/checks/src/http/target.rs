//! Addresses of the web taken apart, as far as a check needs it, with the mistakes in Go's words.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

/// Why an address cannot be asked, with the texts of Go's `net/url` and `net/http`.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum TargetError {
    #[error("parse {0:?}: missing ']' in host")]
    Bracket(String),
    #[error("parse {0:?}: first path segment in URL cannot contain colon")]
    FirstSegment(String),
    #[error("parse {0:?}: net/url: invalid control character in URL")]
    Control(String),
    #[error("parse {0:?}: invalid port {1:?} after host")]
    Port(String, String),
    #[error("unsupported protocol scheme {0:?}")]
    Scheme(String),
    #[error("http: no Host in request URL")]
    NoHost,
}

impl TargetError {
    /// Whether it was noticed before anything could be asked, so that no request is named.
    pub(super) fn is_syntax(&self) -> bool {
        !matches!(self, Self::Scheme(_) | Self::NoHost)
    }
}

/// Where a request goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Target {
    /// The whole address without fragment; a password in it is hidden.
    pub(super) text: String,
    pub(super) secure: bool,
    /// Without brackets.
    pub(super) host: String,
    pub(super) port: u16,
    /// Host, and port if it was given, as in the header.
    pub(super) authority: String,
    /// Path and query, escaped.
    pub(super) path: String,
    /// `Basic …`, when the address names a user.
    pub(super) authorization: Option<String>,
}

impl Target {
    pub(super) fn parse(text: &str) -> Result<Self, TargetError> {
        let whole = || text.to_owned();
        if text.bytes().any(|byte| byte < b' ' || byte == 0x7f) {
            return Err(TargetError::Control(whole()));
        }
        let text = text.split('#').next().unwrap_or_default();
        let Some((scheme, rest)) = text.split_once("://").filter(|(scheme, _)| is_scheme(scheme)) else {
            let first = text.split(['/', '?']).next().unwrap_or_default();
            return match first.split_once(':') {
                Some((scheme, _)) if is_scheme(scheme) => Err(TargetError::Scheme(scheme.to_owned())),
                Some(_) => Err(TargetError::FirstSegment(whole())),
                None => Err(TargetError::Scheme(String::new())),
            };
        };
        let (authority, path) = rest.split_at(rest.find(['/', '?']).unwrap_or(rest.len()));
        let (user, authority) = match authority.rsplit_once('@') {
            Some((user, authority)) => (Some(user), authority),
            None => (None, authority),
        };
        let (host, port) = host_and_port(authority, &whole)?;
        let secure = match scheme.to_ascii_lowercase().as_str() {
            "http" => false,
            "https" => true,
            other => return Err(TargetError::Scheme(other.to_owned())),
        };
        if host.is_empty() && port.is_none() {
            return Err(TargetError::NoHost);
        }
        let shown = user.map_or_else(String::new, |user| format!("{}@", hidden(user)));
        let slash = if path.starts_with('/') { "" } else { "/" };
        Ok(Self {
            text: format!("{scheme}://{shown}{authority}{path}"),
            secure,
            host: host.to_owned(),
            port: port.unwrap_or(if secure { 443 } else { 80 }),
            authority: authority.to_owned(),
            path: format!("{slash}{}", escaped(path)),
            authorization: user.map(|user| format!("Basic {}", STANDARD.encode(unescaped(user)))),
        })
    }

    /// Where `location`, the header of a redirection from here, leads.
    pub(super) fn follow(&self, location: &str) -> Result<Self, TargetError> {
        let scheme = if self.secure { "https" } else { "http" };
        if location.split_once("://").is_some_and(|(scheme, _)| is_scheme(scheme)) {
            return Self::parse(location);
        }
        if location.starts_with("//") {
            return Self::parse(&format!("{scheme}:{location}"));
        }
        let path = self.path.split('?').next().unwrap_or_default();
        let folder = &path[..=path.rfind('/').unwrap_or(0)];
        let base = format!("{scheme}://{}", self.authority);
        Self::parse(&match location.chars().next() {
            Some('/') => format!("{base}{location}"),
            Some('?') => format!("{base}{path}{location}"),
            _ => format!("{base}{folder}{location}"),
        })
    }

    /// `host:port`, as connections want it.
    pub(super) fn address(&self) -> String {
        if self.host.contains(':') {
            format!("[{}]:{}", self.host, self.port)
        } else {
            format!("{}:{}", self.host, self.port)
        }
    }
}

fn is_scheme(text: &str) -> bool {
    text.starts_with(|first: char| first.is_ascii_alphabetic())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte))
}

fn host_and_port<'a>(authority: &'a str, whole: &impl Fn() -> String) -> Result<(&'a str, Option<u16>), TargetError> {
    let (host, port) = match authority.strip_prefix('[') {
        Some(rest) => rest.split_once(']').ok_or_else(|| TargetError::Bracket(whole()))?,
        None => authority.split_at(authority.find(':').unwrap_or(authority.len())),
    };
    match port.strip_prefix(':') {
        None if port.is_empty() => Ok((host, None)),
        Some("") => Ok((host, None)),
        Some(digits) if digits.bytes().all(|byte| byte.is_ascii_digit()) => {
            digits.parse().map(|port| (host, Some(port))).map_err(|_| TargetError::Port(whole(), port.to_owned()))
        }
        _ => Err(TargetError::Port(whole(), port.to_owned())),
    }
}

/// The user without the password, as Go shows addresses in errors.
fn hidden(user: &str) -> String {
    user.split_once(':').map_or_else(|| user.to_owned(), |(name, _)| format!("{name}:***"))
}

/// What cannot stand in a request line is escaped; escapes that are there stay.
fn escaped(path: &str) -> String {
    path.bytes().fold(String::with_capacity(path.len()), |mut out, byte| {
        match byte {
            b'!'..=b'~' if !b"\"<>\\^`{|}".contains(&byte) => out.push(char::from(byte)),
            _ => out.push_str(&format!("%{byte:02X}")),
        }
        out
    })
}

fn unescaped(text: &str) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    let mut bytes = text.as_bytes();
    while let Some((&first, rest)) = bytes.split_first() {
        let escape = rest.get(..2).filter(|_| first == b'%').and_then(|digits| std::str::from_utf8(digits).ok());
        match escape.and_then(|digits| u8::from_str_radix(digits, 16).ok()) {
            Some(byte) => {
                out.push(byte);
                bytes = &rest[2..];
            }
            None => {
                out.push(first);
                bytes = rest;
            }
        }
    }
    out
}

#[cfg(test)]
mod tests;
