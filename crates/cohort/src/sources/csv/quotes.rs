//! Quotation marks that do not match.
//!
//! The reader of records takes what it gets: a mark that is never closed makes one field of the rest of the file, and of
//! marks within a quoted field it leaves some out. Patients would be lost without a word, so that the bytes are followed
//! here as they pass.

use std::cell::RefCell;
use std::rc::Rc;

/// Where in a record the last byte stood.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum At {
    FieldStart,
    Bare,
    Quoted,
    /// Behind a mark within a quoted field: its end, or the first of two that mean one.
    Mark,
    /// Behind a blank that follows the end of a quoted field.
    Behind,
}

/// What is wrong, and in which line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum QuoteFault {
    /// The field that begins there has no closing mark.
    Unclosed(u64),
    /// Text follows the closing mark of a field.
    Stray(u64),
}

/// Follows the quotation marks of a file, as its bytes pass in any portions.
#[derive(Clone)]
pub(super) struct Quotes {
    inner: Rc<RefCell<State>>,
}

struct State {
    delimiter: u8,
    at: At,
    line: u64,
    /// Line of the last opening mark.
    opened: u64,
    stray: Option<u64>,
}

impl Quotes {
    pub(super) fn new(delimiter: u8) -> Self {
        let state = State { delimiter, at: At::FieldStart, line: 1, opened: 1, stray: None };
        Self { inner: Rc::new(RefCell::new(state)) }
    }

    /// The next bytes.
    pub(super) fn follow(&self, bytes: &[u8]) {
        self.inner.borrow_mut().follow(bytes);
    }

    /// What is wrong with the file, which has been read to its end.
    pub(super) fn fault(&self) -> Option<QuoteFault> {
        let state = self.inner.borrow();
        let unclosed = || (state.at == At::Quoted).then_some(QuoteFault::Unclosed(state.opened));
        state.stray.map(QuoteFault::Stray).or_else(unclosed)
    }
}

impl State {
    fn follow(&mut self, bytes: &[u8]) {
        // Most of most files has no marks: there only the ends of lines and the last byte matter.
        if !bytes.contains(&b'"') && matches!(self.at, At::FieldStart | At::Bare | At::Quoted) {
            self.line += bytes.iter().filter(|byte| **byte == b'\n').count() as u64;
            if let (Some(last), false) = (bytes.last(), self.at == At::Quoted) {
                self.at = if self.ends_field(*last) { At::FieldStart } else { At::Bare };
            }
            return;
        }
        for byte in bytes {
            self.at = match (self.at, *byte) {
                // A byte order mark stands before the first field.
                (At::FieldStart, 0xEF | 0xBB | 0xBF) if self.line == 1 => At::FieldStart,
                (At::FieldStart, b'"') => {
                    self.opened = self.line;
                    At::Quoted
                }
                (At::Quoted, b'"') => At::Mark,
                (At::Quoted, _) | (At::Mark, b'"') => At::Quoted,
                (_, byte) if self.ends_field(byte) => At::FieldStart,
                (At::Mark | At::Behind, b' ') => At::Behind,
                (At::Mark | At::Behind, _) => {
                    self.stray.get_or_insert(self.line);
                    At::Bare
                }
                (At::FieldStart | At::Bare, _) => At::Bare,
            };
            self.line += u64::from(*byte == b'\n');
        }
    }

    fn ends_field(&self, byte: u8) -> bool {
        byte == self.delimiter || matches!(byte, b'\n' | b'\r')
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fault(text: &str, portion: usize) -> Option<QuoteFault> {
        let quotes = Quotes::new(b',');
        text.as_bytes().chunks(portion).for_each(|bytes| quotes.follow(bytes));
        quotes.fault()
    }

    #[test]
    fn marks_are_followed_whatever_the_portions() {
        for (text, expected) in [
            ("a,b\n1,\"x\"\n", None),
            ("\u{feff}\"a\",b\n\"1, \"\"2\"\"\n\",x\r\n", None),
            ("a,b\n1,5\" or 6\"\n", None),
            ("a,b\n\"\",\"x\" ,\n", None),
            ("a,b\n1,\"x\n2,y\n", Some(QuoteFault::Unclosed(2))),
            ("a,b\n1,\"x\n2,\"y\"\n", Some(QuoteFault::Stray(3))),
            ("a,b\n1,\"the \"old\" one\"\n", Some(QuoteFault::Stray(2))),
            ("a\n\"", Some(QuoteFault::Unclosed(2))),
        ] {
            for portion in [1, 2, 3, 7, 1000] {
                assert_eq!(fault(text, portion), expected, "{text:?} in portions of {portion}");
            }
        }
    }
}
