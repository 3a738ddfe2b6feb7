//! The words by which people name objects: `pod consul-0`, `pod/consul-0`, `sts,svc`, `all`.

use anyhow::{Context, bail};
use proconsul_base::text::nearest::nearest;
use proconsul_kube::kind::Kind;

/// What a word names: a kind, and an object of it or all of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Reference {
    pub(super) kind: Kind,
    pub(super) name: Option<String>,
}

/// What the words of a command name.
pub(super) fn parse(words: &[String]) -> anyhow::Result<Vec<Reference>> {
    let (first, names) = words.split_first().context("name what is meant: a kind such as pods, or KIND NAME")?;
    if words.iter().any(|word| word.contains('/')) {
        return words.iter().map(|word| pair(word)).collect();
    }
    let kinds = kinds(first)?;
    if names.is_empty() {
        return Ok(kinds.into_iter().map(|kind| Reference { kind, name: None }).collect());
    }
    let named = |kind: Kind| names.iter().map(move |name| Reference { kind, name: Some(name.clone()) });
    Ok(kinds.into_iter().flat_map(named).collect())
}

fn pair(word: &str) -> anyhow::Result<Reference> {
    let Some((kind, name)) = word.split_once('/').filter(|(_, name)| !name.is_empty()) else {
        bail!("{word:?} is not of the form KIND/NAME, as the others are");
    };
    Ok(Reference { kind: self::kind(kind)?, name: Some(name.to_owned()) })
}

fn kinds(words: &str) -> anyhow::Result<Vec<Kind>> {
    let mut kinds = Vec::new();
    for word in words.split(',') {
        match word {
            "all" => kinds.extend(Kind::ALL.into_iter().filter(|kind| kind.resource().is_in_all)),
            word => kinds.push(kind(word)?),
        }
    }
    Ok(kinds)
}

fn kind(word: &str) -> anyhow::Result<Kind> {
    let known = Kind::ALL.into_iter().map(|kind| kind.resource().plural);
    let hint = || nearest(word, known).map(|near| format!("; did you mean {near:?}?")).unwrap_or_default();
    Kind::typed(word).with_context(|| format!("the server doesn't have a resource type {word:?}{}", hint()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(words: &[&str]) -> Vec<String> {
        let words: Vec<String> = words.iter().map(|&word| word.to_owned()).collect();
        let references = parse(&words).expect("is understood");
        references
            .iter()
            .map(|one| format!("{}/{}", one.kind.resource().plural, one.name.as_deref().unwrap_or("*")))
            .collect()
    }

    #[test]
    fn objects_are_named_in_all_of_kubectls_ways() {
        assert_eq!(named(&["po"]), ["pods/*"]);
        assert_eq!(named(&["pod", "a", "b"]), ["pods/a", "pods/b"]);
        assert_eq!(named(&["pod/a", "svc/b"]), ["pods/a", "services/b"]);
        assert_eq!(named(&["sts,pvc"]), ["statefulsets/*", "persistentvolumeclaims/*"]);
        assert_eq!(named(&["all"]), ["pods/*", "services/*", "statefulsets/*"]);
    }

    #[test]
    fn an_unknown_kind_is_answered_with_the_nearest() {
        let error = parse(&["podz".to_owned()]).unwrap_err().to_string();
        assert_eq!(error, "the server doesn't have a resource type \"podz\"; did you mean \"pods\"?");
    }
}
