//! The texts that `kube up` applies: files, folders, standard input, or the cluster that comes with the program.

use std::fs;
use std::io::{Read, stdin};
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use proconsul_manifest::Source;

/// What is applied when nothing is named: corrected copies of the three-server cluster.
const EMBEDDED: [(&str, &str); 4] = [
    ("deploy/kubernetes/1-service.yaml", include_str!("../../../../../deploy/kubernetes/1-service.yaml")),
    ("deploy/kubernetes/2-pvc.yaml", include_str!("../../../../../deploy/kubernetes/2-pvc.yaml")),
    ("deploy/kubernetes/3-pv.yaml", include_str!("../../../../../deploy/kubernetes/3-pv.yaml")),
    ("deploy/kubernetes/4-statefulset.yaml", include_str!("../../../../../deploy/kubernetes/4-statefulset.yaml")),
];

/// The files of a folder that are manifests, as `kubectl` takes them.
const EXTENSIONS: [&str; 3] = ["yaml", "yml", "json"];

/// The texts behind the words of a command.
pub(super) fn sources<'a>(words: impl Iterator<Item = &'a str>) -> anyhow::Result<Vec<Source>> {
    let mut sources = Vec::new();
    for word in words {
        match word {
            "-" => {
                let mut text = String::new();
                stdin().lock().read_to_string(&mut text).context("cannot read standard input")?;
                sources.push(Source { name: "STDIN".to_owned(), text });
            }
            path => {
                sources.extend(files(Path::new(path))?.iter().map(|file| source(file)).collect::<Result<Vec<_>, _>>()?)
            }
        }
    }
    if sources.is_empty() {
        sources.extend(EMBEDDED.map(|(name, text)| Source { name: name.to_owned(), text: text.to_owned() }));
    }
    Ok(sources)
}

fn files(path: &Path) -> anyhow::Result<Vec<PathBuf>> {
    if !path.is_dir() {
        return Ok(vec![path.to_owned()]);
    }
    let entries = fs::read_dir(path).with_context(|| format!("cannot read folder {}", path.display()))?;
    let mut files = entries.map(|entry| Ok(entry?.path())).collect::<std::io::Result<Vec<_>>>()?;
    files.retain(|file| file.extension().is_some_and(|extension| EXTENSIONS.iter().any(|known| extension == *known)));
    files.sort();
    if files.is_empty() {
        bail!("{} holds no manifest: no file ends in .yaml, .yml or .json", path.display());
    }
    Ok(files)
}

fn source(file: &Path) -> anyhow::Result<Source> {
    let text = fs::read_to_string(file).with_context(|| format!("cannot read {}", file.display()))?;
    Ok(Source { name: file.display().to_string(), text })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_stands_for_its_manifests_in_order_and_nothing_for_the_embedded_ones() {
        let folder = tempfile::tempdir().expect("a folder");
        for name in ["b.yaml", "a.yml", "notes.txt", "c.json"] {
            fs::write(folder.path().join(name), name).expect("writes");
        }
        let path = folder.path().to_string_lossy().into_owned();
        let texts: Vec<String> =
            sources([path.as_str()].into_iter()).expect("reads").into_iter().map(|source| source.text).collect();
        assert_eq!(texts, ["a.yml", "b.yaml", "c.json"]);
        assert_eq!(sources(std::iter::empty()).expect("reads").len(), 4);
    }

    #[test]
    fn the_embedded_manifests_are_accepted_without_a_warning() {
        let sources = sources(std::iter::empty()).expect("reads");
        let read = proconsul_manifest::read(&sources, proconsul_manifest::Validation::Strict).expect("no mistakes");
        assert_eq!((read.objects.len(), read.warnings.len()), (4, 0));
    }
}
