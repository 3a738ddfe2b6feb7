//! Who is told: the part of a watch that stands only in configuration files.

use std::time::Duration;

use proconsul_base::text::duration;
use serde_json::Value;

use super::parameters::{Parameters, Plan, PlanError};

/// How long a server may take to be told, unless the file says otherwise; Consul's `defaultTimeout`.
const HTTP_TIMEOUT: Duration = Duration::from_secs(10);

/// A watch of a configuration file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Watch {
    /// What is followed.
    pub plan: Plan,
    /// Who is told.
    pub handler: HandlerSettings,
}

/// Who is told of changes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HandlerSettings {
    /// A program, with the news on its standard input.
    Script(Words),
    /// A server, with the news in the body.
    Http {
        /// The whole URL.
        path: String,
        /// The method; POST unless given.
        method: String,
        /// Headers to send, by name and value.
        header: Vec<(String, String)>,
        /// How long it may take.
        timeout: Duration,
    },
}

/// How a program is called.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Words {
    /// Program and arguments (`args`).
    Arguments(Vec<String>),
    /// A line for the shell (`handler`).
    Shell(String),
}

/// Why a block is no watch. The texts are Consul's where Consul has one.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WatchMistake {
    /// Nothing to follow.
    #[error(transparent)]
    Plan(#[from] PlanError),
    /// Nobody to tell.
    #[error("Must define a watch handler")]
    NoHandler,
    /// `handler` and `args`.
    #[error("Only one watch handler allowed")]
    TwoHandlers,
    /// A `handler_type` nobody knows.
    #[error("Handler type '{0}' not recognized")]
    HandlerType(String),
    /// A server without its settings.
    #[error("Handler type 'http' requires 'http_handler_config' to be set")]
    NoHttpSettings,
    /// A server without its address.
    #[error("Failed to parse 'http_handler_config': Requires 'path' to be set")]
    NoPath,
    /// A setting of the server that is of another kind, or none.
    #[error("Failed to parse 'http_handler_config': {0}")]
    Http(String),
}

impl Watch {
    /// The watch of a block with these parameters.
    ///
    /// # Errors
    /// [`WatchMistake`].
    pub fn read(mut parameters: Parameters) -> Result<Self, WatchMistake> {
        let kind = parameters.text("handler_type")?;
        let handler = match kind.as_deref() {
            None | Some("script") => script(&mut parameters)?,
            Some("http") => http(&mut parameters)?,
            Some(other) => return Err(WatchMistake::HandlerType(other.to_owned())),
        };
        Ok(Self { plan: parameters.plan()?, handler })
    }
}

fn script(parameters: &mut Parameters) -> Result<HandlerSettings, WatchMistake> {
    match (parameters.text("handler")?, parameters.texts("args")?) {
        (Some(_), words) if !words.is_empty() => Err(WatchMistake::TwoHandlers),
        (Some(line), _) => Ok(HandlerSettings::Script(Words::Shell(line))),
        (None, words) if words.is_empty() => Err(WatchMistake::NoHandler),
        (None, words) => Ok(HandlerSettings::Script(Words::Arguments(words))),
    }
}

fn http(parameters: &mut Parameters) -> Result<HandlerSettings, WatchMistake> {
    let settings = parameters.take("http_handler_config").ok_or(WatchMistake::NoHttpSettings)?;
    // A block that stands alone in HCL is a list of one in Consul's eyes.
    let settings = match settings {
        Value::Array(mut blocks) if blocks.len() == 1 => blocks.remove(0),
        other => other,
    };
    let Value::Object(settings) = settings else {
        return Err(WatchMistake::Http("expected a map".to_owned()));
    };
    let mut settings = Parameters::new(settings);
    let wrong = |error: PlanError| WatchMistake::Http(error.to_string());
    let path = settings.text("path").map_err(wrong)?.ok_or(WatchMistake::NoPath)?;
    let method = settings.text("method").map_err(wrong)?.unwrap_or_else(|| "POST".to_owned());
    let timeout = match settings.text("timeout").map_err(wrong)? {
        None => HTTP_TIMEOUT,
        Some(text) => duration::parse(&text).map_err(|error| WatchMistake::Http(error.to_string()))?,
    };
    // Certificates come with TLS; an address that needs them is refused when it is told.
    settings.truth("tls_skip_verify").map_err(wrong)?;
    let header = headers(settings.take("header"))?;
    settings.nothing_left().map_err(wrong)?;
    Ok(HandlerSettings::Http { path, method, header, timeout })
}

/// A block of lists of values.
fn headers(value: Option<Value>) -> Result<Vec<(String, String)>, WatchMistake> {
    let wrong = || WatchMistake::Http("expecting header to be a map of lists of strings".to_owned());
    let Some(value) = value else { return Ok(Vec::new()) };
    let Value::Object(named) = value else { return Err(wrong()) };
    let mut headers = Vec::new();
    for (name, values) in named {
        let values = if let Value::Array(values) = values { values } else { vec![values] };
        for value in values {
            headers.push((name.clone(), value.as_str().ok_or_else(wrong)?.to_owned()));
        }
    }
    Ok(headers)
}
