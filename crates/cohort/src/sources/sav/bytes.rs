//! The bytes of a file, none of which is asked for that is not there.

use super::Fault;
use std::io::{Read, Seek, SeekFrom};

/// A file of known length and byte order.
pub(super) struct Bytes<R> {
    pub(super) inner: R,
    pub(super) length: u64,
    pub(super) at: u64,
    pub(super) big_endian: bool,
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
        self.inner.read_exact(&mut bytes).map_err(|_| Fault::damaged("it ends too early"))?;
        self.at += n as u64;
        Ok(bytes)
    }

    pub(super) fn array<const N: usize>(&mut self) -> Result<[u8; N], Fault> {
        let mut bytes = [0; N];
        bytes.copy_from_slice(&self.take(N)?);
        Ok(bytes)
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

pub(super) fn double(bytes: [u8; 8], big_endian: bool) -> f64 {
    if big_endian { f64::from_be_bytes(bytes) } else { f64::from_le_bytes(bytes) }
}
