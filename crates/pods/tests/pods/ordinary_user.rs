//! The loopback form for a user without rights, with mounts and without.

use std::process::Command;

use nix::unistd::Uid;

#[test]
fn loopback_pods_work_for_an_ordinary_user() {
    run_again_as_nobody(&[]);
}

#[test]
fn loopback_pods_work_where_no_mounts_are_allowed() {
    // As on a machine whose administrator forbids user namespaces.
    let script = "echo 0 > /proc/sys/user/max_user_namespaces && exec setpriv --bounding-set -all \"$0\" \"$@\"";
    run_again_as_nobody(&["unshare", "-Ur", "sh", "-c", script]);
}

/// Runs this program's loopback tests as nobody, through this command.
fn run_again_as_nobody(through: &[&str]) {
    if !Uid::effective().is_root() {
        return println!("skipped: this is run by an ordinary user already");
    }
    let mut again = Command::new("runuser");
    again.args(["-u", "nobody", "--"]).args(through).arg(std::env::current_exe().unwrap()).arg("both_forms::loopback");
    let output = match again.current_dir("/").env("TMPDIR", "/tmp").output() {
        Err(error) => return println!("skipped: cannot run runuser: {error}"),
        Ok(output) => output,
    };
    let (said, complaint) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    if !said.contains("test result:") {
        return println!("skipped: nobody may not run this test's program here: {complaint}");
    }
    assert!(output.status.success() && said.contains("test result: ok"), "{said}{complaint}");
}
