//! Which texts make up the configuration, in the order in which they count. Opens files, understands no key.

use proconsul_hcl::Format;

use super::Place;
use super::environment::{Environment, Found};
use super::error::Mistake;
use crate::flag::Given;

/// One text of configuration.
pub(super) struct Source {
    pub(super) name: SourceName,
    pub(super) format: Format,
    pub(super) text: String,
}

/// Where a text comes from.
pub(super) enum SourceName {
    File(Place),
    Fragment(usize),
}

/// The files, directories and pieces of HCL that these flags name.
pub(super) fn sources(
    given: &Given,
    environment: &Environment<'_>,
    mistakes: &mut Vec<Mistake>,
    warnings: &mut Vec<String>,
) -> Vec<Source> {
    let format = given.text("config-format").filter(|format| !format.is_empty());
    let forced = format.and_then(Format::from_extension);
    if let (Some(format), None) = (format, forced) {
        mistakes.push(Mistake::Format(format.to_owned()));
    }
    let mut reader = Reader { environment, forced, mistakes, warnings, sources: Vec::new() };
    for (flag, path) in &given.flags {
        if matches!(*flag, "config-file" | "config-dir") {
            reader.path(path);
        }
    }
    let mut sources = reader.sources;
    for (place, text) in given.all("hcl").enumerate() {
        sources.push(Source { name: SourceName::Fragment(place + 1), format: Format::Hcl, text: text.to_owned() });
    }
    sources
}

struct Reader<'a> {
    environment: &'a Environment<'a>,
    forced: Option<Format>,
    mistakes: &'a mut Vec<Mistake>,
    warnings: &'a mut Vec<String>,
    sources: Vec<Source>,
}

impl Reader<'_> {
    fn path(&mut self, path: &str) {
        let place = self.environment.place(path);
        match self.environment.files.look(place.real()) {
            Ok(Found::File) => self.file(place),
            Ok(Found::Directory(mut names)) => {
                names.sort();
                for name in names {
                    self.entry(place.join(name));
                }
            }
            Err(error) => self.mistakes.push(Mistake::Open(place, error)),
        }
    }

    /// One name of a directory; directories in directories are passed over, as Consul does.
    fn entry(&mut self, place: Place) {
        match self.environment.files.look(place.real()) {
            Ok(Found::File) => self.file(place),
            Ok(Found::Directory(_)) => {}
            Err(error) => self.mistakes.push(Mistake::Open(place, error)),
        }
    }

    fn file(&mut self, place: Place) {
        let extension = place.shown().extension().and_then(|extension| extension.to_str());
        let Some(format) = self.forced.or_else(|| extension.and_then(Format::from_extension)) else {
            self.warnings
                .push(format!("skipping file {place}, extension must be .hcl or .json, or config format must be set"));
            return;
        };
        match self.environment.files.read(place.real()) {
            Ok(text) => self.sources.push(Source { name: SourceName::File(place), format, text }),
            Err(error) => self.mistakes.push(Mistake::Open(place, error)),
        }
    }
}
