//! Why bytes are no value, or a value has no bytes.

/// Why a value was not read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReadError {
    /// The bytes end inside a value.
    #[error("EOF")]
    End,
    /// Lists and maps inside each other without end.
    #[error("lists and maps are nested deeper than {max}", max = crate::DEPTH_MAX)]
    TooDeep,
    /// A byte that no value begins with.
    #[error("no value begins with byte {0:#04x}")]
    Unknown(u8),
    /// A text that is no UTF-8, where only text makes sense.
    #[error("a text is no UTF-8")]
    NotText,
    /// Bytes that are no time of Go's.
    #[error("not a time of {0} bytes")]
    NotTime(usize),
    /// A value that does not fit the record; said by the record's own reader.
    #[error("{0}")]
    Unfit(String),
}

impl serde::de::Error for ReadError {
    fn custom<T: std::fmt::Display>(reason: T) -> Self {
        Self::Unfit(reason.to_string())
    }
}

/// Why a value was not written.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WriteError {
    /// Something that Go's structs cannot have.
    #[error("{0} have no form in Go's records")]
    NoForm(&'static str),
    /// Longer than a length can say.
    #[error("{0} bytes or elements are more than one value can hold")]
    TooLong(usize),
    /// What is to stand among the fields of a record is none.
    #[error("only records can be embedded in records")]
    NotEmbeddable,
    /// The value's own reason.
    #[error("{0}")]
    Unfit(String),
}

impl serde::ser::Error for WriteError {
    fn custom<T: std::fmt::Display>(reason: T) -> Self {
        Self::Unfit(reason.to_string())
    }
}
