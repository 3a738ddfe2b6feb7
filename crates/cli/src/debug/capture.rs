//! What is recorded, file by file.

use std::fs::{self, File};
use std::io::Write;
use std::path::Path;
use std::time::Duration;

use anyhow::Context;
use proconsul_api::{Client, Method, Question};
use serde_json::{Value, json};
use tokio::time::{Instant, sleep_until, timeout_at};

use super::{Arguments, seconds};
use crate::out::Out;
use crate::wait::Stopped;

/// One thing that can be recorded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Target {
    Metrics,
    Logs,
    Host,
    Agent,
    Cluster,
}

impl Target {
    pub(super) const ALL: [Self; 5] = [Self::Metrics, Self::Logs, Self::Host, Self::Agent, Self::Cluster];

    pub(super) fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|target| target.name() == name)
    }

    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Metrics => "metrics",
            Self::Logs => "logs",
            Self::Host => "host",
            Self::Agent => "agent",
            Self::Cluster => "cluster",
        }
    }

    /// Where it is told, for what does not change while it is recorded.
    const fn path(self) -> Option<&'static str> {
        match self {
            Self::Host => Some("/v1/agent/host"),
            Self::Agent => Some("/v1/agent/self"),
            Self::Cluster => Some("/v1/agent/members"),
            Self::Metrics | Self::Logs => None,
        }
    }
}

/// A recording.
pub(super) struct Capture<'a> {
    pub(super) client: &'a Client,
    pub(super) arguments: &'a Arguments,
    pub(super) out: &'a mut Out,
}

impl Capture<'_> {
    pub(super) async fn run(&mut self) -> anyhow::Result<()> {
        let mut stopped = Stopped::listen()?;
        let output = &self.arguments.output;
        fs::create_dir_all(output)
            .with_context(|| format!("could not create output directory {}", output.display()))?;
        for target in &self.arguments.targets {
            let Some(path) = target.path() else { continue };
            let told: Value = self.client.json(Question::new(Method::GET, path)).await.with_context(|| path)?;
            write(&output.join(format!("{}.json", target.name())), &told)?;
        }
        self.index()?;
        tokio::select! {
            recorded = self.intervals() => recorded,
            () = stopped.wait() => Ok(()),
        }
    }

    /// What this recording is.
    fn index(&self) -> anyhow::Result<()> {
        let arguments = self.arguments;
        let nanos = |length: Duration| u64::try_from(length.as_nanos()).unwrap_or(u64::MAX);
        let names: Vec<&str> = arguments.targets.iter().map(|target| target.name()).collect();
        let index = json!({
            "Interval": nanos(arguments.interval),
            "Duration": nanos(arguments.duration),
            "Targets": names,
        });
        write(&arguments.output.join("index.json"), &index)
    }

    async fn intervals(&mut self) -> anyhow::Result<()> {
        let end = Instant::now() + self.arguments.duration;
        let mut number = 0;
        while Instant::now() < end {
            let until = (Instant::now() + self.arguments.interval).min(end);
            let began = seconds()?;
            self.out.say(&format!("==> Beginning capture interval {began} ({number})"));
            let folder = self.arguments.output.join(began.to_string());
            fs::create_dir_all(&folder)?;
            if self.arguments.targets.contains(&Target::Metrics) {
                let metrics: Value = self.client.json(Question::new(Method::GET, "/v1/agent/metrics")).await?;
                write(&folder.join("metrics.json"), &metrics)?;
            }
            if self.arguments.targets.contains(&Target::Logs) {
                self.logs(&folder.join("consul.log"), until).await?;
            }
            sleep_until(until).await;
            number += 1;
        }
        Ok(())
    }

    /// The agent's log until then.
    async fn logs(&self, path: &Path, until: Instant) -> anyhow::Result<()> {
        let mut file = File::create(path)?;
        let question = Question::new(Method::GET, "/v1/agent/monitor").query(&[("loglevel", "DEBUG".to_owned())]);
        let opened = timeout_at(until, async { self.client.open(question).await?.success().await });
        // An agent with nothing to say has not even begun to answer.
        let Ok(opened) = opened.await else { return Ok(()) };
        let mut lines = opened?;
        while let Ok(piece) = timeout_at(until, lines.next()).await {
            let Some(piece) = piece? else { break };
            file.write_all(&piece)?;
        }
        Ok(())
    }
}

fn write(path: &Path, document: &Value) -> anyhow::Result<()> {
    let text = serde_json::to_string_pretty(document)?;
    fs::write(path, text).with_context(|| format!("cannot write {}", path.display()))
}
