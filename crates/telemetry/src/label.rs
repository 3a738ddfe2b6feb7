//! What tells series of one name apart.

use std::borrow::Cow;

/// A name and its value.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Label {
    /// Its name.
    pub name: Cow<'static, str>,
    /// Its value.
    pub value: Cow<'static, str>,
}

impl Label {
    /// A label that is known when the program is built.
    pub const fn fixed(name: &'static str, value: &'static str) -> Self {
        Self { name: Cow::Borrowed(name), value: Cow::Borrowed(value) }
    }
}
