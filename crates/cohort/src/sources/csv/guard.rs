//! A limit to how much is read for one record.

use super::quotes::Quotes;
use std::cell::Cell;
use std::io::{Error, Read, Result};
use std::rc::Rc;

/// Counts the bytes read since the last whole record. A file with an unclosed quote, or one line of gigabytes, would
/// otherwise be gathered in memory as one record.
#[derive(Clone)]
pub(super) struct Guard {
    limit: u64,
    read: Rc<Cell<u64>>,
}

impl Guard {
    pub(super) fn new(limit: u64) -> Self {
        Self { limit, read: Rc::default() }
    }

    /// A record has ended.
    pub(super) fn reset(&self) {
        self.read.set(0);
    }

    /// Whether the limit was exceeded.
    pub(super) fn exceeded(&self) -> bool {
        self.read.get() > self.limit
    }

    /// The reader with this limit, whose quotation marks are followed.
    pub(super) fn watch<R: Read>(&self, inner: R, quotes: &Quotes) -> Watched<R> {
        Watched { inner, guard: self.clone(), quotes: quotes.clone() }
    }
}

/// A reader that stops at the limit.
pub(super) struct Watched<R> {
    inner: R,
    guard: Guard,
    quotes: Quotes,
}

impl<R: Read> Read for Watched<R> {
    fn read(&mut self, buffer: &mut [u8]) -> Result<usize> {
        let n = self.inner.read(buffer)?;
        self.guard.read.set(self.guard.read.get() + n as u64);
        self.quotes.follow(&buffer[..n]);
        if self.guard.exceeded() { Err(Error::other("the record is too long")) } else { Ok(n) }
    }
}
