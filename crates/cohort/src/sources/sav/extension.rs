//! The extension records: long names, encoding, very long strings, measurement levels.

use super::header::Variable;
use crate::sources::binary::{Bytes, Fault};
use crate::sources::charset::Charset;
use encoding_rs::{Encoding, UTF_8, WINDOWS_1252};
use std::collections::BTreeMap;
use std::io::Read;

/// What the extension records say.
#[derive(Default)]
pub(super) struct Extensions {
    /// Number of the code page.
    page: Option<i32>,
    /// Name of the encoding.
    encoding: Option<Vec<u8>>,
    long_names: Vec<u8>,
    very_long: BTreeMap<Vec<u8>, usize>,
    display: Vec<i32>,
    long_labels: Vec<u8>,
    long_missing: Vec<u8>,
    big_endian: bool,
    /// Number of rows.
    pub(super) rows: Option<u64>,
}

impl Extensions {
    /// Reads the next record.
    pub(super) fn read<R: Read>(&mut self, bytes: &mut Bytes<R>) -> Result<(), Fault> {
        self.big_endian = bytes.big_endian;
        let kind = bytes.int()?;
        let size = bytes.count("the size of an extension")?;
        let n = bytes.count("the number of elements of an extension")?;
        let length = size.checked_mul(n).ok_or_else(|| Fault::damaged("an extension is too long"))?;
        let data = bytes.take(length)?;
        let mut inner = Bytes::new(data.as_slice(), length as u64);
        inner.big_endian = bytes.big_endian;
        match (kind, size) {
            (3, 4) if n >= 8 => {
                for _ in 0..7 {
                    inner.int()?;
                }
                self.page = Some(inner.int()?);
            }
            (11, 4) => {
                for _ in 0..n {
                    self.display.push(inner.int()?);
                }
            }
            (13, 1) => self.long_names = data,
            (14, 1) => {
                for entry in data.split(|byte| *byte == b'\t') {
                    let entry: Vec<u8> = entry.iter().copied().filter(|byte| *byte != 0).collect();
                    let Some(at) = entry.iter().position(|byte| *byte == b'=') else { continue };
                    let width =
                        std::str::from_utf8(&entry[at + 1..]).ok().and_then(|text| text.trim().parse().ok());
                    let width = width.filter(|width| *width <= 32_767);
                    let width = width.ok_or_else(|| Fault::damaged("a very long string has no width"))?;
                    self.very_long.insert(entry[..at].to_ascii_uppercase(), width);
                }
            }
            (16, 8) if n >= 2 => {
                inner.long()?;
                self.rows = u64::try_from(inner.long()?).ok();
            }
            (20, 1) => self.encoding = Some(data),
            (21, 1) => self.long_labels = data,
            (22, 1) => self.long_missing = data,
            // Sets of multiple responses, attributes and whatever later versions add do not change a value.
            _ => {}
        }
        Ok(())
    }

    /// The encoding of the file.
    pub(super) fn charset(&self) -> Result<Charset, Fault> {
        let unknown = |name: String| {
            Fault::new(
                format!("the text is in the encoding {name}, which is not known"),
                "save it in SPSS with Unicode on, or say `encoding` in registry.toml under [tables.NAME]",
            )
        };
        if let Some(name) = &self.encoding {
            let label = name.split(|byte| *byte == 0).next().unwrap_or_default();
            let encoding = Encoding::for_label(label);
            return encoding.map(Charset::said).ok_or_else(|| unknown(String::from_utf8_lossy(name).into()));
        }
        let label = match self.page {
            None | Some(0 | 2 | 3 | 20127) => return Ok(Charset::assumed(WINDOWS_1252)),
            Some(65001) => return Ok(Charset::said(UTF_8)),
            Some(page @ 1250..=1258) => format!("windows-{page}"),
            Some(page @ 28591..=28606) => format!("iso-8859-{}", page - 28590),
            Some(932) => "shift_jis".into(),
            Some(936) => "gbk".into(),
            Some(949) => "euc-kr".into(),
            Some(950) => "big5".into(),
            Some(866) => "ibm866".into(),
            Some(10000) => "macintosh".into(),
            Some(page) => return Err(unknown(format!("number {page}"))),
        };
        Encoding::for_label(label.as_bytes()).map(Charset::said).ok_or_else(|| unknown(label))
    }

    /// The long name of a variable.
    pub(super) fn long_name(&self, short: &[u8]) -> Option<String> {
        let charset = self.charset().unwrap_or(Charset::said(UTF_8));
        self.long_names.split(|byte| *byte == b'\t').find_map(|entry| {
            let at = entry.iter().position(|byte| *byte == b'=')?;
            let own = entry[..at].eq_ignore_ascii_case(short);
            own.then(|| charset.decode(&entry[at + 1..]).0.trim_matches(['\0', ' ']).into())
        })
    }

    /// The width of a very long string.
    pub(super) fn very_long(&self, short: &[u8]) -> Option<usize> {
        self.very_long.get(&short.to_ascii_uppercase()).copied()
    }

    /// The measurement level of the variable at an index.
    pub(super) fn measure(&self, index: usize, places: &[Option<usize>]) -> i32 {
        let n = places.iter().flatten().count();
        match self.display.len().checked_div(n) {
            Some(each @ (2 | 3)) if each * n == self.display.len() => self.display[each * index],
            _ => 0,
        }
    }

    /// Labels and missing values of strings longer than 8 bytes.
    pub(super) fn long_strings(&self, variables: &mut [Variable], charset: Charset) -> Result<(), Fault> {
        let text = |bytes: &[u8]| charset.decode(bytes).0.trim_end().to_string();
        let find = |name: &[u8]| {
            let name = text(name);
            let own = |variable: &Variable| {
                variable.name.eq_ignore_ascii_case(&name)
                    || self.long_name(&variable.short).is_some_and(|long| long.eq_ignore_ascii_case(&name))
            };
            variables.iter().position(own)
        };
        let mut labels: Vec<(usize, Vec<u8>, Vec<u8>)> = Vec::new();
        let mut bytes = Bytes::new(self.long_labels.as_slice(), self.long_labels.len() as u64);
        bytes.big_endian = self.big_endian;
        while bytes.at < bytes.length {
            let n = bytes.count("the length of a name")?;
            let index = find(&bytes.take(n)?);
            bytes.int()?;
            for _ in 0..bytes.count("the number of value labels")? {
                let n = bytes.count("the length of a value")?;
                let value = bytes.take(n)?;
                let n = bytes.count("the length of a label")?;
                let label = bytes.take(n)?;
                labels.extend(index.map(|index| (index, value, label)));
            }
        }
        let mut missing: Vec<(usize, Vec<u8>)> = Vec::new();
        let mut bytes = Bytes::new(self.long_missing.as_slice(), self.long_missing.len() as u64);
        bytes.big_endian = self.big_endian;
        while bytes.at < bytes.length {
            let n = bytes.count("the length of a name")?;
            let index = find(&bytes.take(n)?);
            let [n] = bytes.array()?;
            let length = bytes.count("the length of a missing value")?;
            for _ in 0..n {
                let value = bytes.take(length)?;
                missing.extend(index.map(|index| (index, value)));
            }
        }
        for (index, value, label) in labels {
            variables[index].labels.push((value, text(&label)));
        }
        for (index, value) in missing {
            variables[index].missing.texts.push(value);
        }
        Ok(())
    }
}
