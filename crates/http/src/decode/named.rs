//! Texts whose type has a name of its own in Go, which messages tell.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

use proconsul_types::node::Text;

use super::{DecodeError, FromJson, Json};

/// Which type it is.
pub(crate) trait NamedType {
    /// Go's name of it: `api.KVOp`.
    const NAME: &'static str;
}

/// A text of such a type.
pub(crate) struct Named<T> {
    /// The text.
    pub(crate) text: Text,
    named: PhantomData<T>,
}

impl<T> Named<T> {
    /// A text that nobody wrote.
    pub(crate) const fn new(text: Text) -> Self {
        Self { text, named: PhantomData }
    }
}

impl<T> Default for Named<T> {
    fn default() -> Self {
        Self::new(Text::default())
    }
}

impl<T> fmt::Debug for Named<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.text.fmt(f)
    }
}

impl<T: NamedType> FromJson for Named<T> {
    fn type_name() -> Cow<'static, str> {
        Cow::Borrowed(T::NAME)
    }

    fn from_json(json: &Json<'_>) -> Result<Self, DecodeError> {
        match json {
            Json::Text(text) => Ok(Self::new(Text::from(&**text))),
            other => Err(DecodeError::kind::<Self>(other)),
        }
    }
}

/// Declares types: `named!(KvOp = "api.KVOp")`.
macro_rules! named {
    ($($type:ident = $name:literal),* $(,)?) => {$(
        /// A type of Go.
        pub(super) struct $type;

        impl $crate::decode::NamedType for $type {
            const NAME: &'static str = $name;
        }
    )*};
}
pub(crate) use named;
