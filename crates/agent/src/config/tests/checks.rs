//! The keys of health checks.

use super::*;
use crate::local::Scripts;

fn scripts(arguments: &str) -> Scripts {
    Machine::default().load(arguments).unwrap().checks.scripts
}

#[test]
fn programs_are_run_for_nobody_unless_it_is_said_for_whom() {
    assert_eq!(scripts("-dev"), Scripts::default());
    let from_files = Scripts { from_files: true, from_anywhere: false };
    assert_eq!(scripts("-dev -enable-local-script-checks"), from_files);
    let from_anywhere = Scripts { from_files: true, from_anywhere: true };
    assert_eq!(scripts("-dev -enable-script-checks"), from_anywhere);
    let file = Machine::with(&[("/a.hcl", "enable_local_script_checks = true\nenable_script_checks = false")]);
    assert_eq!(file.load("-dev -config-file /a.hcl").unwrap().checks.scripts, from_files);
}

#[test]
fn programs_for_everybody_are_warned_of_unless_writes_are_taken_from_some_only() {
    let warned = |arguments: &str| {
        let warnings = Machine::default().load(arguments).unwrap().warnings;
        warnings.iter().any(|warning| warning.starts_with("using enable-script-checks without ACLs"))
    };
    assert!(warned("-dev -enable-script-checks"));
    assert!(!warned("-dev -enable-script-checks -allow-write-http-from 127.0.0.0/8"));
    assert!(!warned("-dev -enable-local-script-checks"));
}

#[test]
fn some_of_an_output_is_always_kept() {
    let load = |arguments: &str| Machine::default().load(arguments);
    assert_eq!(load("-dev").unwrap().checks.output_bytes_max, 4096);
    assert_eq!(load("-dev -check_output_max_size 10").unwrap().checks.output_bytes_max, 10);
    for none in ["0", "-1"] {
        let told = load(&format!("-dev -check_output_max_size={none}")).unwrap_err().to_string();
        let expected =
            "check_output_max_size must be positive, to discard check output use the discard_check_output flag";
        assert!(told.ends_with(expected), "{told}");
    }
}
