//! A program in a container: the engine is asked by its HTTP API to start it there, and says how it exited.

mod engine;

use std::time::Duration;

use hyper::{Method, StatusCode};
use proconsul_base::text::duration;
use serde::{Deserialize, Serialize};
use tokio::time::timeout;

pub use self::engine::{Engine, EngineError};
use self::engine::{Reply, ReplyError};
use crate::captured::Captured;
use crate::outcome::{Outcome, Status};

/// A program in a container.
#[derive(Debug)]
pub(crate) struct Docker {
    pub(crate) container: String,
    /// The program and its arguments.
    pub(crate) args: Vec<String>,
    pub(crate) timeout: Duration,
    /// How much of what it prints is told, in bytes.
    pub(crate) output_max: usize,
    pub(crate) engine: Engine,
}

/// The body of `/containers/{id}/exec`.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Create<'a> {
    attach_stdin: bool,
    attach_stdout: bool,
    attach_stderr: bool,
    tty: bool,
    cmd: &'a [String],
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Created {
    id: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Inspected {
    #[serde(default)]
    exit_code: Option<i64>,
}

/// Which of the three steps failed, and why.
#[derive(Debug, thiserror::Error)]
enum DockerError {
    #[error("{step} exec failed for container {container}: {source}")]
    Ask { step: &'static str, container: String, source: ReplyError },
    #[error("create exec failed for unknown container {0}")]
    NoContainer(String),
    #[error("{step} exec failed since container {container} is paused or stopped")]
    Paused { step: &'static str, container: String },
    #[error("{step} exec failed for container {container}: invalid exec id {id}")]
    NoExec { step: &'static str, container: String, id: String },
    #[error("{step} exec failed for container {container} with status {status}: {body}")]
    Refused { step: &'static str, container: String, status: u16, body: String },
    #[error("{step} exec response for container {container} cannot be parsed: {source}")]
    Parse { step: &'static str, container: String, source: serde_json::Error },
}

impl Docker {
    pub(crate) async fn run(&self) -> Outcome {
        let late = || format!("Timed out ({}) running check", duration::format(self.timeout));
        match timeout(self.timeout, self.ask()).await {
            Ok(Ok(outcome)) => outcome,
            Ok(Err(error)) => Outcome::critical(error),
            Err(_) => Outcome::critical(late()),
        }
    }

    async fn ask(&self) -> Result<Outcome, DockerError> {
        let id = self.create().await?;
        let captured = self.start(&id).await?;
        let status = Status::of_exit(self.inspect(&id).await?);
        Ok(Outcome { status, output: captured.told() })
    }

    async fn create(&self) -> Result<String, DockerError> {
        let create =
            Create { attach_stdin: false, attach_stdout: true, attach_stderr: true, tty: false, cmd: &self.args };
        let step = Step { docker: self, name: "create", id: "" };
        let body = serde_json::to_vec(&create).map_err(|source| step.unreadable(source))?;
        let path = format!("/containers/{}/exec", self.container);
        let reply = step.ask(Method::POST, &path, Some(body), StatusCode::CREATED).await?;
        let created: Created = step.read(reply).await?;
        Ok(created.id)
    }

    async fn start(&self, id: &str) -> Result<Captured, DockerError> {
        let step = Step { docker: self, name: "start", id };
        let body = br#"{"Detach":false,"Tty":true}"#.to_vec();
        let mut reply = step.ask(Method::POST, &format!("/exec/{id}/start"), Some(body), StatusCode::OK).await?;
        let mut captured = Captured::new(self.output_max);
        while let Some(data) = reply.data().await.map_err(|source| step.failed(source))? {
            captured.write(&data);
        }
        Ok(captured)
    }

    async fn inspect(&self, id: &str) -> Result<Option<i64>, DockerError> {
        let step = Step { docker: self, name: "inspect", id };
        let reply = step.ask(Method::GET, &format!("/exec/{id}/json"), None, StatusCode::OK).await?;
        let inspected: Inspected = step.read(reply).await?;
        Ok(inspected.exit_code)
    }
}

/// One of the three questions, for its errors.
struct Step<'a> {
    docker: &'a Docker,
    name: &'static str,
    /// The run that it is about; empty while there is none.
    id: &'a str,
}

impl Step<'_> {
    async fn ask(
        &self,
        method: Method,
        path: &str,
        body: Option<Vec<u8>>,
        expected: StatusCode,
    ) -> Result<Reply, DockerError> {
        let reply = self.docker.engine.ask(method, path, body).await.map_err(|source| self.failed(source))?;
        let (step, container) = (self.name, self.container());
        match reply.status() {
            status if status == expected => Ok(reply),
            StatusCode::NOT_FOUND if self.id.is_empty() => Err(DockerError::NoContainer(container)),
            StatusCode::NOT_FOUND => Err(DockerError::NoExec { step, container, id: self.id.to_owned() }),
            StatusCode::CONFLICT => Err(DockerError::Paused { step, container }),
            status => {
                let body = reply.text().await.map_err(|source| self.failed(source))?;
                Err(DockerError::Refused { step, container, status: status.as_u16(), body })
            }
        }
    }

    async fn read<T: for<'de> Deserialize<'de>>(&self, reply: Reply) -> Result<T, DockerError> {
        let text = reply.text().await.map_err(|source| self.failed(source))?;
        serde_json::from_str(&text).map_err(|source| self.unreadable(source))
    }

    fn container(&self) -> String {
        self.docker.container.clone()
    }

    fn failed(&self, source: ReplyError) -> DockerError {
        DockerError::Ask { step: self.name, container: self.container(), source }
    }

    fn unreadable(&self, source: serde_json::Error) -> DockerError {
        DockerError::Parse { step: self.name, container: self.container(), source }
    }
}

#[cfg(test)]
mod tests;
