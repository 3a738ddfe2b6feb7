//! What is written element by element: lists, maps, and structs, whose fields Go orders by name.
//!
//! How many there are stands before them. Room for that is made as announced, and made anew in the rare case that it was not right.

use serde::ser::{self, Serialize};

use super::Writer;
use crate::WriteError;

/// First bytes of a list or a map, by how the count is written.
#[derive(Clone, Copy, Debug)]
struct Form {
    short: u8,
    two: u8,
    four: u8,
}

const LIST: Form = Form { short: 0x90, two: 0xdc, four: 0xdd };
const MAP: Form = Form { short: 0x80, two: 0xde, four: 0xdf };

impl Form {
    /// The head for this many elements: its bytes, and how many of them count.
    fn head(self, count: usize) -> Result<([u8; 5], usize), WriteError> {
        let mut head = [0; 5];
        match count {
            0..16 => head[0] = self.short | count as u8,
            16..0x1_0000 => {
                head[0] = self.two;
                head[1..3].copy_from_slice(&(count as u16).to_be_bytes());
            }
            _ => {
                head[0] = self.four;
                let count = u32::try_from(count).map_err(|_| WriteError::TooLong(count))?;
                head[1..].copy_from_slice(&count.to_be_bytes());
            }
        }
        Ok((head, Self::room(count)))
    }

    const fn room(count: usize) -> usize {
        match count {
            0..16 => 1,
            16..0x1_0000 => 3,
            _ => 5,
        }
    }
}

/// A head that is filled in when what it counts is known.
#[derive(Clone, Copy, Debug)]
struct Open {
    form: Form,
    start: usize,
    room: usize,
}

impl Open {
    fn new(out: &mut Vec<u8>, form: Form, announced: usize) -> Self {
        let open = Self { form, start: out.len(), room: Form::room(announced) };
        out.extend_from_slice(&[0; 5][..open.room]);
        open
    }

    /// Where the elements begin.
    fn content(self) -> usize {
        self.start + self.room
    }

    fn close(self, out: &mut Vec<u8>, count: usize) -> Result<(), WriteError> {
        let (head, length) = self.form.head(count)?;
        if length == self.room {
            out[self.start..self.content()].copy_from_slice(&head[..length]);
        } else {
            out.splice(self.start..self.content(), head[..length].iter().copied());
        }
        Ok(())
    }
}

/// A list, or a map whose keys come in the caller's order.
pub(crate) struct Values<'w, 'a> {
    writer: &'w mut Writer<'a>,
    open: Open,
    count: usize,
}

impl<'w, 'a> Values<'w, 'a> {
    pub(super) fn list(writer: &'w mut Writer<'a>, announced: usize) -> Result<Self, WriteError> {
        Self::new(writer, LIST, announced)
    }

    pub(super) fn map(writer: &'w mut Writer<'a>, announced: usize) -> Result<Self, WriteError> {
        Self::new(writer, MAP, announced)
    }

    fn new(writer: &'w mut Writer<'a>, form: Form, announced: usize) -> Result<Self, WriteError> {
        writer.begin()?;
        let open = Open::new(writer.out, form, announced);
        Ok(Self { writer, open, count: 0 })
    }

    fn element<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), WriteError> {
        self.count += 1;
        value.serialize(&mut *self.writer)
    }

    fn close(self) -> Result<(), WriteError> {
        self.open.close(self.writer.out, self.count)
    }
}

macro_rules! list {
    ($($kind:ident: $method:ident),*) => {
        $(impl ser::$kind for Values<'_, '_> {
            type Ok = ();
            type Error = WriteError;

            fn $method<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), WriteError> {
                self.element(value)
            }

            fn end(self) -> Result<(), WriteError> {
                self.close()
            }
        })*
    };
}

list!(SerializeSeq: serialize_element, SerializeTuple: serialize_element, SerializeTupleStruct: serialize_field);

impl ser::SerializeMap for Values<'_, '_> {
    type Ok = ();
    type Error = WriteError;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), WriteError> {
        self.element(key)
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), WriteError> {
        value.serialize(&mut *self.writer)
    }

    fn end(self) -> Result<(), WriteError> {
        self.close()
    }
}

/// The fields of a struct.
pub(crate) struct Fields<'w, 'a> {
    writer: &'w mut Writer<'a>,
    /// `None` when they belong to the struct around.
    open: Option<Open>,
    /// Where its own fields begin among all that are being written.
    first: usize,
    /// Whether its fields are structs whose fields are taken for its own.
    embeds: bool,
}

impl<'w, 'a> Fields<'w, 'a> {
    pub(super) fn new(writer: &'w mut Writer<'a>, embeds: bool, announced: usize) -> Self {
        let joins = std::mem::take(&mut writer.joins);
        let open = (!joins).then(|| Open::new(writer.out, MAP, announced));
        let first = writer.marks.len();
        Self { writer, open, first, embeds }
    }

    /// Puts fields that did not come in the order of their names in that order.
    fn order(&mut self, content: usize) {
        let marks = &self.writer.marks[self.first..];
        if marks.is_sorted_by_key(|(name, _)| name) {
            return;
        }
        let end = self.writer.out.len();
        let ends = marks.iter().skip(1).map(|(_, start)| *start).chain([end]);
        let mut fields: Vec<_> = marks.iter().zip(ends).map(|((name, start), end)| (*name, *start..end)).collect();
        fields.sort_by_key(|(name, _)| *name);
        let ordered: Vec<u8> = fields.iter().flat_map(|(_, place)| &self.writer.out[place.clone()]).copied().collect();
        self.writer.out[content..].copy_from_slice(&ordered);
    }
}

impl ser::SerializeStruct for Fields<'_, '_> {
    type Ok = ();
    type Error = WriteError;

    fn serialize_field<T: Serialize + ?Sized>(&mut self, name: &'static str, value: &T) -> Result<(), WriteError> {
        if self.embeds {
            self.writer.joins = true;
            return value.serialize(&mut *self.writer);
        }
        self.writer.marks.push((name, self.writer.out.len()));
        self.writer.raw(name.as_bytes())?;
        value.serialize(&mut *self.writer)
    }

    fn end(mut self) -> Result<(), WriteError> {
        let Some(open) = self.open else { return Ok(()) };
        self.order(open.content());
        let count = self.writer.marks.len() - self.first;
        self.writer.marks.truncate(self.first);
        open.close(self.writer.out, count)
    }
}
