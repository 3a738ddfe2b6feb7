//! Writing values: one pass, fields of structs put in order at their end.

mod fields;

use serde::ser::{Impossible, Serialize, Serializer};

use crate::{WriteError, embed, verbatim};
use fields::{Fields, Values};

/// Writes values behind what is already there.
#[derive(Debug)]
pub(crate) struct Writer<'a> {
    out: &'a mut Vec<u8>,
    /// Name and place of the fields of all structs that are being written.
    marks: Vec<(&'static str, usize)>,
    /// Whether the fields of the next struct belong to the one around it.
    joins: bool,
    /// Whether the next bytes are a whole value, head included.
    headless: bool,
}

impl<'a> Writer<'a> {
    pub(crate) fn new(out: &'a mut Vec<u8>) -> Self {
        Self { out, marks: Vec::new(), joins: false, headless: false }
    }

    /// Whatever comes next that is no struct cannot stand among the fields of another one.
    fn begin(&self) -> Result<(), WriteError> {
        if self.joins { Err(WriteError::NotEmbeddable) } else { Ok(()) }
    }

    fn byte(&mut self, byte: u8) -> Result<(), WriteError> {
        self.begin()?;
        self.out.push(byte);
        Ok(())
    }

    fn raw(&mut self, bytes: &[u8]) -> Result<(), WriteError> {
        self.begin()?;
        match bytes.len() {
            _ if std::mem::take(&mut self.headless) => {}
            length @ 0..32 => self.out.push(0xa0 | length as u8),
            length @ 32..0x1_0000 => self.number(0xda, &(length as u16).to_be_bytes()),
            length => {
                let length = u32::try_from(length).map_err(|_| WriteError::TooLong(length))?;
                self.number(0xdb, &length.to_be_bytes());
            }
        }
        self.out.extend_from_slice(bytes);
        Ok(())
    }

    fn number(&mut self, first: u8, rest: &[u8]) {
        self.out.push(first);
        self.out.extend_from_slice(rest);
    }

    fn unsigned(&mut self, number: u64) -> Result<(), WriteError> {
        self.begin()?;
        match number {
            0..0x80 => self.out.push(number as u8),
            0x80..0x100 => self.number(0xcc, &[number as u8]),
            0x100..0x1_0000 => self.number(0xcd, &(number as u16).to_be_bytes()),
            0x1_0000..0x1_0000_0000 => self.number(0xce, &(number as u32).to_be_bytes()),
            _ => self.number(0xcf, &number.to_be_bytes()),
        }
        Ok(())
    }

    fn signed(&mut self, number: i64) -> Result<(), WriteError> {
        if let Ok(number) = u64::try_from(number) {
            return self.unsigned(number);
        }
        self.begin()?;
        match number {
            -32..0 => self.out.push(number as u8),
            -0x80..-32 => self.number(0xd0, &(number as i8).to_be_bytes()),
            -0x8000..-0x80 => self.number(0xd1, &(number as i16).to_be_bytes()),
            -0x8000_0000..-0x8000 => self.number(0xd2, &(number as i32).to_be_bytes()),
            _ => self.number(0xd3, &number.to_be_bytes()),
        }
        Ok(())
    }
}

impl<'w, 'a> Serializer for &'w mut Writer<'a> {
    type Ok = ();
    type Error = WriteError;
    type SerializeSeq = Values<'w, 'a>;
    type SerializeTuple = Values<'w, 'a>;
    type SerializeTupleStruct = Values<'w, 'a>;
    type SerializeTupleVariant = Impossible<(), WriteError>;
    type SerializeMap = Values<'w, 'a>;
    type SerializeStruct = Fields<'w, 'a>;
    type SerializeStructVariant = Impossible<(), WriteError>;

    fn serialize_bool(self, value: bool) -> Result<(), WriteError> {
        self.byte(if value { 0xc3 } else { 0xc2 })
    }

    fn serialize_i8(self, value: i8) -> Result<(), WriteError> {
        self.signed(value.into())
    }

    fn serialize_i16(self, value: i16) -> Result<(), WriteError> {
        self.signed(value.into())
    }

    fn serialize_i32(self, value: i32) -> Result<(), WriteError> {
        self.signed(value.into())
    }

    fn serialize_i64(self, value: i64) -> Result<(), WriteError> {
        self.signed(value)
    }

    fn serialize_u8(self, value: u8) -> Result<(), WriteError> {
        self.unsigned(value.into())
    }

    fn serialize_u16(self, value: u16) -> Result<(), WriteError> {
        self.unsigned(value.into())
    }

    fn serialize_u32(self, value: u32) -> Result<(), WriteError> {
        self.unsigned(value.into())
    }

    fn serialize_u64(self, value: u64) -> Result<(), WriteError> {
        self.unsigned(value)
    }

    fn serialize_f32(self, value: f32) -> Result<(), WriteError> {
        self.begin()?;
        self.number(0xca, &value.to_be_bytes());
        Ok(())
    }

    fn serialize_f64(self, value: f64) -> Result<(), WriteError> {
        self.begin()?;
        self.number(0xcb, &value.to_be_bytes());
        Ok(())
    }

    fn serialize_char(self, value: char) -> Result<(), WriteError> {
        self.raw(value.encode_utf8(&mut [0; 4]).as_bytes())
    }

    fn serialize_str(self, value: &str) -> Result<(), WriteError> {
        self.raw(value.as_bytes())
    }

    fn serialize_bytes(self, value: &[u8]) -> Result<(), WriteError> {
        self.raw(value)
    }

    fn serialize_none(self) -> Result<(), WriteError> {
        self.byte(0xc0)
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<(), WriteError> {
        value.serialize(self)
    }

    fn serialize_unit(self) -> Result<(), WriteError> {
        self.byte(0xc0)
    }

    fn serialize_unit_struct(self, _name: &'static str) -> Result<(), WriteError> {
        self.byte(0x80)
    }

    fn serialize_unit_variant(self, _: &'static str, _: u32, variant: &'static str) -> Result<(), WriteError> {
        self.raw(variant.as_bytes())
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(self, name: &'static str, value: &T) -> Result<(), WriteError> {
        self.headless = name == verbatim::NAME;
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: &T,
    ) -> Result<(), WriteError> {
        Err(WriteError::NoForm("variants with content"))
    }

    fn serialize_seq(self, count: Option<usize>) -> Result<Values<'w, 'a>, WriteError> {
        Values::list(self, count.unwrap_or(0))
    }

    fn serialize_tuple(self, count: usize) -> Result<Values<'w, 'a>, WriteError> {
        Values::list(self, count)
    }

    fn serialize_tuple_struct(self, _: &'static str, count: usize) -> Result<Values<'w, 'a>, WriteError> {
        Values::list(self, count)
    }

    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: usize,
    ) -> Result<Self::SerializeTupleVariant, WriteError> {
        Err(WriteError::NoForm("variants with content"))
    }

    fn serialize_map(self, pairs: Option<usize>) -> Result<Values<'w, 'a>, WriteError> {
        Values::map(self, pairs.unwrap_or(0))
    }

    fn serialize_struct(self, name: &'static str, count: usize) -> Result<Fields<'w, 'a>, WriteError> {
        Ok(Fields::new(self, name == embed::NAME, count))
    }

    fn serialize_struct_variant(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: usize,
    ) -> Result<Self::SerializeStructVariant, WriteError> {
        Err(WriteError::NoForm("variants with content"))
    }

    fn is_human_readable(&self) -> bool {
        false
    }
}
