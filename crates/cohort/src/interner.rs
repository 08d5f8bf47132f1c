//! Distinct texts and a small number for each, so that a value that stands a million times is looked at once.

/// A set of texts numbered in the order of their first appearance.
///
/// Open addressing with linear probing over a table that is kept at most half full.
#[derive(Debug, Clone, Default)]
pub(crate) struct Interner {
    bytes: Vec<u8>,
    /// Where each text ends in `bytes`.
    ends: Vec<usize>,
    /// Upper half of the hash and number of a text plus 1, or 0 for an empty slot; the length is a power of two.
    slots: Vec<u64>,
}

/// The half of a hash that is kept beside the number.
const UPPER: u64 = !0 << 32;

impl Interner {
    /// The number of a text, which is added if it is new.
    pub(crate) fn code(&mut self, text: &str) -> u32 {
        if self.ends.len() * 2 >= self.slots.len() {
            self.grow();
        }
        let (mask, hash) = (self.slots.len() - 1, hash(text.as_bytes()));
        let mut slot = hash as usize & mask;
        loop {
            match self.slots[slot] {
                0 => break,
                filled if filled >> 32 == hash >> 32 && self.is(filled as u32 - 1, text) => {
                    return filled as u32 - 1;
                }
                _ => slot = (slot + 1) & mask,
            }
        }
        self.bytes.extend_from_slice(text.as_bytes());
        self.ends.push(self.bytes.len());
        let code = self.ends.len() as u32;
        self.slots[slot] = (hash & UPPER) | u64::from(code);
        code - 1
    }

    /// The number of a text, if it is known.
    pub(crate) fn find(&self, text: &str) -> Option<u32> {
        let mask = self.slots.len().checked_sub(1)?;
        let hash = hash(text.as_bytes());
        let mut slot = hash as usize & mask;
        loop {
            match self.slots[slot] {
                0 => return None,
                filled if filled >> 32 == hash >> 32 && self.is(filled as u32 - 1, text) => {
                    return Some(filled as u32 - 1);
                }
                _ => slot = (slot + 1) & mask,
            }
        }
    }

    /// Whether a number is that of a text.
    pub(crate) fn is(&self, code: u32, text: &str) -> bool {
        self.slice(code) == text.as_bytes()
    }

    /// The text of a number.
    pub(crate) fn text(&self, code: u32) -> &str {
        std::str::from_utf8(self.slice(code)).unwrap_or_default()
    }

    /// How many texts there are.
    pub(crate) fn len(&self) -> usize {
        self.ends.len()
    }

    /// All texts in the order of their numbers.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &str> + Clone {
        (0..self.len() as u32).map(|code| self.text(code))
    }

    fn slice(&self, code: u32) -> &[u8] {
        let code = code as usize;
        let start = if code == 0 { 0 } else { self.ends[code - 1] };
        &self.bytes[start..self.ends[code]]
    }

    fn grow(&mut self) {
        let size = (self.slots.len() * 2).max(16);
        let mut slots = vec![0; size];
        for code in 0..self.ends.len() as u32 {
            let hash = hash(self.slice(code));
            let mut slot = hash as usize & (size - 1);
            while slots[slot] != 0 {
                slot = (slot + 1) & (size - 1);
            }
            slots[slot] = (hash & UPPER) | u64::from(code + 1);
        }
        self.slots = slots;
    }
}

/// A quick hash of bytes: each eight are folded in with a multiplication whose high and low halves are mixed.
pub(crate) fn hash(bytes: &[u8]) -> u64 {
    const FACTOR: u64 = 0x9E37_79B9_7F4A_7C15;
    let fold = |state: u64, word: u64| {
        let wide = u128::from(state ^ word) * u128::from(FACTOR);
        (wide >> 64) as u64 ^ wide as u64
    };
    let mut chunks = bytes.chunks_exact(8);
    let mut state = FACTOR ^ bytes.len() as u64;
    for chunk in &mut chunks {
        state = fold(state, chunk.iter().fold(0, |word, byte| word << 8 | u64::from(*byte)));
    }
    let rest = chunks.remainder().iter().fold(0, |word, byte| word << 8 | u64::from(*byte));
    fold(fold(state, rest), FACTOR)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_text_has_one_number() {
        let mut interner = Interner::default();
        let texts: Vec<String> = (0..5_000).map(|i| format!("value {}", i % 1_700)).collect();
        let codes: Vec<u32> = texts.iter().map(|text| interner.code(text)).collect();
        assert_eq!(interner.len(), 1_700);
        for (text, code) in texts.iter().zip(codes) {
            assert_eq!(interner.text(code), text);
        }
        assert_eq!(interner.code(""), 1_700);
        assert_eq!(interner.iter().last(), Some(""));
        assert_eq!((interner.find("value 3"), interner.find("value")), (Some(3), None));
        assert_eq!(Interner::default().find(""), None);
    }
}
