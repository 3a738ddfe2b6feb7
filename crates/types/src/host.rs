//! What the machine under an agent is, in the shape of `GET /v1/agent/host`: the names are gopsutil's, which Consul shows as they are.

use serde::Serialize;

/// The machine.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct HostInfo {
    /// Its memory.
    pub memory: Memory,
    /// Its processors, one for each that runs programs.
    #[serde(rename = "CPU")]
    pub cpu: Vec<Processor>,
    /// Its system.
    pub host: System,
    /// The file system of its root.
    pub disk: Disk,
    /// When this was looked at, in nanoseconds since 1970.
    pub collection_time: u64,
    /// What could not be looked at; `null` when all could.
    pub errors: Option<Vec<String>>,
}

/// Memory, in bytes unless the name says otherwise.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "lowercase")]
#[expect(missing_docs, reason = "the names are those of /proc/meminfo")]
pub struct Memory {
    pub total: u64,
    pub available: u64,
    /// What programs hold: all but free memory, buffers and caches.
    pub used: u64,
    /// The same in hundredths of all.
    #[serde(rename = "usedPercent")]
    pub used_percent: f64,
    pub free: u64,
    pub active: u64,
    pub inactive: u64,
    /// Known on other systems only, as the next.
    pub wired: u64,
    pub laundry: u64,
    pub buffers: u64,
    pub cached: u64,
    pub writeback: u64,
    pub dirty: u64,
    pub writebacktmp: u64,
    pub shared: u64,
    pub slab: u64,
    pub sreclaimable: u64,
    pub sunreclaim: u64,
    pub pagetables: u64,
    pub swapcached: u64,
    pub commitlimit: u64,
    pub committedas: u64,
    pub hightotal: u64,
    pub highfree: u64,
    pub lowtotal: u64,
    pub lowfree: u64,
    pub swaptotal: u64,
    pub swapfree: u64,
    pub mapped: u64,
    pub vmalloctotal: u64,
    pub vmallocused: u64,
    pub vmallocchunk: u64,
    /// A number of pages, as the next.
    pub hugepagestotal: u64,
    pub hugepagesfree: u64,
    pub hugepagesize: u64,
}

/// One processor.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "the names are those of /proc/cpuinfo")]
pub struct Processor {
    pub cpu: i32,
    pub vendor_id: String,
    pub family: String,
    pub model: String,
    pub stepping: i32,
    pub physical_id: String,
    pub core_id: String,
    pub cores: i32,
    pub model_name: String,
    pub mhz: f64,
    /// In kibibytes.
    pub cache_size: i32,
    pub flags: Vec<String>,
    pub microcode: String,
}

/// The system.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct System {
    /// The machine's name.
    pub hostname: String,
    /// Seconds since it started.
    pub uptime: u64,
    /// When it started, in seconds since 1970.
    pub boot_time: u64,
    /// Processes.
    pub procs: u64,
    /// `linux`.
    pub os: String,
    /// The distribution: `debian`.
    pub platform: String,
    /// What the distribution comes from.
    pub platform_family: String,
    /// The distribution's version.
    pub platform_version: String,
    /// The kernel's version.
    pub kernel_version: String,
    /// The kernel's architecture.
    pub kernel_arch: String,
    /// What makes this machine, if it is made by another.
    pub virtualization_system: String,
    /// `guest` or `host`.
    pub virtualization_role: String,
    /// An identity of the machine.
    #[serde(rename = "hostid")]
    pub host_id: String,
}

/// A file system, in bytes unless the name says otherwise.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Disk {
    /// Where it was looked at.
    pub path: String,
    /// Its kind.
    pub fstype: String,
    /// All.
    pub total: u64,
    /// What programs may still take.
    pub free: u64,
    /// What is taken.
    pub used: u64,
    /// The same in hundredths of what programs may have.
    pub used_percent: f64,
    /// All inodes.
    pub inodes_total: u64,
    /// Those that are taken.
    pub inodes_used: u64,
    /// Those that are not.
    pub inodes_free: u64,
    /// The taken ones in hundredths.
    pub inodes_used_percent: f64,
}
