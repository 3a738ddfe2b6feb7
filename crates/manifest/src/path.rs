//! The path of a field as Kubernetes writes it: `spec.containers[0].env[1].name`, `data[key]`.

use std::fmt;

/// A field path. Cheap to extend, written out only for a mistake.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Path(String);

impl Path {
    /// The object itself.
    pub fn root() -> Self {
        Self::default()
    }

    /// The path of the field `name` of what this path leads to; `name` may hold several steps joined by dots.
    #[must_use]
    pub fn field(&self, name: &str) -> Self {
        if self.0.is_empty() { Self(name.to_owned()) } else { Self(format!("{}.{name}", self.0)) }
    }

    /// The path of an entry of a list.
    #[must_use]
    pub fn index(&self, index: usize) -> Self {
        Self(format!("{}[{index}]", self.0))
    }

    /// The path of an entry of a map, as validation writes it.
    #[must_use]
    pub fn key(&self, key: &str) -> Self {
        Self(format!("{}[{key}]", self.0))
    }

    /// The path as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Without the list positions, as Go's JSON decoder names a field.
    pub fn without_indexes(&self) -> String {
        let mut depth = 0_usize;
        self.0
            .chars()
            .filter(|&c| {
                depth += usize::from(c == '[');
                let keep = depth == 0;
                depth -= usize::from(c == ']' && depth > 0);
                keep
            })
            .collect()
    }

    /// The path of what holds this field; `None` at the root.
    pub fn parent(&self) -> Option<Self> {
        let end = if self.0.ends_with(']') { self.0.rfind('[') } else { self.0.rfind('.') };
        match end {
            Some(end) => Some(Self(self.0[..end].to_owned())),
            None => (!self.0.is_empty()).then(Self::root),
        }
    }
}

impl From<&str> for Path {
    fn from(text: &str) -> Self {
        Self(text.to_owned())
    }
}

impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_written_as_kubernetes_does_and_leads_back_to_its_parent() {
        let path = Path::root().field("spec").field("containers").index(0).field("env").index(12).field("name");
        assert_eq!(path.as_str(), "spec.containers[0].env[12].name");
        assert_eq!(path.without_indexes(), "spec.containers.env.name");
        assert_eq!(path.parent().unwrap().parent().unwrap().as_str(), "spec.containers[0].env");
        assert_eq!(Path::from("spec").parent(), Some(Path::root()));
        assert_eq!(Path::root().parent(), None);
    }
}
