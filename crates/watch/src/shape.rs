//! The form in which Consul's client library hands answers on, which differs a little from the API's own: other orders of fields,
//! and some that are always there.

use crate::document::Document;

/// What stands in an answer's place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shape {
    /// As it is.
    Plain,
    /// One key of a list of one; `null` when there is none.
    Entry,
    /// A list of keys; `null` when there are none.
    Entries,
    /// A list of checks.
    Checks,
    /// A list of instances with their nodes and checks.
    Instances,
}

/// The fields of a key.
const ENTRY: &[&str] = &["Key", "CreateIndex", "ModifyIndex", "LockIndex", "Flags", "Value", "Session"];

/// The fields of a service, as far as their order is another.
const SERVICE: &[&str] = &[
    "Kind",
    "ID",
    "Service",
    "Tags",
    "Meta",
    "Port",
    "Address",
    "TaggedAddresses",
    "Weights",
    "EnableTagOverride",
    "CreateIndex",
    "ModifyIndex",
    "ContentHash",
    "Proxy",
    "Connect",
];

/// A field, and what stands in it when nothing does.
type Field = (&'static str, fn() -> Document);

/// The fields of a check's definition that are always told.
const DEFINITION: [Field; 9] = [
    ("Interval", zero_duration),
    ("Timeout", zero_duration),
    ("DeregisterCriticalServiceAfter", zero_duration),
    ("HTTP", empty_text),
    ("Header", || Document::Null),
    ("Method", empty_text),
    ("Body", empty_text),
    ("TLSSkipVerify", || Document::Boolean(false)),
    ("TCP", empty_text),
];

fn zero_duration() -> Document {
    Document::Text("0s".to_owned())
}

fn empty_text() -> Document {
    Document::Text(String::new())
}

/// An answer in this form.
pub(crate) fn shaped(shape: Shape, answer: Document) -> Document {
    match (shape, answer) {
        (Shape::Entry, Document::List(mut entries)) if entries.len() == 1 => entry(entries.remove(0)),
        (Shape::Entries, Document::List(entries)) => Document::List(entries.into_iter().map(entry).collect()),
        (Shape::Checks, Document::List(checks)) => Document::List(checks.into_iter().map(check).collect()),
        (Shape::Instances, Document::List(instances)) => {
            Document::List(instances.into_iter().map(|instance| map_fields(instance, part)).collect())
        }
        (_, other) => other,
    }
}

fn entry(entry: Document) -> Document {
    let Document::Object(mut fields) = entry else { return entry };
    if !fields.iter().any(|(name, _)| name == "Session") {
        fields.push(("Session".to_owned(), empty_text()));
    }
    ordered(fields, ENTRY)
}

fn part(name: &str, value: Document) -> Document {
    match (name, value) {
        ("Service", Document::Object(fields)) => ordered(fields, SERVICE),
        ("Checks", Document::List(checks)) => Document::List(checks.into_iter().map(check).collect()),
        (_, other) => other,
    }
}

fn check(check: Document) -> Document {
    map_fields(check, |name, value| match (name, value) {
        ("Definition", Document::Object(fields)) => definition(&Document::Object(fields)),
        (_, other) => other,
    })
}

fn definition(given: &Document) -> Document {
    let field = |(name, default): Field| (name.to_owned(), given.field(name).cloned().unwrap_or_else(default));
    Document::Object(DEFINITION.into_iter().map(field).collect())
}

fn map_fields(document: Document, with: impl Fn(&str, Document) -> Document) -> Document {
    let Document::Object(fields) = document else { return document };
    let mapped = fields.into_iter().map(|(name, value)| {
        let value = with(&name, value);
        (name, value)
    });
    Document::Object(mapped.collect())
}

/// The fields in this order; those it does not name stay behind the others as they were.
fn ordered(mut fields: Vec<(String, Document)>, order: &[&str]) -> Document {
    fields.sort_by_key(|(name, _)| order.iter().position(|known| known == name).unwrap_or(order.len()));
    Document::Object(fields)
}
