//! The rows: numbers, dates and strings as texts.

use super::header::{Header, Storage, Variable, text};
use super::moment::Unit;
use crate::sources::Grid;
use crate::sources::binary::{Bytes, Fault, unsigned};
use std::collections::BTreeMap;
use std::io::Read;

/// The rows, and what long strings they refer to.
pub(super) struct Rows {
    pub(super) grid: Grid,
    /// Of each variable of long strings its position, and of each row the field that refers to the string.
    references: Vec<(usize, Vec<[u8; 8]>)>,
}

/// A number as it is stored.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Stored {
    Number(f64),
    /// 0 for `.`, 1 to 26 for `.a` to `.z`.
    Missing(u64),
    /// What no Stata writes.
    Invalid,
}

impl Stored {
    /// A whole number, above `most` the missing values.
    pub(super) fn whole(value: i32, most: i32) -> Self {
        match u64::try_from(i64::from(value) - i64::from(most) - 1) {
            Ok(n) => Self::missing(n),
            Err(_) => Self::Number(f64::from(value)),
        }
    }

    /// Bits of a positive number, of which those from `first` on are the missing values, `step` apart.
    fn bits(value: f64, bits: u64, first: u64, step: u64) -> Self {
        match bits.checked_sub(first) {
            Some(beyond) if value.is_sign_positive() && beyond % step == 0 => Self::missing(beyond / step),
            _ if value.is_finite() && (bits < first || value.is_sign_negative()) => Self::Number(value),
            _ => Self::Invalid,
        }
    }

    fn missing(n: u64) -> Self {
        if n <= 26 { Self::Missing(n) } else { Self::Invalid }
    }

    fn read(storage: Storage, field: &[u8], big_endian: bool) -> Self {
        let bits = unsigned(field, big_endian);
        match storage {
            Storage::Byte => Self::whole(i32::from(bits as u8 as i8), 100),
            Storage::Int => Self::whole(i32::from(bits as u16 as i16), 32_740),
            Storage::Long => Self::whole(bits as u32 as i32, 2_147_483_620),
            Storage::Float => Self::bits(f64::from(f32::from_bits(bits as u32)), bits, 0x7F00_0000, 0x800),
            Storage::Double => Self::bits(f64::from_bits(bits), bits, 0x7FE0 << 48, 1 << 40),
            Storage::Text(_) | Storage::LongText => Self::Invalid,
        }
    }

    /// As a text of the grid.
    pub(super) fn text(self, unit: Unit) -> Result<String, &'static str> {
        match self {
            Self::Number(value) => Ok(unit.text(value)),
            Self::Missing(0) => Ok(String::new()),
            Self::Missing(n) => Ok(format!(".{}", char::from(b'a' + (n - 1) as u8))),
            Self::Invalid => Err("the number is none that Stata can hold"),
        }
    }
}

impl Rows {
    /// Reads the rows.
    pub(super) fn read<R: Read>(bytes: &mut Bytes<R>, header: &Header) -> Result<Self, Fault> {
        let variables = &header.variables;
        let width: usize = variables.iter().map(|variable| variable.storage.width()).sum();
        let needed = header.rows.saturating_mul(width as u64);
        if needed > bytes.length.saturating_sub(bytes.at) {
            return Err(Fault::damaged(format!("it should have {} rows, and has not the room", header.rows)));
        }
        let mut rows = Self {
            grid: Grid::with_header(variables.iter().map(|variable| variable.name.clone()).collect()),
            references: Vec::new(),
        };
        for (position, variable) in variables.iter().enumerate() {
            if variable.storage == Storage::LongText {
                rows.references.push((position, Vec::new()));
            }
        }
        let mut row = vec![0; width];
        for _ in 0..header.rows {
            bytes.fill(&mut row)?;
            let (mut rest, mut long) = (row.as_slice(), 0);
            for (position, variable) in variables.iter().enumerate() {
                let (field, behind) = rest.split_at(variable.storage.width());
                rest = behind;
                if variable.storage == Storage::LongText {
                    rows.references[long].1.push(field.try_into().unwrap_or_default());
                    long += 1;
                } else {
                    rows.add(position, variable, field, header, bytes.big_endian);
                }
            }
            rows.grid.rows += 1;
        }
        Ok(rows)
    }

    fn add(&mut self, position: usize, variable: &Variable, field: &[u8], header: &Header, big_endian: bool) {
        let text = match variable.storage {
            Storage::Text(_) => match text(field, header.charset) {
                text if text.contains('\u{fffd}') => Err(format!(
                    "the text is not in the encoding {}: say `encoding` in registry.toml",
                    header.charset.name()
                )),
                text => Ok(text),
            },
            storage => Stored::read(storage, field, big_endian).text(variable.unit).map_err(Into::into),
        };
        if let Err(message) = &text {
            self.grid.refused.push((self.grid.rows, position, message.clone()));
        }
        self.grid.columns[position].push(text.unwrap_or_default().trim_end());
    }

    /// Puts the long strings into the rows.
    pub(super) fn resolve(
        &mut self,
        strings: &BTreeMap<(u64, u64), Option<String>>,
        release: u16,
        big_endian: bool,
    ) -> Result<(), Fault> {
        // How many bytes of a reference are the variable; the others are the row. R's haven writes the references of
        // release 118 into files of release 119: read as those of 119 they are of variables that no file has.
        let splits: &[usize] = match release {
            117 => &[4],
            118 => &[2],
            _ => &[3, 2],
        };
        for (position, references) in std::mem::take(&mut self.references) {
            let mut binary = 0;
            for reference in references {
                let found = splits.iter().find_map(|at| {
                    let (variable, row) = reference.split_at(*at);
                    strings.get(&(unsigned(variable, big_endian), unsigned(row, big_endian)))
                });
                let text = match found {
                    // The empty string is stored nowhere.
                    None if reference == [0; 8] => "",
                    None => return Err(Fault::damaged("a long string is missing")),
                    Some(None) => {
                        binary += 1;
                        ""
                    }
                    Some(Some(text)) => text,
                };
                self.grid.columns[position].push(text);
            }
            if binary > 0 {
                let name = self.grid.names[position].clone();
                let what = "bytes that are no text read as missing";
                self.grid.notes.push((Some(name), what.into(), binary));
            }
        }
        Ok(())
    }
}
