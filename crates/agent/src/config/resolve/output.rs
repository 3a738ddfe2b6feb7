//! What is logged, how and where.

use std::time::Duration;

use super::Resolver;
use crate::config::{Invalid, LogConfig, LogLevel, RotateKeep};

impl Resolver<'_> {
    pub(super) fn log(&mut self) -> LogConfig {
        let keep = self.number("log_rotate_max_files", 0, -1, i64::from(u32::MAX));
        let bytes = self.number("log_rotate_bytes", 0, 0, i64::MAX);
        LogConfig {
            level: self.level(),
            json: self.settings.boolean("log_json").unwrap_or(false),
            file: self.place("log_file"),
            rotate_bytes: u64::try_from(bytes).ok().filter(|&bytes| bytes > 0),
            rotate_duration: self.settings.duration("log_rotate_duration").unwrap_or(Duration::from_secs(24 * 60 * 60)),
            rotate_keep: match usize::try_from(keep) {
                Ok(0) => RotateKeep::All,
                Ok(count) => RotateKeep::Newest(count),
                Err(_) => RotateKeep::None,
            },
        }
    }

    fn level(&mut self) -> LogLevel {
        let default = if self.dev { LogLevel::Debug } else { LogLevel::Info };
        let Some(name) = self.settings.text("log_level") else { return default };
        LogLevel::from_name(name).unwrap_or_else(|| {
            self.refuse_whole(Invalid::LogLevel(name.to_owned()));
            default
        })
    }
}
