//! The values of which records are made: texts, numbers, lists, maps, durations, bytes.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use proconsul_base::text::duration;

use super::{DecodeError, FromJson, Json};

impl FromJson for String {
    fn type_name() -> Cow<'static, str> {
        Cow::Borrowed("string")
    }

    fn from_json(json: &Json<'_>) -> Result<Self, DecodeError> {
        match json {
            Json::Text(text) => Ok(text.clone().into_owned()),
            other => Err(DecodeError::kind::<Self>(other)),
        }
    }
}

macro_rules! text {
    ($($type:ty),*) => {$(
        impl FromJson for $type {
            fn type_name() -> Cow<'static, str> {
                String::type_name()
            }

            fn from_json(json: &Json<'_>) -> Result<Self, DecodeError> {
                String::from_json(json).map(Self::from)
            }
        }
    )*};
}
text!(Box<str>, Arc<str>);

impl FromJson for bool {
    fn type_name() -> Cow<'static, str> {
        Cow::Borrowed("bool")
    }

    fn from_json(json: &Json<'_>) -> Result<Self, DecodeError> {
        match json {
            Json::Bool(value) => Ok(*value),
            other => Err(DecodeError::kind::<Self>(other)),
        }
    }
}

/// Numbers. One that is written in a way, or is of a size, that the type cannot hold is told with its digits.
macro_rules! number {
    ($($type:ty = $go:literal),*) => {$(
        impl FromJson for $type {
            fn type_name() -> Cow<'static, str> {
                Cow::Borrowed($go)
            }

            fn from_json(json: &Json<'_>) -> Result<Self, DecodeError> {
                match json {
                    Json::Number(number) => number.parse().map_err(|_| DecodeError::number::<Self>(number)),
                    other => Err(DecodeError::kind::<Self>(other)),
                }
            }
        }
    )*};
}
number!(i64 = "int", i32 = "int32", u64 = "uint64", u32 = "uint32", u16 = "uint16");

impl FromJson for f64 {
    fn type_name() -> Cow<'static, str> {
        Cow::Borrowed("float64")
    }

    fn from_json(json: &Json<'_>) -> Result<Self, DecodeError> {
        match json {
            // Rust makes infinity of what is too large, where Go refuses.
            Json::Number(number) => number
                .parse()
                .ok()
                .filter(|value: &f64| value.is_finite())
                .ok_or_else(|| DecodeError::number::<Self>(number)),
            other => Err(DecodeError::kind::<Self>(other)),
        }
    }
}

/// Tells a value that was given from one that was not.
impl<T: FromJson> FromJson for Option<T> {
    const READS_ITSELF: bool = T::READS_ITSELF;

    fn type_name() -> Cow<'static, str> {
        T::type_name()
    }

    fn from_json(json: &Json<'_>) -> Result<Self, DecodeError> {
        T::from_json(json).map(Some)
    }
}

impl<T: FromJson> FromJson for Arc<T> {
    const READS_ITSELF: bool = T::READS_ITSELF;

    fn type_name() -> Cow<'static, str> {
        T::type_name()
    }

    fn from_json(json: &Json<'_>) -> Result<Self, DecodeError> {
        T::from_json(json).map(Self::new)
    }
}

impl<T: FromJson> FromJson for Arc<[T]> {
    const READS_ITSELF: bool = T::READS_ITSELF;

    fn type_name() -> Cow<'static, str> {
        Vec::<T>::type_name()
    }

    fn from_json(json: &Json<'_>) -> Result<Self, DecodeError> {
        Vec::from_json(json).map(Self::from)
    }
}

/// A `null` in a list is an empty value, as in Go.
impl<T: FromJson> FromJson for Vec<T> {
    const READS_ITSELF: bool = T::READS_ITSELF;

    fn type_name() -> Cow<'static, str> {
        Cow::Owned(format!("[]{}", T::type_name()))
    }

    fn from_json(json: &Json<'_>) -> Result<Self, DecodeError> {
        let Json::List(values) = json else { return Err(DecodeError::kind::<Self>(json)) };
        values.iter().map(element).collect()
    }
}

impl<T: FromJson> FromJson for BTreeMap<String, T> {
    const READS_ITSELF: bool = T::READS_ITSELF;

