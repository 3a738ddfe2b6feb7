//! Log files: named after the time they were begun, changed by size and age, the old ones removed, all as Consul 1.8 does.

use std::ffi::OsString;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use proconsul_agent::config::{LogConfig, Place, RotateKeep};

/// Readable by the group, so that collectors need not be root.
const MODE: u32 = 0o640;

/// The file that is written now, and the rule by which the next is begun.
#[derive(Debug)]
pub(super) struct LogFile {
    directory: PathBuf,
    stem: String,
    extension: String,
    bytes_max: Option<u64>,
    age_max: Duration,
    keep: RotateKeep,
    file: File,
    bytes: u64,
    begun: Instant,
}

impl LogFile {
    /// Begins a file for `/consul/log` (`/consul/log-<nanoseconds>.log`) or `/consul/` (`/consul/consul-<nanoseconds>.log`).
    pub(super) fn open(config: &LogConfig, place: &Place) -> io::Result<Self> {
        let is_directory = place.shown().as_os_str().as_encoded_bytes().ends_with(b"/");
        let path = place.real();
        let (directory, name) = match (is_directory, path.file_name(), path.parent()) {
            (false, Some(name), Some(parent)) => (parent.to_path_buf(), name.to_string_lossy().into_owned()),
            _ => (path.to_path_buf(), "consul.log".to_owned()),
        };
        let (stem, extension) = match name.rsplit_once('.') {
            Some((stem, extension)) if !stem.is_empty() => (stem.to_owned(), format!(".{extension}")),
            _ => (name, ".log".to_owned()),
        };
        let directory = if directory.as_os_str().is_empty() { PathBuf::from(".") } else { directory };
        fs::create_dir_all(&directory)?;
        let file = begin(&directory, &stem, &extension)?;
        Ok(Self {
            directory,
            stem,
            extension,
            bytes_max: config.rotate_bytes,
            age_max: config.rotate_duration,
            keep: config.rotate_keep,
            file,
            bytes: 0,
            begun: Instant::now(),
        })
    }

    /// Writes one line, in a new file if the one before is full or too old.
    pub(super) fn write(&mut self, line: &str) -> io::Result<()> {
        let full = self.bytes_max.is_some_and(|most| self.bytes >= most);
        let old = !self.age_max.is_zero() && self.begun.elapsed() >= self.age_max;
        if full || old {
            self.file = begin(&self.directory, &self.stem, &self.extension)?;
            self.bytes = 0;
            self.begun = Instant::now();
            self.remove_old()?;
        }
        let line = format!("{line}\n");
        self.file.write_all(line.as_bytes())?;
        self.bytes += line.len() as u64;
        Ok(())
    }

    /// Removes the oldest finished files beyond the number that is kept; the newest name is the file being written.
    fn remove_old(&self) -> io::Result<()> {
        let keep = match self.keep {
            RotateKeep::All => return Ok(()),
            RotateKeep::None => 0,
            RotateKeep::Newest(count) => count,
        };
        let mut names = Vec::new();
        for entry in fs::read_dir(&self.directory)? {
            let name = entry?.file_name();
            if self.is_own(&name) {
                names.push(name);
            }
        }
        names.sort();
        for name in names.iter().rev().skip(keep + 1) {
            fs::remove_file(self.directory.join(name))?;
        }
        Ok(())
    }

    /// Whether a name is the stem, a dash, digits and the extension.
    fn is_own(&self, name: &OsString) -> bool {
        let digits = name
            .to_str()
            .and_then(|name| name.strip_prefix(&self.stem)?.strip_prefix('-')?.strip_suffix(&self.extension));
        digits.is_some_and(|digits| !digits.is_empty() && digits.bytes().all(|digit| digit.is_ascii_digit()))
    }
}

fn begin(directory: &Path, stem: &str, extension: &str) -> io::Result<File> {
    let nanos = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_nanos();
    let path = directory.join(format!("{stem}-{nanos}{extension}"));
    OpenOptions::new().create(true).append(true).mode(MODE).open(path)
}

#[cfg(test)]
mod tests {
    use proconsul_agent::config::LogLevel;

    use super::*;

    fn config(bytes: u64, keep: RotateKeep) -> LogConfig {
        LogConfig {
            level: LogLevel::Info,
            json: false,
            file: None,
            rotate_bytes: Some(bytes),
            rotate_duration: Duration::from_secs(3600),
            rotate_keep: keep,
        }
    }

    fn names(directory: &Path) -> Vec<String> {
        let mut names: Vec<String> =
            fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    fn shape(name: &str) -> String {
        name.split(|character: char| character.is_ascii_digit())
            .filter(|part| !part.is_empty())
            .collect::<Vec<_>>()
            .join("N")
    }

    #[test]
    fn a_files_name_carries_the_time_it_was_begun() {
        for (given, expected) in
            [("log", "log-N.log"), ("x.txt", "x-N.txt"), ("sub/", "consul-N.log"), (".hidden", ".hidden-N.log")]
        {
            let directory = tempfile::tempdir().unwrap();
            let path = format!("{}/{given}", directory.path().display());
            LogFile::open(&config(0, RotateKeep::All), &Place::new(path)).unwrap();
            let inside = if given == "sub/" { directory.path().join("sub") } else { directory.path().to_path_buf() };
            let names = names(&inside);
            assert_eq!(names.iter().map(|name| shape(name)).collect::<Vec<_>>(), [expected]);
        }
    }

    #[test]
    fn a_full_file_is_followed_by_a_new_one_and_the_oldest_go() {
        for (keep, files) in [(RotateKeep::All, 5), (RotateKeep::Newest(2), 3), (RotateKeep::None, 1)] {
            let directory = tempfile::tempdir().unwrap();
            fs::write(directory.path().join("log-other.log"), "not ours").unwrap();
            let mut file = LogFile::open(&config(5, keep), &Place::new(directory.path().join("log"))).unwrap();
            for line in ["one..", "two..", "three", "four.", "five."] {
                file.write(line).unwrap();
            }
            let names = names(directory.path());
            assert_eq!(names.len(), files + 1, "{keep:?}: {names:?}");
            let newest = &names[names.len() - 2];
            assert_eq!(fs::read_to_string(directory.path().join(newest)).unwrap(), "five.\n");
        }
    }
}
