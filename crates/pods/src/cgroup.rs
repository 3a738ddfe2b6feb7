//! Limits of a container through control groups, version 1 or 2, whichever the machine has. What cannot be had is said, never
//! passed over.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::isolation::Isolation;
use crate::launch::Limits;
use crate::shim::ShimSpec;

/// Length of the period over which CPU time is counted, microseconds: the kernel's default.
const CPU_PERIOD_US: u64 = 100_000;

/// The group that holds those of all containers.
const PARENT: &str = "proconsul";

/// The control groups of one container; none when nothing is limited.
#[derive(Clone, Debug, Default)]
pub(crate) struct Cgroup {
    dirs: Vec<PathBuf>,
}

/// One limit: its controller, and the file and text that set it in each version.
struct Wanted {
    controller: &'static str,
    what: &'static str,
    version1: Vec<(&'static str, String)>,
    version2: (&'static str, String),
}

fn wanted(limits: &Limits) -> Vec<Wanted> {
    let memory = limits.memory_bytes.map(|bytes| Wanted {
        controller: "memory",
        what: "memory",
        version1: vec![("memory.limit_in_bytes", bytes.to_string())],
        version2: ("memory.max", bytes.to_string()),
    });
    let cpu = limits.cpu_millis.map(|millis| {
        let quota = (millis * CPU_PERIOD_US / 1000).max(1000);
        Wanted {
            controller: "cpu",
            what: "cpu",
            version1: vec![("cpu.cfs_period_us", CPU_PERIOD_US.to_string()), ("cpu.cfs_quota_us", quota.to_string())],
            version2: ("cpu.max", format!("{quota} {CPU_PERIOD_US}")),
        }
    });
    let processes = limits.processes.map(|count| Wanted {
        controller: "pids",
        what: "process",
        version1: vec![("pids.max", count.to_string())],
        version2: ("pids.max", count.to_string()),
    });
    memory.into_iter().chain(cpu).chain(processes).collect()
}

impl Cgroup {
    /// Makes the groups for these limits; a limit that cannot be had is told in words for an event.
    pub(crate) fn make(spec: &ShimSpec, container: &str, limits: &Limits) -> (Self, Vec<String>) {
        let mut made = Self::default();
        let mut warnings = Vec::new();
        let name = format!("{}-{container}", spec.launch.uid);
        for wanted in wanted(limits) {
            let done = match spec.isolation {
                Isolation::Namespaces => made.limit(&name, &wanted),
                Isolation::Loopback(_) => Err(io::Error::other("loopback isolation has no control groups")),
            };
            if let Err(error) = done {
                let what = wanted.what;
                warnings.push(format!("the {what} limit of container {container} is not enforced: {error}"));
            }
        }
        (made, warnings)
    }

    fn limit(&mut self, name: &str, wanted: &Wanted) -> io::Result<()> {
        let mounts = fs::read_to_string("/proc/self/mountinfo")?;
        let dir = match version1_mount(&mounts, wanted.controller) {
            Some(mount) => {
                let dir = mount.join(PARENT).join(name);
                fs::create_dir_all(&dir)?;
                for (file, text) in &wanted.version1 {
                    fs::write(dir.join(file), text)?;
                }
                dir
            }
            None => {
                let mount = version2_mount(&mounts).ok_or_else(|| io::Error::other("no control groups are mounted"))?;
                let parent = mount.join(PARENT);
                let dir = parent.join(name);
                fs::create_dir_all(&dir)?;
                for above in [&mount, &parent] {
                    fs::write(above.join("cgroup.subtree_control"), format!("+{}", wanted.controller))?;
                }
                fs::write(dir.join(wanted.version2.0), &wanted.version2.1)?;
                dir
            }
        };
        if !self.dirs.contains(&dir) {
            self.dirs.push(dir);
        }
        Ok(())
    }

    /// The files into which a process writes `0` to come under the limits.
    pub(crate) fn entrances(&self) -> Vec<PathBuf> {
        self.dirs.iter().map(|dir| dir.join("cgroup.procs")).collect()
    }

    /// Whether the kernel killed a process of it for its memory limit.
    pub(crate) fn ran_out_of_memory(&self) -> bool {
        let killed = |file: PathBuf| {
            let text = fs::read_to_string(file).unwrap_or_default();
            let count = text.lines().find_map(|line| line.strip_prefix("oom_kill "));
            count.is_some_and(|count| count.trim() != "0")
        };
        self.dirs.iter().any(|dir| killed(dir.join("memory.oom_control")) || killed(dir.join("memory.events")))
    }

    /// Removes the groups; one that still has processes stays until the next container of that name.
    pub(crate) fn remove(&self) {
        for dir in &self.dirs {
            let _ = fs::remove_dir(dir);
        }
    }
}

/// Removes the groups that held those of all containers; where another runtime has containers, they stay.
pub(crate) fn remove_parents() {
    let mounts = fs::read_to_string("/proc/self/mountinfo").unwrap_or_default();
    let version1 = ["memory", "cpu", "pids"].into_iter().filter_map(|controller| version1_mount(&mounts, controller));
    for mount in version1.chain(version2_mount(&mounts)) {
        let _ = fs::remove_dir(mount.join(PARENT));
    }
}

/// Where this controller of version 1 is mounted. In `mountinfo`, the mount point is the fifth field, and the type and the
/// options follow the dash.
fn version1_mount(mounts: &str, controller: &str) -> Option<PathBuf> {
    let has = |line: &&str| {
        let options = line.split(" - cgroup ").nth(1).and_then(|rest| rest.split(' ').nth(1));
        options.is_some_and(|options| options.split(',').any(|option| option == controller))
    };
    mounts.lines().find(has).and_then(mount_point)
}

/// Where version 2 is mounted.
fn version2_mount(mounts: &str) -> Option<PathBuf> {
    mounts.lines().find(|line| line.contains(" - cgroup2 ")).and_then(mount_point)
}

fn mount_point(line: &str) -> Option<PathBuf> {
    line.split(' ').nth(4).map(|path| Path::new(path).to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn controllers_are_found_where_they_are_mounted() {
        let mounts = "31 25 0:27 / /sys/fs/cgroup/memory rw,relatime - cgroup cgroup rw,memory\n\
            32 25 0:28 / /sys/fs/cgroup/cpu rw,relatime - cgroup cgroup rw,cpu,cpuacct\n\
            33 25 0:29 / /sys/fs/cgroup/unified rw,relatime - cgroup2 cgroup2 rw\n";
        assert_eq!(version1_mount(mounts, "cpu"), Some("/sys/fs/cgroup/cpu".into()));
        assert_eq!(version1_mount(mounts, "pids"), None);
        assert_eq!(version2_mount(mounts), Some("/sys/fs/cgroup/unified".into()));
    }

    #[test]
    fn limits_are_said_in_the_words_of_both_versions() {
        let limits = Limits { memory_bytes: Some(1 << 20), cpu_millis: Some(500), processes: Some(9) };
        let all = wanted(&limits);
        let version2: Vec<_> = all.iter().map(|wanted| (wanted.version2.0, wanted.version2.1.as_str())).collect();
        assert_eq!(version2, [("memory.max", "1048576"), ("cpu.max", "50000 100000"), ("pids.max", "9")]);
        assert_eq!(all[1].version1[1], ("cpu.cfs_quota_us", "50000".to_owned()));
    }
}
