//! The loopback form for a user without rights.

use std::process::Command;

use nix::unistd::Uid;

#[test]
fn loopback_pods_work_for_an_ordinary_user() {
    if !Uid::effective().is_root() {
        return println!("skipped: this is run by an ordinary user already");
    }
    let mut again = Command::new("runuser");
    again.args(["-u", "nobody", "--"]).arg(std::env::current_exe().unwrap()).arg("both_forms::loopback");
    match again.current_dir("/").env("TMPDIR", "/tmp").output() {
        Err(error) => println!("skipped: cannot run runuser: {error}"),
        Ok(output) if output.status.code() == Some(126) => println!("skipped: nobody may not run this test's program"),
        Ok(output) => {
            let said = String::from_utf8_lossy(&output.stdout);
            assert!(output.status.success() && said.contains("test result: ok"), "{said}");
        }
    }
}
