//! Which images this program answers for itself, and what is said of those it cannot run.

use crate::events::Happening;

/// The repositories that the built-in agent stands for, without registry and tag.
const BUILTIN: [&str; 3] = ["consul", "hashicorp/consul", "proconsul"];

/// What an image name leads to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Resolved {
    /// This program.
    Builtin,
    /// Nothing: what to do about it.
    Missing(String),
}

/// What an image name leads to; with `builtin_images` off, nothing is built in.
pub(super) fn resolve(image: &str, builtin_images: bool) -> Resolved {
    let is_builtin = BUILTIN.contains(&repository(image));
    match (is_builtin, builtin_images) {
        (true, true) => Resolved::Builtin,
        (true, false) => Resolved::Missing(format!(
            "image {image:?} is not here and --builtin-images=off keeps this program from standing for it: start without that flag"
        )),
        (false, _) => Resolved::Missing(format!(
            "image {image:?} is not here: this runtime pulls no images; use one it stands for itself ({}, any tag)",
            BUILTIN.join(", ")
        )),
    }
}

/// What is said when the built-in agent stands for an image.
pub(super) fn present(image: &str, version: &str) -> Happening {
    let message = format!("Container image \"{image}\" is answered by this program itself ({})", id(version));
    Happening::normal("Pulled", message)
}

/// The id of the built-in image.
pub(super) fn id(version: &str) -> String {
    format!("builtin://proconsul@{version}")
}

/// `registry.example:5000/hashicorp/consul:1.8@sha256:…` → `hashicorp/consul`. A first part with a dot or a colon, or `localhost`, is a
/// registry; `library/` is Docker Hub's own.
fn repository(image: &str) -> &str {
    let name = image.split('@').next().unwrap_or_default();
    let name = match name.rsplit_once(':') {
        Some((name, tag)) if !tag.contains('/') => name,
        _ => name,
    };
    let name = match name.split_once('/') {
        Some((registry, rest)) if registry.contains(['.', ':']) || registry == "localhost" => rest,
        _ => name,
    };
    name.strip_prefix("library/").unwrap_or(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_names_of_consul_are_built_in_under_any_registry_and_tag() {
        for image in [
            "consul",
            "consul:latest",
            "docker.io/library/consul:1.8.7",
            "hashicorp/consul@sha256:00",
            "registry.example:5000/hashicorp/consul:1.20",
            "localhost/proconsul",
        ] {
            assert_eq!(resolve(image, true), Resolved::Builtin, "{image}");
        }
        for image in ["nginx", "myconsul", "other/consul", "consul/extra"] {
            assert!(matches!(resolve(image, true), Resolved::Missing(_)), "{image}");
        }
        assert!(matches!(resolve("consul", false), Resolved::Missing(_)));
    }
}
