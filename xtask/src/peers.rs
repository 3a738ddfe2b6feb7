//! `cargo xtask peers`: the real programs that ours is compared with, from Debian's archive into `target/peers/bin`.
//!
//! Uses apt with a state of its own, so that the machine's packages stay as they are and nobody needs to be root. Knows names of packages
//! and what they need; the archive's address is the machine's own.

mod mirror;

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail, ensure};

use crate::repository;
use crate::say::say;

const KEYRING: &str = "/usr/share/keyrings/debian-archive-keyring.gpg";

/// A Debian package with the programs wanted from it.
#[derive(Debug)]
struct Package {
    name: &'static str,
    suite: &'static str,
    programs: &'static [&'static str],
    /// Packages of the same suite with shared libraries that a small system lacks.
    libraries: &'static [&'static str],
}

impl Package {
    fn with_libraries(&self) -> impl Iterator<Item = &'static str> {
        [self.name].into_iter().chain(self.libraries.iter().copied())
    }
}

const PACKAGES: [Package; 8] = [
    Package { name: "consul", suite: "bullseye", programs: &["consul"], libraries: &[] },
    Package { name: "serf", suite: "trixie", programs: &["serf"], libraries: &[] },
    Package { name: "etcd-server", suite: "trixie", programs: &["etcd"], libraries: &[] },
    Package { name: "etcd-client", suite: "trixie", programs: &["etcdctl"], libraries: &[] },
    // Debian's later ones are built without the discovery of Consul's services.
    Package { name: "prometheus", suite: "bullseye", programs: &["prometheus"], libraries: &[] },
    Package { name: "wrk", suite: "bookworm", programs: &["wrk"], libraries: &["libluajit-5.1-2"] },
    Package {
        name: "bind9-dnsutils",
        suite: "bookworm",
        programs: &["dig"],
        libraries: &[
            "bind9-libs",
            "libjemalloc2",
            "liblmdb0",
            "libmaxminddb0",
            "libuv1",
            "libfstrm0",
            "libprotobuf-c1",
            "libjson-c5",
        ],
    },
    Package {
        name: "dnsperf",
        suite: "bookworm",
        programs: &["dnsperf"],
        libraries: &["libldns3", "libck0", "libnghttp2-14"],
    },
];

/// Fetches what is not there yet.
pub(crate) fn run() -> Result<()> {
    let place = repository::target("peers");
    let stamp = place.join("stamp");
    let wanted = format!("{PACKAGES:#?}\n");
    if fs::read_to_string(&stamp).is_ok_and(|found| found == wanted) {
        say(&format!("peers are in {}", place.join("bin").display()));
        return Ok(());
    }
    let apt = Apt::prepare(&place.join("apt"))?;
    apt.run(&place, &["update", "--quiet"])?;
    let downloads = apt.download(&place)?;
    fs::create_dir_all(place.join("bin"))?;
    for package in &PACKAGES {
        install(&downloads, &place, package)
            .with_context(|| format!("cannot fetch {} from Debian {}", package.name, package.suite))?;
        say(&format!("{} from Debian {}: {}", package.name, package.suite, package.programs.join(" ")));
    }
    fs::write(&stamp, wanted).with_context(|| format!("cannot write {}", stamp.display()))
}

/// The path of a fetched program.
///
/// # Errors
/// It is not there.
pub(crate) fn program(name: &str) -> Result<PathBuf> {
    let path = repository::target("peers").join("bin").join(name);
    ensure!(path.exists(), "{} is not there; run `cargo xtask peers` first", path.display());
    Ok(path)
}

fn install(downloads: &[PathBuf], place: &Path, package: &Package) -> Result<()> {
    let folder = place.join("packages").join(package.name);
    fs::create_dir_all(&folder)?;
    for name in package.with_libraries() {
        extract(downloads, name, &folder)?;
    }
    let libraries: Vec<PathBuf> = if package.libraries.is_empty() { Vec::new() } else { library_folders(&folder)? };
    for program in package.programs {
        let binary =
            ["usr/bin", "usr/sbin"].iter().map(|bin| folder.join(bin).join(program)).find(|path| path.exists());
        let Some(binary) = binary else { bail!("the package holds no program {program}") };
        let link = place.join("bin").join(program);
        // May be there from an earlier table of packages.
        let _ = fs::remove_file(&link);
        if libraries.is_empty() {
            symlink(&binary, &link)?;
        } else {
            wrap(&binary, &libraries, &link)?;
        }
    }
    Ok(())
}

