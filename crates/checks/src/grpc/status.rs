//! How a gRPC call ended, told as Go's library tells it.

use hyper::{HeaderMap, StatusCode};

/// An end that is no success.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("rpc error: code = {code:?} desc = {description}")]
pub(super) struct GrpcStatus {
    code: Code,
    description: String,
}

/// The codes of gRPC, by the names of Go's library.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Code {
    Canceled,
    Unknown,
    InvalidArgument,
    DeadlineExceeded,
    NotFound,
    AlreadyExists,
    PermissionDenied,
    ResourceExhausted,
    FailedPrecondition,
    Aborted,
    OutOfRange,
    Unimplemented,
    Internal,
    Unavailable,
    DataLoss,
    Unauthenticated,
}

/// In the order of their numbers, from 1.
const CODES: [Code; 16] = [
    Code::Canceled,
    Code::Unknown,
    Code::InvalidArgument,
    Code::DeadlineExceeded,
    Code::NotFound,
    Code::AlreadyExists,
    Code::PermissionDenied,
    Code::ResourceExhausted,
    Code::FailedPrecondition,
    Code::Aborted,
    Code::OutOfRange,
    Code::Unimplemented,
    Code::Internal,
    Code::Unavailable,
    Code::DataLoss,
    Code::Unauthenticated,
];

impl GrpcStatus {
    pub(super) fn new(code: Code, description: String) -> Self {
        Self { code, description }
    }

    /// No connection.
    pub(super) fn transport(reason: &str) -> Self {
        Self::new(Code::Unavailable, format!("connection error: desc = \"transport: {reason}\""))
    }

    /// The timeout passed.
    pub(super) fn late() -> Self {
        Self::new(Code::DeadlineExceeded, "context deadline exceeded".to_owned())
    }

    /// What a server that speaks HTTP/2 but no gRPC means.
    pub(super) fn of_http(status: StatusCode) -> Self {
        let code = match status.as_u16() {
            400 => Code::Internal,
            401 => Code::Unauthenticated,
            403 => Code::PermissionDenied,
            404 => Code::Unimplemented,
            429 | 502..=504 => Code::Unavailable,
            _ => Code::Unknown,
        };
        let reason = status.canonical_reason().unwrap_or_default();
        Self::new(
            code,
            format!("{reason}: HTTP status code {}; transport: missing content-type field", status.as_u16()),
        )
    }

    /// What these headers or trailers say; `None` for success and for silence.
    pub(super) fn told(headers: &HeaderMap) -> Option<Self> {
        let number = headers.get("grpc-status")?.to_str().ok().and_then(|number| number.parse::<usize>().ok());
        if number == Some(0) {
            return None;
        }
        let code = number.and_then(|number| CODES.get(number.checked_sub(1)?)).copied().unwrap_or(Code::Unknown);
        let description = headers.get("grpc-message").map_or_else(String::new, |message| unescaped(message.as_bytes()));
        Some(Self { code, description })
    }
}

/// The message is text in which everything but printable ASCII is escaped with percent signs.
fn unescaped(mut rest: &[u8]) -> String {
    let mut out = Vec::with_capacity(rest.len());
    while let Some((&first, after)) = rest.split_first() {
        let digits = after.get(..2).filter(|_| first == b'%').and_then(|digits| std::str::from_utf8(digits).ok());
        let escaped = digits.and_then(|digits| u8::from_str_radix(digits, 16).ok());
        out.push(escaped.unwrap_or(first));
        rest = if escaped.is_some() { &after[2..] } else { after };
    }
    String::from_utf8_lossy(&out).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(number: &str, message: &str) -> Option<String> {
        let mut headers = HeaderMap::new();
        headers.insert("grpc-status", number.parse().unwrap());
        headers.insert("grpc-message", message.parse().unwrap());
        GrpcStatus::told(&headers).map(|status| status.to_string())
    }

    #[test]
    fn an_end_is_told_with_the_name_of_its_code() {
        assert_eq!(told("0", ""), None);
        assert_eq!(told("5", "unknown service").unwrap(), "rpc error: code = NotFound desc = unknown service");
        assert_eq!(told("12", "100%25 no").unwrap(), "rpc error: code = Unimplemented desc = 100% no");
        assert_eq!(told("99", "%zz").unwrap(), "rpc error: code = Unknown desc = %zz");
        assert_eq!(GrpcStatus::told(&HeaderMap::new()), None);
    }
}
