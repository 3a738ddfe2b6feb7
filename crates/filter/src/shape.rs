//! What a record looks like to a filter.

/// What stands in a place of a record.
#[derive(Debug)]
pub enum Shape {
    /// Text.
    Text,
    /// A whole number.
    Integer,
    /// A number with a fraction.
    Float,
    /// `true` or `false`.
    Boolean,
    /// A list: of values, which it may contain, or of records, of which one has to fit.
    List(&'static Shape),
    /// Named values or records; any name may be asked for.
    Map(&'static Shape),
    /// A record with these fields.
    Record(&'static [(&'static str, Shape)]),
}

impl Shape {
    /// What is under a name, if that can be asked for.
    pub(crate) fn below(&self, name: &str) -> Option<&Shape> {
        match self {
            Self::Record(fields) => fields.iter().find(|(field, _)| *field == name).map(|(_, shape)| shape),
            Self::List(element @ Self::Record(_)) => element.below(name),
            Self::Map(value) => Some(value),
            Self::Text | Self::Integer | Self::Float | Self::Boolean | Self::List(_) => None,
        }
    }
}
