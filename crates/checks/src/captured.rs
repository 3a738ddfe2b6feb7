//! The last bytes of what was written, and how many there were.

use std::collections::VecDeque;

/// Keeps the end of an output of any length in bounded memory.
#[derive(Debug)]
pub(crate) struct Captured {
    room: usize,
    kept: VecDeque<u8>,
    total: u64,
}

impl Captured {
    /// With room for this many bytes, at least one.
    pub(crate) fn new(room: usize) -> Self {
        Self { room: room.max(1), kept: VecDeque::new(), total: 0 }
    }

    pub(crate) fn write(&mut self, bytes: &[u8]) {
        self.total += bytes.len() as u64;
        let end = &bytes[bytes.len().saturating_sub(self.room)..];
        let too_many = (self.kept.len() + end.len()).saturating_sub(self.room);
        self.kept.drain(..too_many);
        self.kept.extend(end);
    }

    /// What is kept, without a word about what is not. Bytes that are no text become the replacement character.
    pub(crate) fn text(&self) -> String {
        let (front, back) = self.kept.as_slices();
        String::from_utf8_lossy(&[front, back].concat()).into_owned()
    }

    /// What is kept, and before it how much that is of all, unless it is all.
    pub(crate) fn told(&self) -> String {
        if self.total <= self.room as u64 {
            return self.text();
        }
        format!("Captured {} of {} bytes\n...\n{}", self.room, self.total, self.text())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn captured(room: usize, pieces: &[&str]) -> Captured {
        let mut captured = Captured::new(room);
        pieces.iter().for_each(|piece| captured.write(piece.as_bytes()));
        captured
    }

    #[test]
    fn an_output_that_fits_is_kept_as_it_is() {
        assert_eq!(captured(10, &["01234", "56789"]).told(), "0123456789");
        assert_eq!(captured(10, &[]).told(), "");
    }

    #[test]
    fn of_a_longer_output_the_end_is_kept_however_it_came() {
        for pieces in [&["0123456789abcdef\n"][..], &["0123", "456789abcdef", "\n"], &["0", "1", "23456789abcdef\n"]] {
            assert_eq!(captured(10, pieces).told(), "Captured 10 of 17 bytes\n...\n789abcdef\n");
        }
        assert_eq!(captured(3, &["abcdef"]).text(), "def");
    }

    #[test]
    fn a_character_that_was_cut_does_no_harm() {
        assert_eq!(captured(2, &["aä!"]).text(), "\u{fffd}!");
    }
}
