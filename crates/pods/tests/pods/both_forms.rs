//! What holds in every isolation form. Each promise is one function, tested once for each form.

use nix::sys::signal::{Signal, kill};
use nix::unistd::{Pid, Uid};
use proconsul_pods::{Choice, ExitReason, Isolation, Mount, MountSource, Mounts, Refusal, ShimError, StartFailure};
use proconsul_types::pod_context::PodContext;
use std::fs;
use std::path::Path;
use std::time::Duration;

use crate::stage::{Stage, builtin, exit, pid, shell, within};

macro_rules! in_every_form {
    ($($promise:ident),* $(,)?) => {
        mod loopback {
            $(#[tokio::test] async fn $promise() { super::$promise(super::Choice::Loopback).await; })*
        }
        mod namespaces {
            $(#[tokio::test] async fn $promise() {
                if super::Uid::effective().is_root() {
                    super::$promise(super::Choice::Namespaces).await;
                } else {
                    println!("skipped: the namespaces form needs root");
                }
            })*
        }
    };
}

in_every_form!(
    a_container_runs_with_its_variables_name_and_log,
    an_exit_is_reported_and_the_next_start_is_the_next_instance,
    a_killed_process_is_reported_as_137,
    pods_outlive_their_runtime_and_are_found_again,
    what_a_killed_shim_held_is_dead_and_lost,
    a_container_that_ignores_sigterm_is_killed_after_the_grace,
    volumes_are_where_the_manifest_mounts_them,
    a_program_that_is_not_there_is_a_start_error,
    a_link_in_a_sub_path_is_refused_by_name,
    the_program_is_told_what_its_pod_cannot_show_it,
);

/// Whether mounts are mapped here, so that only the built-in program runs.
fn is_mapped(stage: &Stage) -> bool {
    let is_mapped = stage.host().isolation() == Isolation::Loopback(Mounts::Mapped);
    if is_mapped {
        println!("skipped: no mounts here ({})", stage.host().reason());
    }
    is_mapped
}

async fn a_container_runs_with_its_variables_name_and_log(choice: Choice) {
    let stage = Stage::open(choice).await;
    if is_mapped(&stage) {
        return;
    }
    let (shim, address) = stage.create("consul-0").await;
    let script = "echo $GREETING; hostname; cat /etc/hosts | tail -1; echo oops >&2; pwd; ls -d /consul/data";
    shim.start(shell(script)).await.unwrap();
    let log = stage.log(&shim).await;
    let mut lines: Vec<_> = log.lines().collect();
    let own = format!("{address}\tconsul-0");
    // The two streams meet in any order.
    lines.retain(|line| *line != "oops");
    assert_eq!((lines, log.contains("oops\n")), (vec!["hello", "consul-0", own.as_str(), "/", "/consul/data"], true));
}

async fn an_exit_is_reported_and_the_next_start_is_the_next_instance(choice: Choice) {
    let stage = Stage::open(choice).await;
    let (shim, _) = stage.create("consul-0").await;
    shim.start(builtin(&["exit"])).await.unwrap();
    let ended = exit(&shim).await;
    assert_eq!((ended.code, ended.signal, ended.reason), (7, None, ExitReason::Error));
    shim.start(builtin(&["agent"])).await.unwrap();
    let status = shim.status().await.unwrap();
    let container = status.container("c").unwrap();
    assert!(container.is_running() && container.instance == 1 && container.last.as_ref() == Some(&ended), "{status:?}");
    let twice = shim.start(builtin(&["agent"])).await.unwrap_err();
    assert!(matches!(twice, ShimError::Refused(Refusal::RunsAlready { .. })), "{twice}");
    shim.stop(Duration::from_secs(10)).await.unwrap();
    assert_eq!(exit(&shim).await.signal, Some(Signal::SIGTERM as i32));
    within(shim.end()).await.unwrap();
    assert!(matches!(shim.status().await, Err(ShimError::Gone { .. })));
    stage.host().remove("uid-consul-0").unwrap();
    assert!(!shim.pod_dir().exists());
}

