//! The fields that questions and answers are made of. Knows none of them by name.

/// Appends fields.
pub(super) trait Put {
    fn put_u64(&mut self, number: u64);
    fn put_bool(&mut self, truth: bool);
    fn put_text(&mut self, text: &str);
}

impl Put for Vec<u8> {
    fn put_u64(&mut self, number: u64) {
        self.extend_from_slice(&number.to_le_bytes());
    }

    fn put_bool(&mut self, truth: bool) {
        self.push(u8::from(truth));
    }

    fn put_text(&mut self, text: &str) {
        // Names, ids and addresses: what came in a request is far below the bound of a frame.
        assert!(u32::try_from(text.len()).is_ok(), "a text of a question is shorter than 4 GiB");
        self.extend_from_slice(&(text.len() as u32).to_le_bytes());
        self.extend_from_slice(text.as_bytes());
    }
}

/// Reads fields from the front; each read says whether enough was left.
pub(super) struct Fields<'a>(pub(super) &'a [u8]);

impl Fields<'_> {
    fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (head, tail) = self.0.split_first_chunk::<N>()?;
        self.0 = tail;
        Some(*head)
    }

    pub(super) fn u8(&mut self) -> Option<u8> {
        self.array().map(u8::from_le_bytes)
    }

    pub(super) fn u64(&mut self) -> Option<u64> {
        self.array().map(u64::from_le_bytes)
    }

    pub(super) fn bool(&mut self) -> Option<bool> {
        match self.u8()? {
            0 => Some(false),
            1 => Some(true),
            _ => None,
        }
    }

    pub(super) fn id(&mut self) -> Option<[u8; 16]> {
        self.array()
    }

    pub(super) fn text(&mut self) -> Option<String> {
        let length = u32::from_le_bytes(self.array()?) as usize;
        let (head, tail) = self.0.split_at_checked(length)?;
        self.0 = tail;
        std::str::from_utf8(head).ok().map(str::to_owned)
    }

    /// `Some` when nothing is left over.
    pub(super) fn end(self) -> Option<()> {
        self.0.is_empty().then_some(())
    }
}
