//! The system: kernel, distribution, identity.

use std::fs;

use nix::sys::utsname::uname;
use proconsul_types::host::System;

/// Where the machine says who it is, the best first, as gopsutil looks.
const IDENTITIES: [&str; 3] = ["/sys/class/dmi/id/product_uuid", "/etc/machine-id", "/proc/sys/kernel/random/boot_id"];

pub(super) fn look() -> System {
    let kernel = uname().ok();
    let of_kernel = |part: fn(&nix::sys::utsname::UtsName) -> &std::ffi::OsStr| {
        kernel.as_ref().map(|kernel| part(kernel).to_string_lossy().into_owned()).unwrap_or_default()
    };
    let platform = release("ID").unwrap_or_default();
    let boot_time = line("/proc/stat", "btime ").and_then(|secs| secs.parse().ok()).unwrap_or_default();
    let uptime = read("/proc/uptime").split('.').next().and_then(|secs| secs.parse().ok()).unwrap_or_default();
    let (virtualization_system, virtualization_role) = virtualization();
    System {
        hostname: of_kernel(|kernel| kernel.nodename()),
        uptime,
        boot_time,
        procs: processes(),
        os: std::env::consts::OS.to_owned(),
        platform_family: family(&platform).to_owned(),
        platform_version: version(&platform),
        platform,
        kernel_version: of_kernel(|kernel| kernel.release()),
        kernel_arch: of_kernel(|kernel| kernel.machine()),
        virtualization_system: virtualization_system.to_owned(),
        virtualization_role: virtualization_role.to_owned(),
        host_id: IDENTITIES.iter().map(|path| identity(path)).find(|id| !id.is_empty()).unwrap_or_default(),
    }
}

fn read(path: &str) -> String {
    fs::read_to_string(path).unwrap_or_default().trim().to_owned()
}

fn line(path: &str, start: &str) -> Option<String> {
    read(path).lines().find_map(|line| line.strip_prefix(start)).map(str::to_owned)
}

fn release(name: &str) -> Option<String> {
    let value = line("/etc/os-release", &format!("{name}="))?;
    Some(value.trim_matches('"').to_owned())
}

/// Debian's own file tells more than the release that it names.
fn version(platform: &str) -> String {
    let own = if platform == "debian" { read("/etc/debian_version") } else { String::new() };
    if own.is_empty() { release("VERSION_ID").unwrap_or_default() } else { own }
}

fn family(platform: &str) -> &str {
    match platform {
        "debian" | "ubuntu" | "linuxmint" | "raspbian" => "debian",
        "rhel" | "centos" | "rocky" | "almalinux" | "ol" | "scientific" => "rhel",
        "fedora" => "fedora",
        "amzn" => "rhel",
        "sles" | "opensuse" | "opensuse-leap" | "opensuse-tumbleweed" => "suse",
        "arch" | "alpine" | "gentoo" | "slackware" => platform,
        _ => "",
    }
}

fn processes() -> u64 {
    let Ok(entries) = fs::read_dir("/proc") else { return 0 };
    let names = entries.filter_map(|entry| entry.ok()?.file_name().into_string().ok());
    names.filter(|name| name.bytes().all(|byte| byte.is_ascii_digit())).count() as u64
}

/// What made this machine, and which side of it this is.
fn virtualization() -> (&'static str, &'static str) {
    let groups = read("/proc/self/cgroup");
    if groups.contains("docker") {
        return ("docker", "guest");
    }
    if groups.contains("lxc") {
        return ("lxc", "guest");
    }
    let is_guest = line("/proc/cpuinfo", "flags").is_some_and(|flags| flags.contains(" hypervisor"));
    let maker = read("/sys/class/dmi/id/sys_vendor") + &read("/sys/class/dmi/id/product_name");
    match () {
        () if maker.contains("VMware") => ("vmware", "guest"),
        () if maker.contains("VirtualBox") => ("vbox", "guest"),
        () if maker.contains("QEMU") || maker.contains("KVM") => ("kvm", "guest"),
        () if is_guest => ("", "guest"),
        () => ("", ""),
    }
}

fn identity(path: &str) -> String {
    let id = read(path).to_lowercase();
    // The form of a UUID, which the file of systemd leaves out.
    match id.len() {
        32 => format!("{}-{}-{}-{}-{}", &id[..8], &id[8..12], &id[12..16], &id[16..20], &id[20..]),
        _ => id,
    }
}