async fn a_killed_process_is_reported_as_137(choice: Choice) {
    let stage = Stage::open(choice).await;
    let (shim, _) = stage.create("consul-0").await;
    shim.start(builtin(&["agent"])).await.unwrap();
    kill(Pid::from_raw(pid(&shim).await), Signal::SIGKILL).unwrap();
    let ended = exit(&shim).await;
    assert_eq!((ended.code, ended.signal, ended.reason), (137, Some(9), ExitReason::Error));
}

async fn pods_outlive_their_runtime_and_are_found_again(choice: Choice) {
    let mut stage = Stage::open(choice).await;
    let (shim, address) = stage.create("consul-0").await;
    shim.start(builtin(&["agent"])).await.unwrap();
    let (before, resolver) = (pid(&shim).await, stage.host().resolver_bind());
    stage.reopen().await;
    let all = stage.host().adopt_all().await.unwrap();
    let adopted = all.first().unwrap();
    assert_eq!((all.len(), adopted.launch.address), (1, address));
    assert_eq!(pid(adopted.shim.as_ref().unwrap()).await, before);
    assert_eq!(adopted.processes.container("c").unwrap().instance, 0);
    assert_eq!(stage.host().resolver_bind(), resolver);
    assert_ne!(stage.host().allocate_address().unwrap(), address);
}

async fn what_a_killed_shim_held_is_dead_and_lost(choice: Choice) {
    let stage = Stage::open(choice).await;
    let (shim, _) = stage.create("consul-0").await;
    shim.start(builtin(&["agent"])).await.unwrap();
    let container = pid(&shim).await;
    let mut watch = shim.watch().await.unwrap();
    kill(Pid::from_raw(parent_of(container)), Signal::SIGKILL).unwrap();
    while within(watch.next()).await.unwrap().is_some() {}
    let adopted = stage.host().adopt("uid-consul-0").await.unwrap().unwrap();
    let lost = adopted.processes.container("c").unwrap().exit().unwrap();
    assert!(adopted.shim.is_none());
    assert_eq!((lost.code, lost.reason), (137, ExitReason::ContainerStatusUnknown));
    within(async {
        while kill(Pid::from_raw(container), None).is_ok() && !is_zombie(container) {
            tokio::task::yield_now().await;
        }
    })
    .await;
    let again = stage.host().create(adopted.launch).await.unwrap();
    again.start(builtin(&["agent"])).await.unwrap();
    assert_eq!(again.status().await.unwrap().container("c").unwrap().instance, 1);
}

async fn a_container_that_ignores_sigterm_is_killed_after_the_grace(choice: Choice) {
    let stage = Stage::open(choice).await;
    if is_mapped(&stage) {
        return;
    }
    let (shim, _) = stage.create("consul-0").await;
    let script = "trap '' TERM; (setsid sleep 1000 &); echo ready; while :; do read line < /dev/zero; done";
    shim.start(shell(script)).await.unwrap();
    within(shim.stop(Duration::from_millis(50))).await.unwrap();
    let status = shim.status().await.unwrap();
    assert_eq!(status.container("c").unwrap().exit().map(|exit| exit.code), Some(137));
    // The sleep that left the session is gone too, or the log would never be complete.
    assert!(stage.log(&shim).await.len() <= "ready\n".len());
}

async fn volumes_are_where_the_manifest_mounts_them(choice: Choice) {
    let stage = Stage::open(choice).await;
    if is_mapped(&stage) {
        return;
    }
    let shared = stage.folder("shared");
    let (shim, _) = stage.create("consul-0").await;
    let mount = |target: &str, source, sub_path: Option<&str>, read_only| Mount {
        volume: "v".to_owned(),
        source,
        target: target.into(),
        sub_path: sub_path.map(str::to_owned),
        read_only,
    };
    let directory = MountSource::Directory(shared.clone());
    let mut container = shell(
        "echo kept > /consul/data/file; echo no > /fixed/file || echo refused; echo scratch > /empty/file; \
         cat /empty/file; echo done > /tmp/x; stat -c %u /consul/data/file; echo bye > /dev/termination-log; exit 3",
    );
    container.mounts = vec![
        mount("/consul/data", directory.clone(), Some("data/consul-0"), false),
        mount("/fixed", directory, None, true),
        mount("/empty", MountSource::EmptyDir, None, false),
    ];
    container.termination_message_path = Some("/dev/termination-log".into());
    shim.start(container).await.unwrap();
    let ended = exit(&shim).await;
    let log = stage.log(&shim).await;
    assert_eq!((ended.code, ended.message.as_str()), (3, "bye\n"), "{log}");
    assert!(log.contains("refused\n") && log.contains("scratch\n0\n"), "{log}");
    assert_eq!(fs::read_to_string(shared.join("data/consul-0/file")).unwrap(), "kept\n");
    assert!(!Path::new("/consul/data/file").exists());
}