    fn type_name() -> Cow<'static, str> {
        Cow::Owned(format!("map[string]{}", T::type_name()))
    }

    fn from_json(json: &Json<'_>) -> Result<Self, DecodeError> {
        let Json::Object(fields) = json else { return Err(DecodeError::kind::<Self>(json)) };
        fields.iter().map(|(name, value)| Ok((name.clone().into_owned(), element(value)?))).collect()
    }
}

fn element<T: FromJson>(json: &Json<'_>) -> Result<T, DecodeError> {
    if *json == Json::Null { Ok(T::default()) } else { T::from_json(json) }
}

/// Any value, as `interface {}` takes it. A number that has no finite form is refused.
impl FromJson for serde_json::Value {
    fn type_name() -> Cow<'static, str> {
        Cow::Borrowed("interface {}")
    }

    fn from_json(json: &Json<'_>) -> Result<Self, DecodeError> {
        Ok(match json {
            Json::Null => Self::Null,
            Json::Bool(value) => Self::Bool(*value),
            Json::Number(number) => match number.parse::<i64>() {
                Ok(whole) => Self::from(whole),
                Err(_) => Self::from(f64::from_json(json)?),
            },
            Json::Text(text) => Self::String(text.clone().into_owned()),
            Json::List(values) => Self::Array(values.iter().map(Self::from_json).collect::<Result<_, _>>()?),
            Json::Object(fields) => {
                let pairs = fields.iter().map(|(name, value)| Ok((name.clone().into_owned(), Self::from_json(value)?)));
                Self::Object(pairs.collect::<Result<_, DecodeError>>()?)
            }
        })
    }
}

/// A length of time in nanoseconds: a text in Go's form (`10s`) or a number of nanoseconds, whose fraction is dropped. Other
/// kinds of values are passed over, as Consul's own reader does it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Nanos(pub(crate) i64);

impl FromJson for Nanos {
    fn type_name() -> Cow<'static, str> {
        Cow::Borrowed("interface {}")
    }

    fn from_json(json: &Json<'_>) -> Result<Self, DecodeError> {
        match json {
            Json::Text(text) => Ok(Self(duration::parse_signed(text)?)),
            Json::Number(_) => Ok(Self(whole(f64::from_json(json)?))),
            _ => Ok(Self::default()),
        }
    }
}

/// The number without its fraction; one that does not fit is the smallest of all, as in Go on this kind of machine.
fn whole(number: f64) -> i64 {
    let fits = (i64::MIN as f64..-(i64::MIN as f64)).contains(&number);
    if fits { number as i64 } else { i64::MIN }
}

/// A length of time in nanoseconds as `api.ReadableDuration` takes it: a text in Go's form or a number, and nothing else.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct ReadableNanos(pub(crate) i64);

impl FromJson for ReadableNanos {
    const READS_ITSELF: bool = true;

    fn type_name() -> Cow<'static, str> {
        Cow::Borrowed("api.ReadableDuration")
    }

    fn from_json(json: &Json<'_>) -> Result<Self, DecodeError> {
        let not_a_number = |text: &str| Err(DecodeError::NotANumber(text.to_owned()));
        match json {
            Json::Text(_) | Json::Number(_) => Nanos::from_json(json).map(|Nanos(nanos)| Self(nanos)),
            Json::Bool(true) => not_a_number("true"),
            Json::Bool(false) => not_a_number("false"),
            Json::Null => not_a_number("null"),
            Json::List(_) => not_a_number("[]"),
            Json::Object(_) => not_a_number("{}"),
        }
    }
}

/// Bytes, written in base64. Line ends within are passed over, as in Go.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Base64(pub(crate) Bytes);

impl FromJson for Base64 {
    fn type_name() -> Cow<'static, str> {
        Cow::Borrowed("[]uint8")
    }

    fn from_json(json: &Json<'_>) -> Result<Self, DecodeError> {
        let Json::Text(text) = json else { return Err(DecodeError::kind::<Self>(json)) };
        let solid: Cow<'_, str> =
            if text.contains(['\n', '\r']) { Cow::Owned(text.replace(['\n', '\r'], "")) } else { Cow::Borrowed(text) };
        match STANDARD.decode(solid.as_bytes()) {
            Ok(bytes) => Ok(Self(Bytes::from(bytes))),
            Err(
                base64::DecodeError::InvalidByte(place, _)
                | base64::DecodeError::InvalidLastSymbol { offset: place, .. },
            ) => Err(DecodeError::Base64(place)),
            Err(_) => Err(DecodeError::Base64(solid.len() / 4 * 4)),
        }
    }
}
