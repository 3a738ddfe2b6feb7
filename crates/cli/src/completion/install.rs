//! `-autocomplete-install` and `-autocomplete-uninstall`: a line in the files that shells read when they begin.

use std::env;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};

use crate::command::Exit;
use crate::out::Out;

/// What one shell reads, and what has to stand there.
struct Shell {
    file: PathBuf,
    lines: Vec<String>,
}

/// Does what these flags say; `None` when they say nothing of completion.
pub(crate) fn install(flags: &[String], out: &mut Out) -> Option<Exit> {
    let has = |name: &str| flags.iter().any(|flag| flag.trim_start_matches('-') == name);
    let change: fn(&Shell) -> anyhow::Result<()> = match (has("autocomplete-install"), has("autocomplete-uninstall")) {
        (true, true) => {
            out.complain(
                "Error executing CLI: either the autocomplete install or uninstall flag may be specified, but not both",
            );
            return Some(Exit::Failure);
        }
        (true, false) => add,
        (false, true) => remove,
        (false, false) => return None,
    };
    let done = shells().and_then(|shells| shells.iter().try_for_each(change));
    Some(match done {
        Ok(()) => Exit::Success,
        Err(error) => {
            out.complain(&format!("Error executing CLI: {error:#}"));
            Exit::Failure
        }
    })
}

/// Those shells whose files are there, for this program at its place.
fn shells() -> anyhow::Result<Vec<Shell>> {
    let program = env::current_exe().context("the place of this program cannot be found")?;
    let home = env::var_os("HOME").map(PathBuf::from).context("HOME is not set")?;
    let fish = env::var_os("XDG_CONFIG_HOME").map_or_else(|| home.join(".config"), PathBuf::from).join("fish");
    let shells = of_home(&home, &fish, &program);
    if shells.is_empty() {
        bail!("Did not find any shells to install");
    }
    Ok(shells)
}

fn of_home(home: &Path, fish: &Path, program: &Path) -> Vec<Shell> {
    let (program, name) = (program.display(), "consul");
    let mut shells = Vec::new();
    let bash = [".bashrc", ".bash_profile", ".bash_login", ".profile"].map(|file| home.join(file));
    if let Some(file) = bash.into_iter().find(|file| file.is_file()) {
        shells.push(Shell { file, lines: vec![format!("complete -C {program} {name}")] });
    }
    let zsh = home.join(".zshrc");
    if zsh.is_file() {
        let load = "autoload -U +X bashcompinit && bashcompinit".to_owned();
        shells.push(Shell { file: zsh, lines: vec![load, format!("complete -o nospace -C {program} {name}")] });
    }
    if fish.is_dir() {
        let line = format!("complete -f -c {name} -a '(env COMP_LINE=(commandline -cp) {program})'");
        shells.push(Shell { file: fish.join("completions").join(format!("{name}.fish")), lines: vec![line] });
    }
    shells
}

fn add(shell: &Shell) -> anyhow::Result<()> {
    let told = || format!("cannot write {}", shell.file.display());
    let mut text = read(&shell.file).with_context(told)?;
    let is_there = |text: &str, line: &String| text.lines().any(|known| known == line);
    if shell.lines.last().is_some_and(|last| is_there(&text, last)) {
        bail!("already installed in {}", shell.file.display());
    }
    for line in &shell.lines {
        if !is_there(&text, line) {
            text.push_str(if text.is_empty() || text.ends_with('\n') { "" } else { "\n" });
            text.push_str(&format!("{line}\n"));
        }
    }
    if let Some(folder) = shell.file.parent() {
        fs::create_dir_all(folder).with_context(told)?;
    }
    fs::write(&shell.file, text).with_context(told)
}

/// Takes the program's own line out; what loads completion itself may serve others.
fn remove(shell: &Shell) -> anyhow::Result<()> {
    let told = || format!("cannot write {}", shell.file.display());
    let text = read(&shell.file).with_context(told)?;
    let Some(own) = shell.lines.last().filter(|own| text.lines().any(|line| line == **own)) else {
        bail!("it is not installed in {}", shell.file.display());
    };
    let rest: String = text.lines().filter(|line| line != own).map(|line| format!("{line}\n")).collect();
    fs::write(&shell.file, rest).with_context(told)
}

fn read(file: &Path) -> io::Result<String> {
    match fs::read_to_string(file) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(String::new()),
        read => read,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_added_once_and_taken_out_again() {
        let home = tempfile::tempdir().unwrap();
        fs::write(home.path().join(".bashrc"), "alias a=b").unwrap();
        let shells = of_home(home.path(), &home.path().join("fish"), Path::new("/bin/consul"));
        assert_eq!(shells.len(), 1);
        add(&shells[0]).unwrap();
        let text = || fs::read_to_string(home.path().join(".bashrc")).unwrap();
        assert_eq!(text(), "alias a=b\ncomplete -C /bin/consul consul\n");
        assert!(add(&shells[0]).unwrap_err().to_string().starts_with("already installed in "));
        remove(&shells[0]).unwrap();
        assert_eq!(text(), "alias a=b\n");
        assert!(remove(&shells[0]).is_err());
    }

    #[test]
    fn zsh_and_fish_are_told_how_to_ask() {
        let home = tempfile::tempdir().unwrap();
        fs::write(home.path().join(".zshrc"), "").unwrap();
        fs::create_dir(home.path().join("fish")).unwrap();
        let shells = of_home(home.path(), &home.path().join("fish"), Path::new("/bin/consul"));
        shells.iter().try_for_each(add).unwrap();
        let zsh = fs::read_to_string(home.path().join(".zshrc")).unwrap();
        assert_eq!(zsh, "autoload -U +X bashcompinit && bashcompinit\ncomplete -o nospace -C /bin/consul consul\n");
        assert!(home.path().join("fish/completions/consul.fish").is_file());
    }
}
