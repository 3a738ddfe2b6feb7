//! Which operations of a history an order has already used, as a set of bits. Knows nothing of what they are.

#[derive(Clone, PartialEq, Eq, Hash)]
pub(crate) struct Done(Vec<u64>);

impl Done {
    /// None of so many.
    pub(crate) fn none(length: usize) -> Self {
        Self(vec![0; length.div_ceil(64)])
    }

    pub(crate) fn has(&self, place: usize) -> bool {
        self.0[place / 64] >> (place % 64) & 1 == 1
    }

    #[must_use]
    pub(crate) fn with(&self, place: usize) -> Self {
        let mut done = self.clone();
        done.0[place / 64] |= 1 << (place % 64);
        done
    }

    pub(crate) fn count(&self) -> usize {
        self.0.iter().map(|word| word.count_ones() as usize).sum()
    }
}
