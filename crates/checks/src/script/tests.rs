//! Against real programs, the stubborn ones among them.

use std::path::Path;

use nix::sys::signal::kill;
use nix::unistd::Pid;

use super::*;
use crate::fixture::{LONG, SHORT};

fn script(args: &[&str]) -> Script {
    Script { args: args.iter().map(|&arg| arg.to_owned()).collect(), timeout: LONG, output_max: 4096 }
}

fn shell(text: &str) -> Script {
    script(&["/bin/sh", "-c", text])
}

async fn told(script: Script) -> (Status, String) {
    let Outcome { status, output } = script.run().await;
    (status, output)
}

fn expected(status: Status, output: &str) -> (Status, String) {
    (status, output.to_owned())
}

#[tokio::test]
async fn the_exit_says_how_it_is_and_all_that_is_printed_is_told() {
    assert_eq!(told(shell("echo fine; echo err >&2")).await, expected(Status::Passing, "fine\nerr\n"));
    assert_eq!(told(shell("echo w; exit 1")).await, expected(Status::Warning, "w\n"));
    assert_eq!(told(shell("echo c; exit 2")).await, expected(Status::Critical, "c\n"));
    assert_eq!(told(shell("kill -9 $$")).await, expected(Status::Critical, ""));
}

#[tokio::test]
async fn of_a_long_output_the_end_is_told() {
    let small = Script { output_max: 10, ..shell("echo 0123456789abcdef") };
    assert_eq!(told(small).await, expected(Status::Passing, "Captured 10 of 17 bytes\n...\n789abcdef\n"));
    let (_, output) = told(shell("head -c 1000000 /dev/zero | tr '\\0' a; echo end")).await;
    assert!(output.starts_with("Captured 4096 of 1000004 bytes\n...\naaa") && output.ends_with("aend\n"));
}

#[tokio::test]
async fn a_program_that_is_none_is_told_in_gos_words() {
    let missing = "fork/exec /no/such/prog: no such file or directory";
    assert_eq!(told(script(&["/no/such/prog"])).await, expected(Status::Critical, missing));
    let unknown = "exec: \"nosuchprog\": executable file not found in $PATH";
    assert_eq!(told(script(&["nosuchprog"])).await, expected(Status::Critical, unknown));
    let denied = "fork/exec /etc/passwd: permission denied";
    assert_eq!(told(script(&["/etc/passwd"])).await, expected(Status::Critical, denied));
}

#[tokio::test]
async fn it_reads_nothing_and_has_a_process_group_of_its_own() {
    let (status, output) =
        told(shell("cat; ps -o pgid= -p $$ 2>/dev/null | grep -qw $$ || cut -d' ' -f5 /proc/$$/stat | grep -qw $$"))
            .await;
    assert_eq!((status, &*output), (Status::Passing, ""));
}

#[tokio::test]
async fn a_program_that_takes_too_long_is_told_with_what_it_printed() {
    let late = Script { timeout: SHORT, ..shell("echo before; exec sleep 600") };
    assert_eq!(told(late).await, expected(Status::Critical, "Timed out (100ms) running check\n\nbefore\n"));
    let quiet = Script { timeout: SHORT, ..script(&["sleep", "600"]) };
    assert_eq!(told(quiet).await, expected(Status::Critical, "Timed out (100ms) running check"));
}

/// Waits until no process of these ids is left; the runtime reaps none but children of its own.
async fn gone(folder: &Path) {
    let ids: Vec<i32> =
        std::fs::read_to_string(folder.join("ids")).unwrap().lines().map(|id| id.parse().unwrap()).collect();
    assert!(!ids.is_empty());
    let lives = |id: &i32| {
        let stat = std::fs::read_to_string(format!("/proc/{id}/stat")).unwrap_or_default();
        // One that waits for its parent to look is dead.
        kill(Pid::from_raw(*id), None).is_ok() && !stat.contains(") Z ")
    };
    while ids.iter().any(lives) {
        tokio::task::yield_now().await;
    }
}

/// A program whose children write down their ids, ignore SIGTERM and go on forever.
fn stubborn(folder: &Path) -> Script {
    let ids = folder.join("ids");
    let child = format!("trap '' TERM HUP; echo $$ >> {}; while :; do sleep 600; done", ids.display());
    shell(&format!("trap '' TERM; for i in 1 2 3; do sh -c \"{}\" & done; wait", child.replace('$', "\\$")))
}

#[tokio::test]
async fn children_that_ignore_signals_die_with_the_timeout() {
    let folder = tempfile::tempdir().unwrap();
    let late = Script { timeout: SHORT * 5, ..stubborn(folder.path()) };
    assert_eq!(told(late).await, expected(Status::Critical, "Timed out (500ms) running check"));
    gone(folder.path()).await;
}

#[tokio::test]
async fn a_program_that_nobody_waits_for_any_more_dies_with_its_children() {
    let folder = tempfile::tempdir().unwrap();
    let script = stubborn(folder.path());
    let ids = folder.path().join("ids");
    let began = async {
        while std::fs::read_to_string(&ids).unwrap_or_default().lines().count() < 3 {
            tokio::task::yield_now().await;
        }
    };
    tokio::select! {
        outcome = script.run() => panic!("{outcome:?}"),
        () = began => {}
    }
    gone(folder.path()).await;
}

#[tokio::test]
async fn a_bomb_of_forks_is_cut_by_the_timeout() {
    let folder = tempfile::tempdir().unwrap();
    let ids = folder.path().join("ids");
    // Each child makes two more until a bound that keeps the machine usable, should the kill not work.
    let bomb = folder.path().join("bomb");
    let text =
        format!("#!/bin/sh\necho $$ >> {0}\n[ $(wc -l < {0}) -gt 40 ] || {{ $0 & $0 & }}\nsleep 600\n", ids.display());
    std::fs::write(&bomb, text).unwrap();
    let late = Script { timeout: SHORT * 5, ..script(&["/bin/sh", bomb.to_str().unwrap()]) };
    assert_eq!(told(late).await.0, Status::Critical);
    gone(folder.path()).await;
}

#[tokio::test]
async fn what_is_left_behind_is_waited_for_as_long_as_it_may_print() {
    assert_eq!(told(shell("echo started; (sh -c :; echo late) &")).await, expected(Status::Passing, "started\nlate\n"));
}
