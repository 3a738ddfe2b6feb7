//! The network and the limits of the namespaces form.

use std::fs;
use std::net::SocketAddr;
use std::path::Path;
use std::process::Command;

use nix::unistd::Uid;
use proconsul_pods::{Choice, ExitReason, Image, Limits};

use tokio::io::AsyncReadExt;
use tokio::net::TcpListener;

use crate::stage::{Stage, exit, shell, within};

#[tokio::test]
async fn a_pod_reaches_the_machine_and_leaves_no_network_behind() {
    if !Uid::effective().is_root() {
        return println!("skipped: the namespaces form needs root");
    }
    let mut stage = Stage::open(Choice::Namespaces).await;
    let bridge = stage.host().gateway();
    let listener = TcpListener::bind(SocketAddr::new(bridge, 0)).await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let (shim, address) = stage.create("consul-0").await;
    let script = format!("exec bash -c 'echo from a pod > /dev/tcp/{bridge}/{port}'");
    shim.start(shell(&script)).await.unwrap();
    let ended = exit(&shim).await;
    if ended.code == 127 {
        return println!("skipped: this machine has no bash");
    }
    assert_eq!(ended.code, 0, "{}", stage.log(&shim).await);
    let (mut stream, from) = within(listener.accept()).await.unwrap();
    let mut text = String::new();
    within(stream.read_to_string(&mut text)).await.unwrap();
    assert_eq!((text.as_str(), from.ip()), ("from a pod\n", address));
    within(shim.end()).await.unwrap();
    let range = stage.host().range();
    stage.reopen().await;
    assert_eq!(stage.host().range(), range);
    let interface = Path::new("/sys/class/net").join(stage.bridge());
    assert!(interface.exists());
    drop(stage);
    assert!(!interface.exists());
}

#[tokio::test]
async fn another_range_is_taken_only_when_no_pod_lives() {
    if !Uid::effective().is_root() {
        return println!("skipped: the namespaces form needs root");
    }
    let mut stage = Stage::open(Choice::Namespaces).await;
    let (shim, _) = stage.create("consul-0").await;
    let asked = "10.255.27.0/24".parse().unwrap();
    let error = stage.reopen_with(asked).await.unwrap_err();
    assert!(error.to_string().contains("not 10.255.27.0/24: stop them with `kube down` first"), "{error}");
    within(shim.end()).await.unwrap();
    stage.reopen_with(asked).await.unwrap();
    assert_eq!(stage.host().range(), asked);
}

#[tokio::test]
async fn a_container_over_its_memory_limit_is_told_from_other_kills() {
    if !Uid::effective().is_root() {
        return println!("skipped: control groups need root");
    }
    let stage = Stage::open(Choice::Namespaces).await;
    let (shim, _) = stage.create("consul-0").await;
    let mut container = shell("tail /dev/zero");
    container.limits = Limits { memory_bytes: Some(16 << 20), ..Limits::default() };
    // Without control groups it would take all the memory there is.
    container.limits.processes = Some(50);
    let mut trial = shell("exit 0");
    trial.limits = container.limits;
    let warnings = shim.start(trial).await.unwrap();
    exit(&shim).await;
    if !warnings.is_empty() {
        return println!("skipped: {warnings:?}");
    }
    shim.start(container).await.unwrap();
    assert!(within(exit_of_second(&shim)).await);
}

async fn exit_of_second(shim: &proconsul_pods::Shim) -> bool {
    let mut watch = shim.watch().await.unwrap();
    while let Some(status) = watch.next().await.unwrap() {
        let container = status.container("c").unwrap();
        if let (1, Some(exit)) = (container.instance, container.exit()) {
            assert_eq!((exit.code, exit.reason), (137, ExitReason::OOMKilled));
            return true;
        }
    }
    false
}

#[tokio::test]
async fn an_unpacked_image_runs_and_stays_as_it_is() {
    if !Uid::effective().is_root() {
        return println!("skipped: images need the namespaces form, which needs root");
    }
    let stage = Stage::open(Choice::Namespaces).await;
    let image = stage.folder("image");
    copy_shell(&image);
    let (shim, _) = stage.create("web-0").await;
    let mut container = shell("echo changed > /file; exec /bin/sh -c 'echo in; exit 4'");
    container.image = Image::Rootfs(image.clone());
    shim.start(container).await.unwrap();
    assert_eq!(exit(&shim).await.code, 4);
    assert!(!image.join("file").exists() && !image.join("proc").exists());
}

/// Puts this machine's shell and the libraries that `ldd` names for it into an image.
fn copy_shell(image: &Path) {
    let said = Command::new("ldd").arg("/bin/sh").output().unwrap();
    let said = String::from_utf8(said.stdout).unwrap();
    let libraries = said.split_whitespace().filter(|word| word.starts_with('/'));
    for file in libraries.chain(["/bin/sh"]) {
        let copy = image.join(file.trim_start_matches('/'));
        fs::create_dir_all(copy.parent().unwrap()).unwrap();
        fs::copy(file, copy).unwrap();
    }
}
