//! `host:port` taken apart by the rules of Go's `net.SplitHostPort`.

/// Why an address is none, with Go's texts.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum AddressError {
    #[error("address {0}: missing port in address")]
    MissingPort(String),
    #[error("address {0}: too many colons in address")]
    TooManyColons(String),
    #[error("address {0}: missing ']' in address")]
    MissingBracket(String),
    #[error("address {0}: invalid port")]
    InvalidPort(String),
    #[error("address tcp/{0}: unknown port")]
    UnknownPort(String),
}

/// Host and port; an IPv6 address stands in brackets. Of the names of ports, those of the web are known.
pub(crate) fn split(target: &str) -> Result<(&str, u16), AddressError> {
    let whole = || target.to_owned();
    let (host, port) = match target.strip_prefix('[') {
        Some(rest) => {
            let (host, port) = rest.split_once(']').ok_or_else(|| AddressError::MissingBracket(whole()))?;
            (host, port.strip_prefix(':').ok_or_else(|| AddressError::MissingPort(whole()))?)
        }
        None => target.rsplit_once(':').ok_or_else(|| AddressError::MissingPort(whole()))?,
    };
    if !target.starts_with('[') && host.contains(':') {
        return Err(AddressError::TooManyColons(whole()));
    }
    match port {
        "http" => Ok((host, 80)),
        "https" => Ok((host, 443)),
        _ if port.bytes().all(|byte| byte.is_ascii_digit()) => {
            let number = if port.is_empty() { Ok(0) } else { port.parse() };
            Ok((host, number.map_err(|_| AddressError::InvalidPort(port.to_owned()))?))
        }
        _ => Err(AddressError::UnknownPort(port.to_owned())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_and_ports_are_told_apart() {
        assert_eq!(split("10.0.0.1:80"), Ok(("10.0.0.1", 80)));
        assert_eq!(split("[::1]:http"), Ok(("::1", 80)));
        assert_eq!(split("db.local:https"), Ok(("db.local", 443)));
        assert_eq!(split(":7"), Ok(("", 7)));
    }

    #[test]
    fn what_is_no_address_is_refused_in_gos_words() {
        let told = |target| split(target).unwrap_err().to_string();
        assert_eq!(told("127.0.0.1"), "address 127.0.0.1: missing port in address");
        assert_eq!(told("::1:80"), "address ::1:80: too many colons in address");
        assert_eq!(told("[::1"), "address [::1: missing ']' in address");
        assert_eq!(told("a:99999"), "address 99999: invalid port");
        assert_eq!(told("a:nosuchport"), "address tcp/nosuchport: unknown port");
    }
}