/// A script that is replaced by the program, which thus finds its libraries and keeps the process id.
fn wrap(binary: &Path, libraries: &[PathBuf], link: &Path) -> Result<()> {
    let path: Vec<String> = libraries.iter().map(|folder| folder.display().to_string()).collect();
    let script = format!(
        "#!/bin/sh\nLD_LIBRARY_PATH='{}'\nexport LD_LIBRARY_PATH\nexec '{}' \"$@\"\n",
        path.join(":"),
        binary.display()
    );
    fs::write(link, script)?;
    fs::set_permissions(link, fs::Permissions::from_mode(0o755))?;
    Ok(())
}

/// `usr/lib`, `lib`, and their folders for this machine's architecture.
fn library_folders(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for base in ["usr/lib", "lib"].map(|base| folder.join(base)).into_iter().filter(|base| base.is_dir()) {
        for item in fs::read_dir(&base)? {
            let path = item?.path();
            if path.is_dir() && path.to_string_lossy().contains("-linux-") {
                found.push(path);
            }
        }
        found.push(base);
    }
    Ok(found)
}

/// apt with sources and state of its own.
struct Apt {
    options: Vec<String>,
}

impl Apt {
    fn prepare(place: &Path) -> Result<Self> {
        for tool in ["apt-get", "dpkg-deb"] {
            let runs = Command::new(tool).arg("--version").output().is_ok_and(|output| output.status.success());
            ensure!(
                runs,
                "the peers come from Debian's archive, which needs {tool}; run this on Debian or a relative of it"
            );
        }
        ensure!(Path::new(KEYRING).exists(), "{KEYRING} is not there; install the package debian-archive-keyring");
        for folder in ["lists/partial", "cache/archives/partial"] {
            fs::create_dir_all(place.join(folder))?;
        }
        let mirror = mirror::of_this_machine();
        let mut suites: Vec<&str> = PACKAGES.iter().map(|package| package.suite).collect();
        suites.sort_unstable();
        suites.dedup();
        let sources: String =
            suites.iter().map(|suite| format!("deb [signed-by={KEYRING}] {mirror} {suite} main\n")).collect();
        fs::write(place.join("sources.list"), sources)?;
        let option = |name: &str, value: String| [String::from("-o"), format!("{name}={value}")];
        let at = |name: &str| place.join(name).display().to_string();
        let options = [
            option("Dir::Etc::SourceList", at("sources.list")),
            option("Dir::Etc::SourceParts", String::from("/dev/null")),
            option("Dir::Etc::PreferencesParts", String::from("/dev/null")),
            option("Dir::State", place.display().to_string()),
            option("Dir::State::Lists", at("lists")),
            option("Dir::State::Status", String::from("/dev/null")),
            option("Dir::Cache", at("cache")),
            option("Acquire::Languages", String::from("none")),
            // root's own apt would drop to a user who cannot write here.
            option("APT::Sandbox::User", String::from("root")),
        ];
        Ok(Self { options: options.into_iter().flatten().collect() })
    }

    fn run(&self, folder: &Path, arguments: &[&str]) -> Result<()> {
        let output = Command::new("apt-get")
            .args(&self.options)
            .args(arguments)
            .current_dir(folder)
            .output()
            .context("cannot run apt-get")?;
        let words = String::from_utf8_lossy(&output.stderr);
        ensure!(output.status.success(), "apt-get {} failed: {}", arguments.join(" "), words.trim());
        Ok(())
    }

    /// Downloads all packages in one go, for apt reads its lists anew each time.
    fn download(&self, place: &Path) -> Result<Vec<PathBuf>> {
        let downloads = place.join("download");
        // May hold older versions, which must not be unpacked over newer ones.
        let _ = fs::remove_dir_all(&downloads);
        fs::create_dir_all(&downloads)?;
        let names = PACKAGES
            .iter()
            .flat_map(|package| package.with_libraries().map(|name| format!("{name}/{}", package.suite)));
        let names: Vec<String> = names.collect();
        let mut arguments = vec!["download", "--quiet"];
        arguments.extend(names.iter().map(String::as_str));
        self.run(&downloads, &arguments)?;
        Ok(fs::read_dir(&downloads)?.flatten().map(|item| item.path()).collect())
    }
}

/// Unpacks the downloaded package of this name over what is in the folder.
fn extract(downloads: &[PathBuf], name: &str, folder: &Path) -> Result<()> {
    let is_named = |path: &&PathBuf| {
        let file = path.file_name().map(|file| file.to_string_lossy());
        file.is_some_and(|file| file.split('_').next() == Some(name))
    };
    let file = downloads.iter().find(is_named).with_context(|| format!("apt downloaded no package {name}"))?;
    let status = Command::new("dpkg-deb").arg("-x").arg(file).arg(folder).status()?;
    ensure!(status.success(), "dpkg-deb cannot unpack {}", file.display());
    Ok(())
}