async fn a_program_that_is_not_there_is_a_start_error(choice: Choice) {
    let stage = Stage::open(choice).await;
    if is_mapped(&stage) {
        return;
    }
    let (shim, _) = stage.create("consul-0").await;
    let mut container = shell("");
    container.command = vec!["no-such-program".to_owned()];
    let error = shim.start(container).await.unwrap_err();
    let told = "failed to start container \"c\": exec: \"no-such-program\": executable file not found in $PATH";
    assert_eq!(error.to_string(), told);
    let status = shim.status().await.unwrap();
    let ended = status.container("c").unwrap().exit().unwrap();
    assert_eq!((ended.code, ended.reason), (128, ExitReason::StartError));
}

async fn a_link_in_a_sub_path_is_refused_by_name(choice: Choice) {
    let stage = Stage::open(choice).await;
    let shared = stage.folder("shared");
    std::os::unix::fs::symlink("/etc", shared.join("link")).unwrap();
    let (shim, _) = stage.create("consul-0").await;
    let mut container = builtin(&["agent"]);
    container.mounts = vec![Mount {
        volume: "nfs".to_owned(),
        source: MountSource::Directory(shared),
        target: "/consul/data".into(),
        sub_path: Some("link/consul-0".to_owned()),
        read_only: false,
    }];
    let error = shim.start(container).await.unwrap_err();
    let ShimError::Refused(Refusal::Start(StartFailure::SubPath { volume, .. })) = &error else { panic!("{error}") };
    assert_eq!(volume, "nfs");
    assert!(shim.status().await.unwrap().containers.is_empty());
}

async fn the_program_is_told_what_its_pod_cannot_show_it(choice: Choice) {
    let stage = Stage::open(choice).await;
    let shared = stage.folder("shared").canonicalize().unwrap();
    let (shim, address) = stage.create("consul-0").await;
    let mut container = builtin(&["exit"]);
    container.mounts = vec![Mount {
        volume: "nfs".to_owned(),
        source: MountSource::Directory(shared.clone()),
        target: "/consul/data".into(),
        sub_path: Some("data/consul-0".to_owned()),
        read_only: false,
    }];
    shim.start(container).await.unwrap();
    exit(&shim).await;
    let log = stage.log(&shim).await;
    let (name, context) = log.split_once('\n').unwrap();
    assert_eq!(name, "consul exit");
    if stage.host().isolation() == Isolation::Namespaces {
        return assert_eq!(context, "\n");
    }
    let context = PodContext::from_json(context).unwrap();
    assert_eq!((context.hostname.as_str(), context.address), ("consul-0", address));
    assert_eq!(context.resolver, Some(stage.host().resolver_bind()));
    let file = Path::new("/consul/data/raft");
    let is_mapped = stage.host().isolation() == Isolation::Loopback(Mounts::Mapped);
    let lies = if is_mapped { shared.join("data/consul-0/raft") } else { file.to_owned() };
    assert_eq!(context.outside(file), lies);
}

fn parent_of(pid: i32) -> i32 {
    stat(pid).map_or(0, |fields| fields[1].parse().unwrap())
}

fn is_zombie(pid: i32) -> bool {
    stat(pid).is_none_or(|fields| fields[0] == "Z")
}

fn stat(pid: i32) -> Option<Vec<String>> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    Some(stat.rsplit_once(')')?.1.split_whitespace().map(str::to_owned).collect())
}
