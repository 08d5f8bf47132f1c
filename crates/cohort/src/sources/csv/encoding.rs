//! The encoding of a text file: said in registry.toml, or found out by rules that do not guess.
//!
//! 1. A byte order mark decides (UTF-8, UTF-16 little or big endian), whatever else is said.
//! 2. `encoding` in registry.toml.
//! 3. Without a mark, zero bytes at every second place of the first characters are UTF-16.
//! 4. UTF-8.
//! 5. A file that is not UTF-8 is Windows-1252 (Latin-1) where every byte beyond ASCII is from 0xA0 on, where its letters
//!    and signs are, and no character is one of UTF-8. It is noted. The bytes below are quotation marks and dashes in
//!    Windows-1252 but the letters ä, ö and é in the code pages of DOS and the Macintosh: the encoding must be said.
//! 6. Everything else is refused.

use encoding_rs::{Decoder, DecoderResult, Encoding, UTF_8, UTF_16BE, UTF_16LE};
use std::io::{Error, ErrorKind, Read, Result};

/// The encoding of a file that begins so, as far as the beginning tells.
pub(super) fn of_start(start: &[u8], stated: Option<&'static Encoding>) -> &'static Encoding {
    if let Some((encoding, _)) = Encoding::for_bom(start) {
        return encoding;
    }
    if let Some(encoding) = stated {
        return encoding;
    }
    match start {
        [first, 0, second, 0, ..] if *first != 0 && *second != 0 => UTF_16LE,
        [0, first, 0, second, ..] if *first != 0 && *second != 0 => UTF_16BE,
        _ => UTF_8,
    }
}

/// Whether a text that is not UTF-8 can only be Windows-1252 or Latin-1: see rule 5 above.
pub(super) fn is_western(mut file: impl Read) -> Result<bool> {
    let mut buffer = vec![0; 1 << 16];
    let mut kept = 0;
    loop {
        let n = file.read(&mut buffer[kept..])?;
        let filled = kept + n;
        if n == 0 {
            return Ok(buffer[..filled].iter().all(|byte| *byte >= 0xA0));
        }
        // A character cut off by the end of the buffer waits for the rest of it.
        kept = 0;
        let mut rest = &buffer[..filled];
        while !rest.is_empty() {
            match std::str::from_utf8(rest) {
                Ok(text) if text.is_ascii() => break,
                Ok(_) => return Ok(false),
                Err(error) => {
                    let (valid, invalid) = rest.split_at(error.valid_up_to());
                    if !valid.is_ascii() {
                        return Ok(false);
                    }
                    let Some(length) = error.error_len() else {
                        kept = invalid.len();
                        break;
                    };
                    if !invalid[..length].iter().all(|byte| *byte >= 0xA0) {
                        return Ok(false);
                    }
                    rest = &invalid[length..];
                }
            }
        }
        buffer.copy_within(filled - kept..filled, 0);
    }
}

/// A reader of UTF-8 over bytes of another encoding. Bytes that have no meaning in it are an error.
pub(super) struct Decoded<R> {
    inner: R,
    decoder: Decoder,
    name: &'static str,
    input: Vec<u8>,
    at: usize,
    ended: bool,
    finished: bool,
    output: Vec<u8>,
    given: usize,
    line: u64,
}

impl<R: Read> Decoded<R> {
    pub(super) fn new(inner: R, encoding: &'static Encoding) -> Self {
        Self {
            inner,
            decoder: encoding.new_decoder_with_bom_removal(),
            name: encoding.name(),
            input: Vec::new(),
            at: 0,
            ended: false,
            finished: false,
            output: Vec::new(),
            given: 0,
            line: 1,
        }
    }

    /// Decodes the next bytes; nothing is left when there is no output.
    fn fill(&mut self) -> Result<()> {
        self.given = 0;
        if self.finished {
            self.output.clear();
            return Ok(());
        }
        self.output.resize(1 << 16, 0);
        let mut filled = 0;
        while filled == 0 {
            if self.at == self.input.len() && !self.ended {
                self.input.resize(1 << 15, 0);
                let n = self.inner.read(&mut self.input)?;
                self.input.truncate(n);
                (self.at, self.ended) = (0, n == 0);
            }
            let (result, read, written) = self.decoder.decode_to_utf8_without_replacement(
                &self.input[self.at..],
                &mut self.output,
                self.ended,
            );
            (self.at, filled) = (self.at + read, written);
            self.line += self.output[..written].iter().filter(|byte| **byte == b'\n').count() as u64;
            if let DecoderResult::Malformed(..) = result {
                let message = format!("line {} is not text in the encoding {}", self.line, self.name);
                return Err(Error::new(ErrorKind::InvalidData, message));
            }
            // A decoder that has given its last must not be asked again.
            self.finished = self.ended && result == DecoderResult::InputEmpty;
            if self.finished {
                break;
            }
        }
        self.output.truncate(filled);
        Ok(())
    }
}

impl<R: Read> Read for Decoded<R> {
    fn read(&mut self, buffer: &mut [u8]) -> Result<usize> {
        if self.given == self.output.len() {
            self.fill()?;
        }
        let n = buffer.len().min(self.output.len() - self.given);
        buffer[..n].copy_from_slice(&self.output[self.given..self.given + n]);
        self.given += n;
        Ok(n)
    }
}
