//! Records, and the strings in them, which may go on in the records behind.

use crate::sources::spreadsheet::compound::u16_at;

/// A record with those that continue it.
pub(super) struct Record<'a> {
    pub(super) kind: u16,
    parts: Vec<&'a [u8]>,
}

const CONTINUE: u16 = 0x003C;

impl<'a> Record<'a> {
    /// The record at a place, and the place behind it; none at the end, or where it is cut off.
    pub(super) fn read(stream: &'a [u8], at: usize) -> Option<(Self, usize)> {
        let one = |at: usize| {
            let length = usize::from(u16_at(stream, at.checked_add(2)?)?);
            Some((u16_at(stream, at)?, stream.get(at + 4..at + 4 + length)?, at + 4 + length))
        };
        let (kind, data, mut end) = one(at)?;
        let mut record = Self { kind, parts: vec![data] };
        while u16_at(stream, end) == Some(CONTINUE) {
            let (_, data, behind) = one(end)?;
            record.parts.push(data);
            end = behind;
        }
        Some((record, end))
    }

    /// The bytes of the record itself.
    pub(super) fn data(&self) -> &'a [u8] {
        self.parts[0]
    }

    /// A reader of its fields from a place on.
    pub(super) fn fields(&self, at: usize) -> Fields<'_> {
        Fields { parts: &self.parts, part: 0, at }
    }
}

/// Fields one after the other.
pub(super) struct Fields<'a> {
    parts: &'a [&'a [u8]],
    part: usize,
    at: usize,
}

impl Fields<'_> {
    /// The next byte, from the next part where one ends.
    fn byte(&mut self) -> Option<u8> {
        loop {
            let part = self.parts.get(self.part)?;
            if let Some(byte) = part.get(self.at) {
                self.at += 1;
                return Some(*byte);
            }
            (self.part, self.at) = (self.part + 1, 0);
        }
    }

    fn short(&mut self) -> Option<u16> {
        Some(u16::from_le_bytes([self.byte()?, self.byte()?]))
    }

    pub(super) fn long(&mut self) -> Option<u32> {
        Some(u32::from(self.short()?) | u32::from(self.short()?) << 16)
    }

    fn skip(&mut self, mut n: usize) -> Option<()> {
        while n > 0 {
            let part = self.parts.get(self.part)?;
            let here = n.min(part.len().saturating_sub(self.at));
            (self.at, n) = (self.at + here, n - here);
            if n > 0 {
                (self.part, self.at) = (self.part + 1, 0);
            }
        }
        Some(())
    }

    /// A string with its length in two bytes before it.
    pub(super) fn string(&mut self) -> Option<String> {
        let n = self.short()?;
        self.characters(n.into())
    }

    /// A string with its length in one byte before it.
    pub(super) fn short_string(&mut self) -> Option<String> {
        let n = self.byte()?;
        self.characters(n.into())
    }

    /// So many characters with the byte of marks before them. A part that goes on within them begins with such a byte,
    /// because the rest may have another width.
    fn characters(&mut self, n: usize) -> Option<String> {
        let marks = self.byte()?;
        let runs = if marks & 8 != 0 { usize::from(self.short()?) * 4 } else { 0 };
        let extension = if marks & 4 != 0 { self.long()? as usize } else { 0 };
        let mut wide = marks & 1 != 0;
        let mut units: Vec<u16> = Vec::new();
        while units.len() < n {
            if self.at >= self.parts.get(self.part)?.len() {
                (self.part, self.at) = (self.part + 1, 0);
                wide = self.byte()? & 1 != 0;
                continue;
            }
            units.push(if wide { self.short()? } else { self.byte()?.into() });
        }
        self.skip(runs)?;
        self.skip(extension)?;
        Some(String::from_utf16_lossy(&units))
    }
}
