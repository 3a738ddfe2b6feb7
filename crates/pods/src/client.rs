//! The runtime's side of a shim's socket. Holds no connection between requests, so a shim outlives any number of runtimes.

use std::fs::File;
use std::io;
use std::os::fd::AsRawFd;
use std::path::{Path, PathBuf};
use std::time::Duration;

use proconsul_base::limit::SHIM_LINE_BYTES;
use serde::Serialize;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader, Lines, Take};
use tokio::net::UnixStream;

use crate::launch::ContainerLaunch;
use crate::protocol::{Refusal, Reply, Request, SOCKET};
use crate::status::PodProcesses;

/// A pod's shim, alive when this was made. Cheap to clone; every call opens its own connection.
#[derive(Clone, Debug)]
pub struct Shim {
    pod_dir: PathBuf,
}

/// Why a request to a shim has no result.
#[derive(Debug, thiserror::Error)]
pub enum ShimError {
    /// Nobody answers: the shim is gone, and its containers with it. [`crate::Host::adopt`] tells what they were doing.
    #[error("the shim of the pod in {} is gone", pod_dir.display())]
    Gone {
        /// The pod's folder.
        pod_dir: PathBuf,
        /// What connecting or reading said.
        source: io::Error,
    },
    /// The shim said no.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The answer does not fit the question: the shim is of another version.
    #[error("the shim of the pod in {} gave an answer of another version of this program", pod_dir.display())]
    Foreign {
        /// The pod's folder.
        pod_dir: PathBuf,
    },
}

impl Shim {
    pub(crate) fn new(pod_dir: PathBuf) -> Self {
        Self { pod_dir }
    }

    /// The pod's folder.
    pub fn pod_dir(&self) -> &Path {
        &self.pod_dir
    }

    /// Starts a container, again if an instance of it ended; returns when its program runs. What could not be had (cgroup
    /// limits) comes back in words for an event.
    pub async fn start(&self, container: ContainerLaunch) -> Result<Vec<String>, ShimError> {
        match self.ask(&Request::Start(Box::new(container))).await? {
            Reply::Started { warnings } => Ok(warnings),
            other => Err(self.unexpected(other)),
        }
    }

    /// Sends a signal to a container's main process.
    pub async fn signal(&self, container: &str, signal: i32) -> Result<(), ShimError> {
        self.done(&Request::Signal { container: container.to_owned(), signal }).await
    }

    /// SIGTERM to every container, SIGKILL to all that is left after the grace; returns when all are gone.
    pub async fn stop(&self, grace: Duration) -> Result<(), ShimError> {
        self.stop_named(None, grace).await
    }

    /// The same for one container; that it does not run is no error.
    pub async fn stop_container(&self, container: &str, grace: Duration) -> Result<(), ShimError> {
        self.stop_named(Some(container.to_owned()), grace).await
    }

    async fn stop_named(&self, container: Option<String>, grace: Duration) -> Result<(), ShimError> {
        let grace_ms = u64::try_from(grace.as_millis()).unwrap_or(u64::MAX);
        self.done(&Request::Stop { container, grace_ms }).await
    }

    /// What the containers are doing.
    pub async fn status(&self) -> Result<PodProcesses, ShimError> {
        match self.ask(&Request::Status).await? {
            Reply::Status(status) => Ok(status),
            other => Err(self.unexpected(other)),
        }
    }

    /// What the containers are doing, now and at every change.
    pub async fn watch(&self) -> Result<Watch, ShimError> {
        Ok(Watch { replies: self.open(&Request::Watch).await? })
    }

    /// Tells the shim to leave as soon as no container runs; returns when it is gone.
    pub async fn end(&self) -> Result<(), ShimError> {
        let mut replies = self.open(&Request::End).await?;
        while replies.next().await?.is_some() {}
        Ok(())
    }

    /// Signals that the log of a container's instance grew; ends with the instance.
    pub(crate) async fn follow(&self, container: &str, instance: u32) -> Result<Replies, ShimError> {
        self.open(&Request::Follow { container: container.to_owned(), instance }).await
    }

    async fn done(&self, request: &Request) -> Result<(), ShimError> {
        match self.ask(request).await? {
            Reply::Done => Ok(()),
            other => Err(self.unexpected(other)),
        }
    }

    async fn ask(&self, request: &Request) -> Result<Reply, ShimError> {
        let mut replies = self.open(request).await?;
        match replies.next().await? {
            Some(reply) => Ok(reply),
            None => Err(self.gone(io::ErrorKind::UnexpectedEof.into())),
        }
    }

    async fn open(&self, request: &Request) -> Result<Replies, ShimError> {
        let gone = |source| self.gone(source);
        let mut stream = connect(&self.pod_dir).await.map_err(gone)?;
        send(&mut stream, request).await.map_err(gone)?;
        let lines = BufReader::new(stream.take(SHIM_LINE_BYTES)).lines();
        Ok(Replies { pod_dir: self.pod_dir.clone(), lines })
    }

    fn gone(&self, source: io::Error) -> ShimError {
        ShimError::Gone { pod_dir: self.pod_dir.clone(), source }
    }

    fn unexpected(&self, reply: Reply) -> ShimError {
        match reply {
            Reply::Refused(refusal) => refusal.into(),
            _ => ShimError::Foreign { pod_dir: self.pod_dir.clone() },
        }
    }
}

/// What the containers are doing, at every change.
#[derive(Debug)]
pub struct Watch {
    replies: Replies,
}

impl Watch {
    /// The next state; `None` when the shim is gone: ended as told, or lost (then [`crate::Host::adopt`] tells what was lost).
    /// Cancel safe. Changes in quick succession may come as one.
    pub async fn next(&mut self) -> Result<Option<PodProcesses>, ShimError> {
        match self.replies.next().await {
            Ok(Some(Reply::Status(status))) => Ok(Some(status)),
            Ok(Some(_)) => Err(ShimError::Foreign { pod_dir: self.replies.pod_dir.clone() }),
            Ok(None) | Err(ShimError::Gone { .. }) => Ok(None),
            Err(error) => Err(error),
        }
    }
}

/// The answers on one connection.
#[derive(Debug)]
pub(crate) struct Replies {
    pod_dir: PathBuf,
    lines: Lines<BufReader<Take<UnixStream>>>,
}

impl Replies {
    /// The next answer; `None` when the shim closed the connection. Cancel safe.
    pub(crate) async fn next(&mut self) -> Result<Option<Reply>, ShimError> {
        let gone = |source| ShimError::Gone { pod_dir: self.pod_dir.clone(), source };
        let Some(line) = self.lines.next_line().await.map_err(gone)? else {
            return Ok(None);
        };
        self.lines.get_mut().get_mut().set_limit(SHIM_LINE_BYTES);
        match serde_json::from_str(&line) {
            Ok(Reply::Refused(refusal)) => Err(refusal.into()),
            Ok(reply) => Ok(Some(reply)),
            Err(_) => Err(ShimError::Foreign { pod_dir: self.pod_dir.clone() }),
        }
    }
}

/// Connects to the socket in a folder whose path may be longer than a socket address: the folder is named by a descriptor.
pub(crate) async fn connect(pod_dir: &Path) -> io::Result<UnixStream> {
    let folder = File::open(pod_dir)?;
    UnixStream::connect(format!("/proc/self/fd/{}/{SOCKET}", folder.as_raw_fd())).await
}

/// Writes one line of JSON.
pub(crate) async fn send<T: Serialize>(stream: &mut UnixStream, message: &T) -> io::Result<()> {
    let mut line = serde_json::to_vec(message)?;
    line.push(b'\n');
    stream.write_all(&line).await
}
