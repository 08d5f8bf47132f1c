//! The bytes of a binary file, none of which is asked for that is not there.

use std::fs::File;
use std::io::{BufReader, Read, Seek, SeekFrom};
use std::path::Path;

/// Why a file cannot be read, and what to do.
pub(super) struct Fault {
    pub(super) message: String,
    pub(super) help: &'static str,
}

impl Fault {
    pub(super) fn new(message: impl Into<String>, help: &'static str) -> Self {
        Self { message: message.into(), help }
    }

    /// Something that no whole file has.
    pub(super) fn damaged(what: impl std::fmt::Display) -> Self {
        Self::new(format!("the file is damaged: {what}"), "export it again")
    }
}

/// A file of known length and byte order.
pub(super) struct Bytes<R> {
    pub(super) inner: R,
    pub(super) length: u64,
    pub(super) at: u64,
    pub(super) big_endian: bool,
}

impl Bytes<BufReader<File>> {
    pub(super) fn open(path: &Path) -> Result<Self, Fault> {
        let unreadable =
            |error: std::io::Error| Fault::new(format!("cannot read the file: {error}"), "is it readable?");
        let file = File::open(path).map_err(unreadable)?;
        let length = file.metadata().map_err(unreadable)?.len();
        Ok(Self::new(BufReader::with_capacity(1 << 16, file), length))
    }
}

impl<R: Read> Bytes<R> {
    pub(super) fn new(inner: R, length: u64) -> Self {
        Self { inner, length, at: 0, big_endian: false }
    }

    pub(super) fn take(&mut self, n: usize) -> Result<Vec<u8>, Fault> {
        if n as u64 > self.length.saturating_sub(self.at) {
            return Err(Fault::damaged("it ends too early"));
        }
        let mut bytes = vec![0; n];
        self.fill(&mut bytes)?;
        Ok(bytes)
    }

    /// So many fields of one width.
    pub(super) fn fields(&mut self, n: usize, width: usize) -> Result<Vec<u8>, Fault> {
        self.take(n.saturating_mul(width))
    }

    pub(super) fn array<const N: usize>(&mut self) -> Result<[u8; N], Fault> {
        let mut bytes = [0; N];
        self.fill(&mut bytes)?;
        Ok(bytes)
    }

    /// Fills a buffer.
    pub(super) fn fill(&mut self, buffer: &mut [u8]) -> Result<(), Fault> {
        self.inner.read_exact(buffer).map_err(|_| Fault::damaged("it ends too early"))?;
        self.at += buffer.len() as u64;
        Ok(())
    }

    pub(super) fn short(&mut self) -> Result<u16, Fault> {
        let bytes = self.array()?;
        Ok(if self.big_endian { u16::from_be_bytes(bytes) } else { u16::from_le_bytes(bytes) })
    }

    /// A number without sign of at most 8 bytes.
    pub(super) fn unsigned(&mut self, n: usize) -> Result<u64, Fault> {
        Ok(unsigned(&self.take(n)?, self.big_endian))
    }

    pub(super) fn int(&mut self) -> Result<i32, Fault> {
        let bytes = self.array()?;
        Ok(if self.big_endian { i32::from_be_bytes(bytes) } else { i32::from_le_bytes(bytes) })
    }

    pub(super) fn long(&mut self) -> Result<i64, Fault> {
        let bytes = self.array()?;
        Ok(if self.big_endian { i64::from_be_bytes(bytes) } else { i64::from_le_bytes(bytes) })
    }

    pub(super) fn double(&mut self) -> Result<f64, Fault> {
        Ok(double(self.array()?, self.big_endian))
    }

    /// A count or length, which must not be negative.
    pub(super) fn count(&mut self, what: &str) -> Result<usize, Fault> {
        let n = self.int()?;
        usize::try_from(n).map_err(|_| Fault::damaged(format!("{what} is {n}")))
    }
}

impl<R: Read + Seek> Bytes<R> {
    pub(super) fn seek(&mut self, at: u64) -> Result<(), Fault> {
        self.inner.seek(SeekFrom::Start(at)).map_err(|_| Fault::damaged("it ends too early"))?;
        self.at = at;
        Ok(())
    }
}

/// A number of 8 bytes.
pub(super) fn double(bytes: [u8; 8], big_endian: bool) -> f64 {
    if big_endian { f64::from_be_bytes(bytes) } else { f64::from_le_bytes(bytes) }
}

/// A number without sign of at most 8 bytes.
pub(super) fn unsigned(bytes: &[u8], big_endian: bool) -> u64 {
    let add = |number: u64, byte: &u8| number << 8 | u64::from(*byte);
    if big_endian { bytes.iter().fold(0, add) } else { bytes.iter().rev().fold(0, add) }
}
