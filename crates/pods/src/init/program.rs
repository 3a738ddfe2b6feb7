//! What a container executes: the image's program or the manifest's, with its variables and its working directory.

use std::ffi::OsStr;
use std::io;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use proconsul_types::pod_context::PathMap;

use super::InitSpec;
use crate::isolation::{Isolation, Mounts};
use crate::launch::Image;
use crate::protocol::StartFailure;

/// `PATH` of a container whose manifest sets none: Docker's.
const PATH: &str = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/// What the built-in image runs when neither `command` nor `args` is given, as the `consul` image does.
const BUILTIN_ARGS: [&str; 5] = ["consul", "agent", "-dev", "-client", "0.0.0.0"];

/// The command, ready to execute.
pub(super) fn command(spec: &InitSpec, paths: &[PathMap]) -> Result<Command, StartFailure> {
    let words = words(spec)?;
    let (name, args) = words.split_first().ok_or_else(|| spec.create("run the image", "it names no command"))?;
    let is_mapped = spec.pod.isolation == Isolation::Loopback(Mounts::Mapped);
    let mut command = match is_mapped {
        true if is_own_name(name) => Command::new("/proc/self/exe"),
        true => {
            let message = format!("runs {name:?}: without mounts, only the built-in consul can run");
            return Err(spec.isolation(&message));
        }
        false => Command::new(name),
    };
    command.arg0(name).args(args).env_clear();
    command.env("PATH", PATH).env("HOME", "/").env("HOSTNAME", &spec.pod.launch.hostname);
    command.envs(spec.container.env.iter().map(|(name, value)| (name, value)));
    let dir = spec.container.working_dir.as_deref().unwrap_or(Path::new("/"));
    let dir = if is_mapped { outside(dir, paths) } else { dir.to_owned() };
    std::fs::create_dir_all(&dir).map_err(|error| spec.create(&format!("make working directory {dir:?}"), error))?;
    command.current_dir(dir);
    Ok(command)
}

fn words(spec: &InitSpec) -> Result<Vec<String>, StartFailure> {
    let container = &spec.container;
    if !container.command.is_empty() {
        return Ok(container.command.iter().chain(&container.args).cloned().collect());
    }
    match (&container.image, container.args.first()) {
        (Image::Builtin, None) => Ok(BUILTIN_ARGS.map(str::to_owned).to_vec()),
        (Image::Builtin, Some(first)) if is_own_name(first) => Ok(container.args.clone()),
        (Image::Builtin, Some(_)) => Ok([&["consul".to_owned()], container.args.as_slice()].concat()),
        (Image::Rootfs(_), _) => Ok(container.args.clone()),
    }
}

/// Whether a command means this program.
fn is_own_name(name: &str) -> bool {
    let base = Path::new(name).file_name().and_then(OsStr::to_str);
    base.is_some_and(|base| base == "consul" || base == "proconsul")
}

/// A path of the container on this machine; one that no volume holds stays as it is.
fn outside(inside: &Path, paths: &[PathMap]) -> PathBuf {
    let below = |map: &PathMap| inside.strip_prefix(&map.inside).ok().map(|rest| map.outside.join(rest));
    paths.iter().rev().find_map(below).unwrap_or_else(|| inside.to_owned())
}

/// Why the program was not executed, in the words of container runtimes.
pub(super) fn exec_failed(spec: &InitSpec, command: &Command, error: &io::Error) -> StartFailure {
    let program = command.get_program().to_string_lossy().into_owned();
    let message = match error.kind() {
        io::ErrorKind::NotFound if !program.contains('/') => "executable file not found in $PATH".to_owned(),
        _ => error.to_string(),
    };
    StartFailure::Exec { container: spec.container.name.clone(), program, message }
}
