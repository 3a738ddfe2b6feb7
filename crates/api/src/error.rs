//! Why a question to an agent has no answer, in the words of Consul's client.

use std::io;

use hyper::Method;

/// Why a question has no answer.
#[derive(Debug, thiserror::Error)]
pub enum ApiError {
    /// The agent was not reached, or did not answer to the end.
    #[error("{method} \"{url}\"")]
    Transport {
        /// Written as Go writes it here: `Get`.
        method: String,
        /// The whole URL.
        url: String,
        /// What went wrong.
        #[source]
        cause: Cause,
    },
    /// It answered, and refused.
    #[error("Unexpected response code: {code} ({text})")]
    Status {
        /// The HTTP status.
        code: u16,
        /// The body, which says why.
        text: String,
    },
    /// It answered with something else than was expected.
    #[error("the agent's answer is not readable")]
    Unreadable(#[source] serde_json::Error),
    /// This machine lacks what a runtime needs.
    #[error("the runtime for network input cannot be started")]
    Runtime(#[source] io::Error),
}

impl ApiError {
    pub(crate) fn transport(method: &Method, url: &str, cause: Cause) -> Self {
        let name = method.as_str();
        let method = name[..1].to_owned() + &name[1..].to_lowercase();
        Self::Transport { method, url: url.to_owned(), cause }
    }
}

/// What went wrong on the way.
#[derive(Debug, thiserror::Error)]
pub enum Cause {
    /// A name that nobody knows.
    #[error("dial tcp: lookup {0}: no such host")]
    NoSuchHost(String),
    /// No connection: the kind and address of the socket, and why.
    #[error("dial {0}: connect: {text}", text = cause(.1))]
    Dial(String, io::Error),
    /// The connection broke, or what came over it is no HTTP.
    #[error("{0}")]
    Http(#[from] hyper::Error),
    /// What was asked cannot be put into a request: a token with a newline, for instance.
    #[error("{0}")]
    Request(#[from] hyper::http::Error),
}

/// The operating system's own words, in lower case, without the number that Rust adds.
pub fn cause(error: &io::Error) -> String {
    let text = error.to_string();
    let text = text.split(" (os error").next().unwrap_or(&text);
    let mut letters = text.chars();
    letters.next().map_or(String::new(), |first| first.to_lowercase().chain(letters).collect())
}
