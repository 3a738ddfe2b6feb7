//! Whole command lines: what is printed where, and the exit code.

use std::cell::RefCell;
use std::io::{self, Write};
use std::rc::Rc;

use super::command::COMMANDS;
use super::*;

/// What was printed, readable after the command has taken the writer.
#[derive(Clone, Default)]
struct Printed(Rc<RefCell<Vec<u8>>>);

impl Write for Printed {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.borrow_mut().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Printed {
    fn text(&self) -> String {
        String::from_utf8(self.0.borrow().clone()).unwrap()
    }
}

/// Runs a line as `consul`; gives the exit, standard output and standard error.
fn consul(line: &str) -> (Exit, String, String) {
    let words: Vec<String> = line.split_whitespace().map(str::to_owned).collect();
    let (stdout, stderr) = (Printed::default(), Printed::default());
    let exit = dispatch("consul", &words, &mut Out::new(stdout.clone(), stderr.clone()));
    (exit, stdout.text(), stderr.text())
}

#[test]
fn help_goes_to_standard_output_and_ignorance_to_standard_error() {
    let (exit, stdout, stderr) = consul("-h");
    assert_eq!((exit, stderr.as_str()), (Exit::Success, ""));
    assert!(stdout.starts_with(
        "Usage: consul [--version] [--help] <command> [<args>]\n\nAvailable commands are:\n    agent          Runs"
    ));
    let (exit, stdout, stderr) = consul("");
    assert_eq!((exit, stdout.as_str()), (Exit::UnknownCommand, ""));
    assert!(stderr.starts_with("Usage: consul"));
    let (exit, _, stderr) = consul("mebmers");
    assert_eq!(exit, Exit::UnknownCommand);
    assert!(stderr.starts_with("there is no command mebmers; did you mean members?\n\nUsage: "), "{stderr}");
    let (_, _, stderr) = consul("acl bootstrap");
    assert!(stderr.starts_with("the command acl of Consul is not there in this version\n"), "{stderr}");
}

#[test]
fn a_group_without_a_command_shows_its_commands() {
    for line in ["kv", "kv bogus", "operator raft", "operator raft bogus"] {
        let (exit, stdout, stderr) = consul(line);
        assert_eq!((exit, stdout.as_str()), (Exit::Failure, ""), "{line}");
        assert!(stderr.contains("\n\nSubcommands:\n    "), "{stderr}");
    }
    let (exit, stdout, _) = consul("kv -h");
    assert_eq!(exit, Exit::Success);
    assert!(stdout.ends_with("    put       Sets or updates data in the KV store\n"), "{stdout}");
}

#[test]
fn help_may_be_asked_for_anywhere_but_behind_two_dashes() {
    for line in ["kv get x -h", "-h kv get", "kv get -bogus --help"] {
        let (exit, stdout, _) = consul(line);
        assert_eq!(exit, Exit::Success);
        assert!(stdout.starts_with("Usage: consul kv get [options] [KEY_OR_PREFIX]\n"), "{stdout}");
    }
    assert_eq!(consul("kv get -- a -h").2, "Too many arguments (expected 1, got 2)\n");
}

#[test]
fn flags_before_the_command_are_refused() {
    let (exit, stdout, stderr) = consul("-stale kv get x");
    assert_eq!((exit, stdout.as_str()), (Exit::Failure, ""));
    assert!(stderr.starts_with("Invalid flags before the subcommand. If these"), "{stderr}");
    assert_eq!(consul("-version kv get").1, consul("version").1);
}

#[test]
fn a_misused_command_shows_its_help() {
    let (exit, stdout, stderr) = consul("force-leave");
    assert_eq!((exit, stdout.as_str()), (Exit::Failure, ""));
    let expected = "A single node name must be specified to force leave.\n\nUsage: consul force-leave [options] name\n";
    assert!(stderr.starts_with(expected), "{stderr}");
    let (_, stdout, stderr) = consul("leave x y");
    assert_eq!(stderr, "Error found unexpected args: [x y]\n");
    assert!(stdout.starts_with("Usage: consul leave"), "{stdout}");
    assert!(consul("keyring").2.starts_with("Usage: consul keyring [options]\n"));
    assert_eq!(consul("intention check a").0, Exit::Undecided);
    assert_eq!(consul("intention match -bogus").0, Exit::Undecided);
}

#[test]
fn every_command_has_help() {
    for command in COMMANDS {
        let (exit, stdout, stderr) = consul(&format!("{} -h", command.words));
        assert_eq!((exit, stderr.as_str()), (Exit::Success, ""), "{}", command.words);
        assert!(stdout.starts_with(&format!("Usage: consul {}", command.words)), "{stdout}");
    }
}

#[test]
fn an_unknown_flag_names_the_nearest_one() {
    let (exit, _, stderr) = consul("agent -bootstrap-expct=3");
    assert_eq!(exit, Exit::Failure);
    let expected = "flag provided but not defined: -bootstrap-expct; did you mean -bootstrap-expect?\n\
                    All flags are listed by: consul agent -h\n";
    assert_eq!(stderr, expected);
}

#[test]
fn the_version_is_consuls_on_its_first_line() {
    for line in ["version", "-v", "--version"] {
        let (exit, stdout, _) = consul(line);
        assert_eq!((exit, stdout.lines().next()), (Exit::Success, Some("Consul v1.8.7")));
    }
    let (_, stdout, _) = consul("version -format=json");
    let version: serde_json::Value = serde_json::from_str(&stdout).unwrap();
    assert_eq!(version["RPC"]["Max"], 3);
    assert_eq!(consul("version -format=x"), (Exit::Failure, String::new(), "Unknown format: x\n".to_owned()));
}

#[test]
fn a_key_for_gossip_has_32_bytes_and_is_never_the_same() {
    let ((_, one, _), (_, two, _)) = (consul("keygen"), consul("keygen"));
    assert_eq!(one.trim_end().len(), 44);
    assert_ne!(one, two);
}

#[test]
fn configuration_is_validated_without_starting_anything() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("a.hcl");
    std::fs::write(&file, "data_dir = \"/tmp/never\" bind_addr = \"127.0.0.1\"").unwrap();
    let line = format!("validate {}", directory.path().display());
    assert_eq!(consul(&line), (Exit::Success, "Configuration is valid!\n".to_owned(), String::new()));
    std::fs::write(&file, "datacentre = 1").unwrap();
    let (exit, _, stderr) = consul(&line);
    let expected = format!(
        "Config validation failed: {}:1:1: invalid config key datacentre; did you mean datacenter?\n",
        file.display()
    );
    assert_eq!(exit, Exit::Failure);
    assert!(stderr.starts_with(&expected), "{stderr}");
    assert_eq!(consul("validate").2, "Must specify at least one config file or directory\n");
}

#[test]
fn an_agent_with_a_wrong_configuration_says_everything_and_stops() {
    let (exit, stdout, stderr) = consul("agent -bootstrap-expect=3 -bind=127.0.0.1");
    assert_eq!((exit, stdout.as_str()), (Exit::Failure, ""));
    assert_eq!(stderr, "==> data_dir cannot be empty\n==> 'bootstrap_expect > 0' requires 'server = true'\n");
}
