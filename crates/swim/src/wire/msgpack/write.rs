//! Writing, in the shortest form each value has.

/// Collects the bytes of one value.
#[derive(Debug, Default)]
pub struct Writer(Vec<u8>);

impl Writer {
    /// Appends to what is there already, a type byte perhaps.
    pub const fn after(prefix: Vec<u8>) -> Self {
        Self(prefix)
    }

    /// The bytes written.
    pub fn finish(self) -> Vec<u8> {
        self.0
    }

    /// Nothing.
    pub fn nil(&mut self) -> &mut Self {
        self.0.push(0xc0);
        self
    }

    /// Yes or no.
    pub fn bool(&mut self, value: bool) -> &mut Self {
        self.0.push(if value { 0xc3 } else { 0xc2 });
        self
    }

    /// A number that is not negative.
    pub fn uint(&mut self, value: u64) -> &mut Self {
        match value {
            0..=0x7f => self.0.push(value as u8),
            0x80..=0xff => self.marked(0xcc, &(value as u8).to_be_bytes()),
            0x100..=0xffff => self.marked(0xcd, &(value as u16).to_be_bytes()),
            0x1_0000..=0xffff_ffff => self.marked(0xce, &(value as u32).to_be_bytes()),
            _ => self.marked(0xcf, &value.to_be_bytes()),
        }
        self
    }

    /// A number.
    pub fn int(&mut self, value: i64) -> &mut Self {
        match value {
            0.. => return self.uint(value.unsigned_abs()),
            -32..0 => self.0.push(value as u8),
            -0x80..-32 => self.marked(0xd0, &(value as i8).to_be_bytes()),
            -0x8000..-0x80 => self.marked(0xd1, &(value as i16).to_be_bytes()),
            -0x8000_0000..-0x8000 => self.marked(0xd2, &(value as i32).to_be_bytes()),
            _ => self.marked(0xd3, &value.to_be_bytes()),
        }
        self
    }

    /// A fraction.
    pub fn float(&mut self, value: f64) -> &mut Self {
        self.marked(0xcb, &value.to_be_bytes());
        self
    }

    /// A text or a byte string: fixraw, raw16 or raw32.
    pub fn raw(&mut self, value: impl AsRef<[u8]>) -> &mut Self {
        let value = value.as_ref();
        match value.len() {
            length @ 0..=31 => self.0.push(0xa0 | length as u8),
            length @ 32..=0xffff => self.marked(0xda, &(length as u16).to_be_bytes()),
            length => self.marked(0xdb, &(length as u32).to_be_bytes()),
        }
        self.0.extend_from_slice(value);
        self
    }

    /// A byte string, nil when it is empty, as Go writes its nil slices.
    pub fn raw_or_nil(&mut self, value: &[u8]) -> &mut Self {
        if value.is_empty() { self.nil() } else { self.raw(value) }
    }

    /// The head of a list; its elements follow.
    pub fn array(&mut self, length: usize) -> &mut Self {
        match length {
            0..=15 => self.0.push(0x90 | length as u8),
            16..=0xffff => self.marked(0xdc, &(length as u16).to_be_bytes()),
            _ => self.marked(0xdd, &(length as u32).to_be_bytes()),
        }
        self
    }

    /// The head of a map; keys and values follow in turn.
    pub fn map(&mut self, length: usize) -> &mut Self {
        match length {
            0..=15 => self.0.push(0x80 | length as u8),
            16..=0xffff => self.marked(0xde, &(length as u16).to_be_bytes()),
            _ => self.marked(0xdf, &(length as u32).to_be_bytes()),
        }
        self
    }

    fn marked(&mut self, marker: u8, bytes: &[u8]) {
        self.0.push(marker);
        self.0.extend_from_slice(bytes);
    }
}
