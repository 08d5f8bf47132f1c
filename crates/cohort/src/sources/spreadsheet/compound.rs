//! Compound files: the container of workbooks before 2007, a small file system of sectors (MS-CFB).

use std::fs::File;
use std::io::Read;
use std::path::Path;

/// A workbook of that format has so many bytes at most: 65,536 rows a sheet.
const MOST: u64 = 1 << 30;
/// Streams shorter than this are kept in sectors of 64 bytes.
const SHORT: usize = 4096;

/// A compound file in memory.
pub(super) struct Compound {
    bytes: Vec<u8>,
    /// Bytes of a sector.
    size: usize,
    /// The sector behind each.
    next: Vec<u32>,
    directory: Vec<Entry>,
    /// The short streams, and the small sector behind each.
    short: Vec<u8>,
    short_next: Vec<u32>,
}

struct Entry {
    name: String,
    start: u32,
    length: usize,
}

/// Two bytes at a place.
pub(super) fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_le_bytes(bytes.get(at..at.checked_add(2)?)?.try_into().ok()?))
}

/// Four bytes at a place.
pub(super) fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_le_bytes(bytes.get(at..at.checked_add(4)?)?.try_into().ok()?))
}

fn numbers(bytes: &[u8]) -> impl Iterator<Item = u32> + '_ {
    bytes.chunks_exact(4).map(|four| u32::from_le_bytes([four[0], four[1], four[2], four[3]]))
}

impl Compound {
    /// Reads a file; none where it is damaged.
    pub(super) fn read(path: &Path) -> std::io::Result<Option<Self>> {
        let mut bytes = Vec::new();
        File::open(path)?.take(MOST).read_to_end(&mut bytes)?;
        Ok(Self::parse(bytes))
    }

    fn parse(bytes: Vec<u8>) -> Option<Self> {
        let size = match u16_at(&bytes, 30)? {
            9 => 512,
            12 => 4096,
            _ => return None,
        };
        let mut file = Self {
            bytes,
            size,
            next: Vec::new(),
            directory: Vec::new(),
            short: Vec::new(),
            short_next: Vec::new(),
        };
        let header = |at| u32_at(&file.bytes, at);
        let (directory, short_next, n_short) = (header(48)?, header(60)?, header(64)? as usize);
        let mut tables: Vec<u32> = numbers(file.bytes.get(76..512)?).collect();
        let mut further = header(68)?;
        for _ in 0..file.sectors() {
            let Some(sector) = file.sector(further) else { break };
            tables.extend(numbers(sector.get(..size - 4)?));
            further = u32_at(sector, size - 4)?;
        }
        for table in tables {
            // The list is filled up with numbers of no sector.
            if let Some(sector) = file.sector(table) {
                let next: Vec<u32> = numbers(sector).collect();
                file.next.extend(next);
            }
            if file.next.len() > file.sectors() {
                break;
            }
        }
        let directory = file.chain(directory, usize::MAX)?;
        if directory.len() % size != 0 {
            return None;
        }
        for entry in directory.chunks_exact(128) {
            let n = usize::from(u16_at(entry, 64)?).saturating_sub(2).min(62);
            let name: Vec<u16> =
                entry[..n].chunks_exact(2).map(|two| u16::from_le_bytes([two[0], two[1]])).collect();
            let (start, length) = (u32_at(entry, 116)?, u32_at(entry, 120)? as usize);
            file.directory.push(Entry { name: String::from_utf16_lossy(&name), start, length });
        }
        let (start, length) = file.directory.first().map(|root| (root.start, root.length))?;
        if n_short > 0 {
            file.short = file.chain(start, length)?;
            file.short_next = numbers(&file.chain(short_next, usize::MAX)?).collect();
        }
        Some(file)
    }

    fn sectors(&self) -> usize {
        self.bytes.len() / self.size
    }

    fn sector(&self, number: u32) -> Option<&[u8]> {
        let at = (number as usize).checked_add(1)?.checked_mul(self.size)?;
        // The last sector may be cut off behind the data.
        self.bytes
            .get(at..(at.checked_add(self.size)?).min(self.bytes.len()))
            .filter(|sector| !sector.is_empty())
    }

    /// The bytes of a chain of sectors; none where it leads out of the file or in a circle.
    fn chain(&self, start: u32, length: usize) -> Option<Vec<u8>> {
        let mut bytes = Vec::new();
        let mut number = start;
        for _ in 0..=self.sectors() {
            if bytes.len() >= length || number >= 0xFFFF_FFFA {
                bytes.truncate(length);
                return (length == usize::MAX || bytes.len() == length).then_some(bytes);
            }
            bytes.extend_from_slice(self.sector(number)?);
            number = *self.next.get(number as usize)?;
        }
        None
    }

    /// A stream by its name.
    pub(super) fn stream(&self, name: &str) -> Option<Vec<u8>> {
        let entry = self.directory.iter().find(|entry| entry.name.eq_ignore_ascii_case(name))?;
        if entry.length >= SHORT {
            return self.chain(entry.start, entry.length);
        }
        let mut bytes = Vec::new();
        let mut number = entry.start as usize;
        while bytes.len() < entry.length {
            bytes.extend_from_slice(
                self.short.get(number.checked_mul(64)?..number.checked_add(1)?.checked_mul(64)?)?,
            );
            number = *self.short_next.get(number)? as usize;
        }
        bytes.truncate(entry.length);
        Some(bytes)
    }

    /// Whether there is a stream of that name.
    pub(super) fn has(&self, name: &str) -> bool {
        self.directory.iter().any(|entry| entry.name.eq_ignore_ascii_case(name))
    }
}
