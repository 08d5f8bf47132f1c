//! The data as a stream of units of 8 bytes, whatever their compression.

use super::header::{Compression, Header};
use crate::sources::binary::{Bytes, Fault};
use crate::sources::expansion::Expansion;
use flate2::read::ZlibDecoder;
use std::io::{Read, Seek};

/// A unit: a number, or 8 bytes of a string.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Unit {
    Bytes([u8; 8]),
    Number(f64),
    /// System-missing.
    Missing,
}

/// The units of a file.
pub(super) struct Units<R> {
    bytes: Bytes<R>,
    compression: Compression,
    bias: f64,
    codes: [u8; 8],
    next: usize,
    ended: bool,
    /// Compressed blocks that are still to be read: where, how long, and how long when expanded.
    blocks: Vec<(u64, usize, usize)>,
    block: std::io::Cursor<Vec<u8>>,
    expansion: Expansion,
}

impl<R: Read + Seek> Units<R> {
    pub(super) fn new(mut bytes: Bytes<R>, header: &Header) -> Result<Self, Fault> {
        let mut blocks = Vec::new();
        if header.compression == Compression::Zlib {
            blocks = table_of_blocks(&mut bytes)?;
        }
        let expansion = Expansion::new(bytes.length);
        Ok(Self {
            bytes,
            compression: header.compression,
            bias: header.bias,
            codes: [0; 8],
            next: 8,
            ended: false,
            blocks,
            block: std::io::Cursor::default(),
            expansion,
        })
    }

    /// The next unit; none at the end of the data.
    pub(super) fn next(&mut self) -> Result<Option<Unit>, Fault> {
        if self.compression == Compression::None {
            return Ok(self.eight()?.map(Unit::Bytes));
        }
        while !self.ended {
            if self.next == 8 {
                let Some(codes) = self.eight()? else { break };
                (self.codes, self.next) = (codes, 0);
            }
            let code = self.codes[self.next];
            self.next += 1;
            return Ok(Some(match code {
                0 => continue,
                252 => break,
                253 => Unit::Bytes(self.eight()?.ok_or_else(|| Fault::damaged("it ends too early"))?),
                254 => Unit::Bytes(*b"        "),
                255 => Unit::Missing,
                code => Unit::Number(f64::from(code) - self.bias),
            }));
        }
        self.ended = true;
        Ok(None)
    }

    /// The next 8 bytes of the file, or of the expanded blocks.
    fn eight(&mut self) -> Result<Option<[u8; 8]>, Fault> {
        let mut eight = [0; 8];
        if self.compression != Compression::Zlib {
            if self.bytes.at == self.bytes.length {
                return Ok(None);
            }
            return self.bytes.array().map(Some);
        }
        let mut n = 0;
        while n < 8 {
            let read = self.block.read(&mut eight[n..]).unwrap_or(0);
            if read == 0 && !self.fill()? {
                return if n == 0 { Ok(None) } else { Err(Fault::damaged("it ends too early")) };
            }
            n += read;
        }
        Ok(Some(eight))
    }

    /// Expands the next block.
    fn fill(&mut self) -> Result<bool, Fault> {
        let Some((at, compressed, expanded)) = self.blocks.pop() else { return Ok(false) };
        self.bytes.seek(at)?;
        let block = self.bytes.take(compressed)?;
        let limit = expanded as u64 + 1;
        let mut data = Vec::new();
        let read = ZlibDecoder::new(block.as_slice()).take(limit).read_to_end(&mut data);
        if read.is_err() || data.len() != expanded {
            return Err(Fault::damaged("a compressed block cannot be expanded"));
        }
        self.expansion
            .add(data.len() as u64)
            .map_err(|message| Fault::new(message, "is it really a data file? export it again"))?;
        self.block = std::io::Cursor::new(data);
        Ok(true)
    }
}

/// The blocks of a .zsav file, the last first.
fn table_of_blocks<R: Read + Seek>(bytes: &mut Bytes<R>) -> Result<Vec<(u64, usize, usize)>, Fault> {
    bytes.long()?;
    let trailer = bytes.long()?;
    bytes.long()?;
    let trailer = u64::try_from(trailer).map_err(|_| Fault::damaged("it has no table of blocks"))?;
    bytes.seek(trailer)?;
    bytes.long()?;
    bytes.long()?;
    let size = bytes.count("the size of blocks")?;
    let n = bytes.count("the number of blocks")?;
    let mut blocks = Vec::new();
    for _ in 0..n {
        bytes.long()?;
        let at = u64::try_from(bytes.long()?).map_err(|_| Fault::damaged("a block has no place"))?;
        let expanded = bytes.count("the size of a block")?;
        let compressed = bytes.count("the size of a block")?;
        if expanded > size || size > 64 << 20 {
            return Err(Fault::damaged("a block is too large"));
        }
        blocks.push((at, compressed, expanded));
    }
    blocks.reverse();
    Ok(blocks)
}
