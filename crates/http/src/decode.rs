//! Request bodies as Go's `encoding/json` reads them: a record's fields are found whatever the case of their letters, `null`
//! changes nothing, the last of equal names counts, and what is behind the first value is not looked at.
//!
//! A family declares its bodies with [`record!`]; knows no endpoint itself.

mod error;
mod kinds;
mod named;
mod scan;

use std::borrow::Cow;

pub(crate) use self::error::{DecodeError, SyntaxError};
pub(crate) use self::kinds::{Base64, Nanos, ReadableNanos};
pub(crate) use self::named::{Named, NamedType, named};
pub(crate) use self::scan::first;

/// One value of a body. Numbers stay as they were written.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Json<'b> {
    Null,
    Bool(bool),
    Number(&'b str),
    Text(Cow<'b, str>),
    List(Vec<Json<'b>>),
    Object(Vec<(Cow<'b, str>, Json<'b>)>),
}

impl Json<'_> {
    /// What Go calls it in its messages.
    pub(crate) fn kind(&self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Bool(_) => "bool",
            Self::Number(_) => "number",
            Self::Text(_) => "string",
            Self::List(_) => "array",
            Self::Object(_) => "object",
        }
    }
}

/// What a value of a body can become.
pub(crate) trait FromJson: Default {
    /// Whether it reads itself in Go (`UnmarshalJSON`): then mistakes inside are told as of the field that holds it.
    const READS_ITSELF: bool = false;

    /// Go's name of the type, for messages.
    fn type_name() -> Cow<'static, str>;

    /// Reads a value, which is not `null`.
    fn from_json(json: &Json<'_>) -> Result<Self, DecodeError>;
}

/// A record with named fields; made by [`record!`].
pub(crate) trait Record: Default {
    /// Go's name of the struct with its package: `structs.NodeService`.
    const TYPE: &'static str;
    /// The struct in front of a field's name: `NodeService`; empty for a struct without a name.
    const NAME: &'static str;
    /// See [`FromJson::READS_ITSELF`].
    const READS_ITSELF: bool;

    /// Sets a field.
    fn set(&mut self, name: &str, json: &Json<'_>) -> Result<(), DecodeError>;
}

impl<T: Record> FromJson for T {
    const READS_ITSELF: bool = T::READS_ITSELF;

    fn type_name() -> Cow<'static, str> {
        Cow::Borrowed(T::TYPE)
    }

    fn from_json(json: &Json<'_>) -> Result<Self, DecodeError> {
        let Json::Object(fields) = json else { return Err(DecodeError::kind::<Self>(json)) };
        let mut record = T::default();
        for (name, value) in fields {
            record.set(name, value)?;
        }
        Ok(record)
    }
}

/// Reads the first value of a body.
pub(crate) fn body<T: FromJson>(bytes: &[u8]) -> Result<T, DecodeError> {
    match scan::first(bytes)? {
        Json::Null => Ok(T::default()),
        json => T::from_json(&json),
    }
}

/// Reads a field into its place; for [`record!`].
pub(crate) fn field<R: Record, T: FromJson>(place: &mut T, name: &str, json: &Json<'_>) -> Result<(), DecodeError> {
    if *json != Json::Null {
        *place = T::from_json(json).map_err(|error| error.inside(R::NAME, name, T::READS_ITSELF))?;
    }
    Ok(())
}

/// Whether two names are one to Go: equal but for the case of letters, the Kelvin sign and the long s included.
pub(crate) fn same(one: &str, other: &str) -> bool {
    if one.is_ascii() && other.is_ascii() {
        return one.eq_ignore_ascii_case(other);
    }
    let folded = |name: &str| name.replace('\u{212a}', "k").replace('\u{17f}', "s").to_lowercase();
    folded(one) == folded(other)
}

/// The first of these names that is meant; for [`record!`].
pub(crate) fn one_of(known: &[&'static str], name: &str) -> Option<&'static str> {
    known.iter().copied().find(|known| same(known, name))
}

/// Declares how a body fills a record: `record!(Deregister, "structs.DeregisterRequest", strict { "Node" => node, .. })`.
///
/// The text is Go's name of the type, as real Consul's messages have it; one that begins with `struct {` has no name in front of
/// its fields. A `strict` record refuses unknown fields, a `lenient` one passes them over. A field may have several names:
/// `"ServiceID" | "service_id" => service_id`. The word `itself` in front is for a record that reads itself in Go
/// ([`FromJson::READS_ITSELF`]).
macro_rules! record {
    ($type:ty, $go:literal, $($rest:tt)*) => {
        $crate::decode::record!(@ $type, $go, false, $($rest)*);
    };
    (@ $type:ty, $go:literal, $itself:literal, itself $($rest:tt)*) => {
        $crate::decode::record!(@ $type, $go, true, $($rest)*);
    };
    (@ $type:ty, $go:literal, $itself:literal, $unknown:ident {
        $($($name:literal)|+ => $($place:ident).+),* $(,)?
    }) => {
        impl $crate::decode::Record for $type {
            const TYPE: &'static str = $go;
            const NAME: &'static str = $crate::decode::struct_name($go);
            const READS_ITSELF: bool = $itself;

            fn set(&mut self, name: &str, json: &$crate::decode::Json<'_>) -> Result<(), $crate::decode::DecodeError> {
                $(
                    if let Some(name) = $crate::decode::one_of(&[$($name),+], name) {
                        return $crate::decode::field::<Self, _>(&mut self.$($place).+, name, json);
                    }
                )*
                $crate::decode::record!(@@ $unknown name)
            }
        }
    };
    (@@ strict $name:ident) => {
        Err($crate::decode::DecodeError::UnknownField($name.to_owned()))
    };
    (@@ lenient $name:ident) => {{
        let _ = $name;
        Ok(())
    }};
}
pub(crate) use record;

/// The name of a struct without its package; none for a struct that has no name.
pub(crate) const fn struct_name(go: &'static str) -> &'static str {
    let bytes = go.as_bytes();
    let mut place = 0;
    while place < bytes.len() {
        match bytes[place] {
            b'.' => return go.split_at(place + 1).1,
            b' ' => return "",
            _ => place += 1,
        }
    }
    go
}

#[cfg(test)]
mod tests;
