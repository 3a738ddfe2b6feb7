//! Failures of the handshake in Go's words, where there are such.

use std::io;
use std::time::{Duration, UNIX_EPOCH};

use proconsul_base::text::stamp;
use rustls::pki_types::{ServerName, UnixTime};
use rustls::{AlertDescription, CertificateError, Error};

use crate::network;

/// Why the handshake failed.
pub(crate) fn handshake_reason(error: &io::Error) -> String {
    match error.get_ref().and_then(|inner| inner.downcast_ref::<Error>()) {
        Some(Error::InvalidCertificate(error)) => format!("x509: {}", certificate_reason(error)),
        Some(Error::InvalidMessage(_)) => "tls: first record does not look like a TLS handshake".to_owned(),
        Some(Error::AlertReceived(alert)) => format!("remote error: tls: {}", alert_reason(*alert)),
        Some(other) => format!("tls: {other}"),
        None if error.kind() == io::ErrorKind::UnexpectedEof => "EOF".to_owned(),
        None => network::reason(error),
    }
}

/// Whether what answered does not speak TLS.
pub(crate) fn is_plain(error: &io::Error) -> bool {
    let inner = error.get_ref().and_then(|inner| inner.downcast_ref::<Error>());
    matches!(inner, Some(Error::InvalidMessage(_)))
}

fn certificate_reason(error: &CertificateError) -> String {
    let validity = "certificate has expired or is not yet valid";
    match error {
        CertificateError::UnknownIssuer | CertificateError::BadSignature => {
            "certificate signed by unknown authority".to_owned()
        }
        CertificateError::ExpiredContext { time, not_after } => {
            format!("{validity}: current time {} is after {}", at(*time), at(*not_after))
        }
        CertificateError::NotValidYetContext { time, not_before } => {
            format!("{validity}: current time {} is before {}", at(*time), at(*not_before))
        }
        CertificateError::Expired | CertificateError::NotValidYet => validity.to_owned(),
        CertificateError::NotValidForNameContext { expected, presented } => name_reason(expected, presented),
        // An authority's own certificate, which signs itself, in the place of a server's.
        CertificateError::Other(other) if other.0.to_string().contains("CaUsedAsEndEntity") => {
            "certificate signed by unknown authority".to_owned()
        }
        other => other.to_string(),
    }
}

fn name_reason(expected: &ServerName<'_>, presented: &[String]) -> String {
    let expected_name = expected.to_str();
    let is_address = matches!(expected, ServerName::IpAddress(_));
    let kind = if is_address { "IpAddress(" } else { "DnsName(" };
    let of_kind: Vec<_> = presented.iter().filter_map(|name| plain(name, kind)).collect();
    match (is_address, of_kind.is_empty()) {
        (true, true) => {
            format!("cannot validate certificate for {expected_name} because it doesn't contain any IP SANs")
        }
        (false, true) => format!("certificate is not valid for any names, but wanted to match {expected_name}"),
        _ => format!("certificate is valid for {}, not {expected_name}", of_kind.join(", ")),
    }
}

/// The name inside the form in which names are presented: `DnsName("db.example")`, `IpAddress(10.0.0.1)`.
fn plain<'a>(name: &'a str, kind: &str) -> Option<&'a str> {
    Some(name.strip_prefix(kind)?.strip_suffix(')')?.trim_matches('"'))
}

fn at(time: UnixTime) -> String {
    stamp::utc(UNIX_EPOCH + Duration::from_secs(time.as_secs()), 0)
}

/// The texts of Go's `crypto/tls` for what servers of the field send.
fn alert_reason(alert: AlertDescription) -> String {
    match alert {
        AlertDescription::HandshakeFailure => "handshake failure".to_owned(),
        AlertDescription::ProtocolVersion => "protocol version not supported".to_owned(),
        AlertDescription::BadCertificate => "bad certificate".to_owned(),
        AlertDescription::CertificateRequired => "certificate required".to_owned(),
        AlertDescription::UnrecognisedName => "unrecognized name".to_owned(),
        AlertDescription::NoApplicationProtocol => "no application protocol".to_owned(),
        AlertDescription::InternalError => "internal error".to_owned(),
        AlertDescription::UnknownCA => "unknown certificate authority".to_owned(),
        other => format!("{other:?}"),
    }
}
