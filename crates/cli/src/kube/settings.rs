//! The flags that a runtime is started with, read once: by `kube up` in the foreground, and by the hidden command behind `--detach`.

use std::collections::BTreeMap;
use std::hash::{BuildHasher, Hasher, RandomState};
use std::net::SocketAddr;
use std::path::PathBuf;

use anyhow::{Context, bail};
use proconsul_agent::version::PROCONSUL;
use proconsul_kube::runtime::RuntimeConfig;
use proconsul_pods::{Choice, HostConfig};

use super::flags::{Flag, Given, STATE, option, switch};
use super::state;

/// Where the stable address is when nobody says: Consul's own.
const HTTP: &str = "127.0.0.1:8500";

/// The one flag that a running runtime takes too.
const NODES: &str = "nodes";

/// The flags of a runtime.
pub(super) const FLAGS: [Flag; 8] = [
    STATE,
    option(NODES, "N", "virtual nodes (default: as many as the largest StatefulSet has replicas)"),
    option("isolation", "FORM", "auto, namespaces or loopback (default: auto)"),
    option("http", "ADDR:PORT", "the stable address for the pods' HTTP port (default: 127.0.0.1:8500)"),
    option("pod-cidr", "RANGE", "the pods' addresses with namespaces (default: a free range)"),
    option("nfs-export", "SERVER:PATH=DIR", "the folder of an NFS volume on this machine; may be repeated"),
    switch("nfs-mount", "mount NFS volumes from their servers"),
    option("builtin-images", "on|off", "whether this program stands for the images of Consul (default: on)"),
];

/// What these flags say.
pub(super) fn read(given: &Given) -> anyhow::Result<RuntimeConfig> {
    if given.is("nfs-mount") {
        bail!(
            "--nfs-mount is not possible: this program has no NFS client; mount the export yourself and name it with --nfs-export SERVER:PATH=DIR"
        );
    }
    let nodes = given.get(NODES).map(|text| match text.parse() {
        Ok(count) if count > 0 => Ok(count),
        _ => bail!("--nodes {text:?} is not a number of nodes, 1 or more"),
    });
    let http = given.get("http").unwrap_or(HTTP);
    Ok(RuntimeConfig {
        state_dir: state::directory(given)?,
        isolation: isolation(given.get("isolation"))?,
        pod_cidr: given
            .get("pod-cidr")
            .map(str::parse)
            .transpose()
            .context("--pod-cidr is no range such as 10.32.0.0/16")?,
        nodes: nodes.transpose()?,
        nfs_exports: given.all("nfs-export").map(export).collect::<anyhow::Result<BTreeMap<_, _>>>()?,
        builtin_images: is_on(given.get("builtin-images"))?,
        http: address(http)?,
        program: PathBuf::from(HostConfig::THIS_PROGRAM),
        version: PROCONSUL.to_owned(),
        seed: RandomState::new().build_hasher().finish(),
    })
}

/// The flags that a running runtime was not asked for with and that it cannot take any more.
pub(super) fn given_too_late(given: &Given) -> Vec<&'static str> {
    let is_taken = |name: &&str| [STATE.name, NODES].contains(name);
    FLAGS.iter().map(|flag| flag.name).filter(|name| !is_taken(name) && given.get(name).is_some()).collect()
}

fn isolation(text: Option<&str>) -> anyhow::Result<Choice> {
    Ok(match text {
        None | Some("auto") => Choice::Auto,
        Some("namespaces") => Choice::Namespaces,
        Some("loopback") => Choice::Loopback,
        Some(other) => bail!("--isolation {other:?} is not known: write auto, namespaces or loopback"),
    })
}

fn is_on(text: Option<&str>) -> anyhow::Result<bool> {
    Ok(match text {
        None | Some("on" | "true") => true,
        Some("off" | "false") => false,
        Some(other) => bail!("--builtin-images {other:?} is not known: write on or off"),
    })
}

/// `127.0.0.1:8500`, or `:8500`, or `8500`: other than this machine's own addresses only when written out.
fn address(text: &str) -> anyhow::Result<SocketAddr> {
    let bare = text.strip_prefix(':').unwrap_or(text);
    let full = if bare.contains(':') { bare.to_owned() } else { format!("127.0.0.1:{bare}") };
    full.parse().with_context(|| format!("--http {text:?} is no address such as {HTTP}"))
}

fn export(text: &str) -> anyhow::Result<(String, PathBuf)> {
    let (export, folder) = text
        .split_once('=')
        .filter(|(export, folder)| export.contains(":/") && !folder.is_empty())
        .with_context(|| format!("--nfs-export {text:?} is not of the form SERVER:/PATH=DIR"))?;
    let folder = std::path::absolute(folder)?;
    if !folder.is_dir() {
        bail!("--nfs-export {text:?}: {} is no folder; make it first", folder.display());
    }
    Ok((export.to_owned(), folder))
}

#[cfg(test)]
mod tests {
    use super::super::flags;
    use super::*;

    fn refused(words: &[&str]) -> String {
        let words: Vec<String> = words.iter().map(|&word| word.to_owned()).collect();
        let given = flags::parse(&FLAGS, &words).expect("flags are known");
        read(&given).expect_err("is refused").to_string()
    }

    #[test]
    fn a_value_that_makes_no_sense_is_refused_with_what_to_write() {
        assert!(refused(&["--state=/x", "--nodes=0"]).contains("1 or more"));
        assert!(refused(&["--state=/x", "--isolation=docker"]).contains("write auto, namespaces or loopback"));
        assert!(refused(&["--state=/x", "--nfs-export=a=b"]).contains("SERVER:/PATH=DIR"));
        assert!(refused(&["--state=/x", "--nfs-mount"]).contains("no NFS client"));
    }

    #[test]
    fn a_running_runtime_takes_another_number_of_nodes_and_nothing_else() {
        let words = ["--state=/x", "--nodes=4", "--http=:1"].map(str::to_owned);
        let given = flags::parse(&FLAGS, &words).expect("flags are known");
        assert_eq!(given_too_late(&given), ["http"]);
    }

    #[test]
    fn a_bare_port_is_on_this_machine_only() {
        assert_eq!(address("8501").expect("an address").to_string(), "127.0.0.1:8501");
        assert_eq!(address("0.0.0.0:8500").expect("an address").to_string(), "0.0.0.0:8500");
    }
}
