//! Who is told: a program that finds the news on its standard input, or a server that gets them by HTTP.

use std::io;
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use proconsul_agent::watch::{HandlerSettings, Words};
use proconsul_api::{Address, AddressError, ApiError, Client, Method, Question, Settings};
use proconsul_base::limit;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWriteExt};
use tokio::process::{Child, Command};

use crate::follow::Told;

/// The variable that holds the index or the hash.
const INDEX: &str = "CONSUL_INDEX";

/// Who is told of changes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Handler {
    /// A program.
    Script(Script),
    /// A server.
    Http(HttpHandler),
}

impl TryFrom<&HandlerSettings> for Handler {
    type Error = HandlerError;

    fn try_from(settings: &HandlerSettings) -> Result<Self, HandlerError> {
        Ok(match settings {
            HandlerSettings::Script(words) => Self::Script(Script(words.clone())),
            HandlerSettings::Http { path, method, header, timeout } => Self::Http(HttpHandler {
                path: path.clone(),
                method: method.parse().map_err(|_| HandlerError::Method(method.clone()))?,
                header: header.clone(),
                timeout: *timeout,
            }),
        })
    }
}

/// A handler that was not told, or that failed.
#[derive(Debug, thiserror::Error)]
pub enum HandlerError {
    /// No words to run.
    #[error("the handler has no words")]
    NoWords,
    /// The program could not be run.
    #[error("failed to run {0}: {1}")]
    Run(String, io::Error),
    /// The program ended badly, with this output.
    #[error("{0}")]
    Status(ExitStatus, String),
    /// The news have no form in JSON.
    #[error(transparent)]
    Document(#[from] serde_json::Error),
    /// The server's address is none.
    #[error("the handler's path {0:?}: {1}")]
    Address(String, AddressError),
    /// No method of HTTP.
    #[error("{0:?} is no HTTP method")]
    Method(String),
    /// The server could not be asked.
    #[error(transparent)]
    Api(#[from] ApiError),
    /// The server did not answer in time.
    #[error("no answer within {0:?}")]
    Late(Duration),
}

impl Handler {
    /// Tells it, and waits until it is done. Gives back what it printed or answered, as far as it is kept.
    ///
    /// # Errors
    /// Any [`HandlerError`].
    pub async fn tell(&self, told: &Told) -> Result<String, HandlerError> {
        match self {
            Self::Script(script) => script.tell(told).await,
            Self::Http(http) => http.tell(told).await,
        }
    }
}

/// The command of a program, with nothing but its words; a line is for the shell in `SHELL`, else `/bin/sh`.
///
/// # Errors
/// [`HandlerError::NoWords`].
pub fn command(words: &Words) -> Result<Command, HandlerError> {
    match words {
        Words::Arguments(words) => {
            let (program, rest) = words.split_first().ok_or(HandlerError::NoWords)?;
            let mut command = Command::new(program);
            command.args(rest);
            Ok(command)
        }
        Words::Shell(line) => {
            let shell = std::env::var_os("SHELL").filter(|shell| !shell.is_empty());
            let mut command = Command::new(shell.unwrap_or_else(|| "/bin/sh".into()));
            command.arg("-c").arg(line);
            Ok(command)
        }
    }
}

/// The words as a person would write them.
pub fn shown(words: &Words) -> String {
    match words {
        Words::Arguments(words) => words.join(" "),
        Words::Shell(line) => line.clone(),
    }
}

/// A program that is run for each change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Script(pub Words);

impl Script {
    /// Runs it with its output kept.
    async fn tell(&self, told: &Told) -> Result<String, HandlerError> {
        let mut child = self.start(told, Stdio::piped)?;
        let outputs = (child.stdout.take(), child.stderr.take());
        let (status, out, err) = tokio::join!(self.feed(&mut child, told), kept(outputs.0), kept(outputs.1));
        let output = out + &err;
        let status = status?;
        if status.success() { Ok(output) } else { Err(HandlerError::Status(status, output)) }
    }

    /// Runs it with its output going where ours goes.
    ///
    /// # Errors
    /// It could not be run.
    pub async fn tell_openly(&self, told: &Told) -> Result<ExitStatus, HandlerError> {
        let mut child = self.start(told, Stdio::inherit)?;
        self.feed(&mut child, told).await
    }

    fn start(&self, told: &Told, output: fn() -> Stdio) -> Result<Child, HandlerError> {
        let mut command = command(&self.0)?;
        command.env(INDEX, &told.mark).stdin(Stdio::piped()).stdout(output()).stderr(output()).kill_on_drop(true);
        command.spawn().map_err(|error| self.failed(error))
    }

    async fn feed(&self, child: &mut Child, told: &Told) -> Result<ExitStatus, HandlerError> {
        let line = told.line()?;
        let input = child.stdin.take();
        let write = async {
            if let Some(mut input) = input {
                // A program that does not want to know has closed its end.
                let _ = input.write_all(line.as_bytes()).await;
            }
        };
        let ((), status) = tokio::join!(write, child.wait());
        status.map_err(|error| self.failed(error))
    }

    fn failed(&self, error: io::Error) -> HandlerError {
        HandlerError::Run(shown(&self.0), error)
    }
}

/// The first bytes of what is printed; the rest is read, so that nobody waits, and dropped.
async fn kept(output: Option<impl AsyncRead + Unpin>) -> String {
    let Some(mut output) = output else { return String::new() };
    let mut text = Vec::new();
    // What was printed before the pipe broke is as good as any.
    let _ = (&mut output).take(limit::WATCH_OUTPUT_BYTES as u64).read_to_end(&mut text).await;
    let _ = tokio::io::copy(&mut output, &mut tokio::io::sink()).await;
    String::from_utf8_lossy(&text).into_owned()
}

/// A server that is asked for each change (`http_handler_config`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HttpHandler {
    /// The whole URL.
    pub path: String,
    /// The method; POST unless given.
    pub method: Method,
    /// Headers to send.
    pub header: Vec<(String, String)>,
    /// How long it may take.
    pub timeout: Duration,
}

impl HttpHandler {
    async fn tell(&self, told: &Told) -> Result<String, HandlerError> {
        let (origin, target) = parts(&self.path);
        let address = Address::parse(origin, false);
        let address = address.map_err(|error| HandlerError::Address(self.path.clone(), error))?;
        let client = Client::new(Settings::new(address));
        let line = told.line()?;
        let mut question = Question::as_is(self.method.clone(), &target).header("Content-Type", "application/json");
        question = question.header("X-Consul-Index", &told.mark);
        for (name, value) in &self.header {
            question = question.header(name, value);
        }
        let question = question.body(line.into_bytes());
        let asked = tokio::time::timeout(self.timeout, client.ask(question)).await;
        let answer = asked.map_err(|_| HandlerError::Late(self.timeout))??;
        let text = String::from_utf8_lossy(answer.body());
        let answer_text: String = text.chars().take(limit::WATCH_OUTPUT_BYTES).collect();
        if (200..300).contains(&answer.status()) {
            return Ok(answer_text);
        }
        Err(HandlerError::Api(ApiError::Status { code: answer.status(), text: answer_text }))
    }
}

/// A URL as `http://host:port` and what follows.
fn parts(url: &str) -> (&str, String) {
    let authority = url.find("://").map_or(0, |place| place + 3);
    let end = url[authority..].find(['/', '?']).map_or(url.len(), |place| authority + place);
    let target = match &url[end..] {
        "" => "/".to_owned(),
        query if query.starts_with('?') => format!("/{query}"),
        path => path.to_owned(),
    };
    (&url[..end], target)
}
