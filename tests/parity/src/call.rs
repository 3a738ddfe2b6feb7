//! One call of the program under test, as a shell would make it. Knows nothing of what it prints.

use std::fs::{self, File};
use std::io;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command};

use crate::agents::Agents;
use crate::scenario::Call;
use crate::wait;

/// What a call has come to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Ended {
    /// `None` when a signal has ended it.
    pub(crate) code: Option<i32>,
    pub(crate) stdout: Vec<u8>,
    pub(crate) stderr: Vec<u8>,
}

/// Runs the program, under Consul's name, in a folder of its own, and waits until it ends.
///
/// # Errors
/// It cannot be started, or does not end.
pub(crate) fn run(agents: &Agents, call: &Call) -> io::Result<Ended> {
    let folder = agents.fresh_folder()?;
    for (name, text) in &call.files {
        fs::write(folder.join(name), text)?;
    }
    let [stdin, stdout, stderr] = ["stdin", "stdout", "stderr"].map(|name| folder.with_extension(name));
    fs::write(&stdin, &call.stdin)?;
    let mut command = Command::new(agents.program());
    command.arg0("consul").args(&call.words).current_dir(&folder);
    for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("CONSUL_")) {
        command.env_remove(name);
    }
    let own = [("CONSUL_HTTP_ADDR", agents.http().to_string()), ("TZ", "UTC".to_owned())];
    command.envs(own).env("HOME", &folder).envs(call.environment.iter().cloned());
    command.stdin(File::open(stdin)?).stdout(File::create(&stdout)?).stderr(File::create(&stderr)?);
    let code = end(command.spawn()?)?;
    let read = |path: &Path| fs::read(path);
    Ok(Ended { code, stdout: read(&stdout)?, stderr: read(&stderr)? })
}

fn end(mut child: Child) -> io::Result<Option<i32>> {
    let ended = wait::until(|| match child.try_wait() {
        Ok(Some(status)) => Ok(Ok(status.code())),
        Ok(None) => Err("it goes on".to_owned()),
        Err(error) => Ok(Err(error)),
    });
    ended.unwrap_or_else(|seen| {
        // It may have ended just now, which is as good.
        let _ = child.kill();
        let _ = child.wait();
        Err(io::Error::other(seen))
    })
}
