//! What stands before the data: variables, labels and extensions.

use super::extension::Extensions;
use crate::sources::binary::{Bytes, Fault};
use crate::sources::charset::Charset;
use encoding_rs::Encoding;
use std::collections::BTreeMap;
use std::io::Read;

/// How the data are compressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Compression {
    None,
    Bytecode,
    Zlib,
}

/// Which values of a variable mean "missing".
#[derive(Debug, Clone, Default)]
pub(super) struct UserMissing {
    pub(super) range: Option<(f64, f64)>,
    pub(super) values: Vec<[u8; 8]>,
    /// Of a string longer than 8 bytes.
    pub(super) texts: Vec<Vec<u8>>,
}

/// A variable, or one of the segments of a very long string.
#[derive(Debug, Clone)]
pub(super) struct Variable {
    /// Its name of at most 8 bytes, by which the file refers to it.
    pub(super) short: Vec<u8>,
    pub(super) name: String,
    /// 0 for a number, else the width of the string in bytes.
    pub(super) width: usize,
    /// The widths of the segments that make it up, beginning with its own.
    pub(super) segments: Vec<usize>,
    /// Kind of the print format.
    pub(super) format: u8,
    pub(super) label: Option<String>,
    pub(super) missing: UserMissing,
    /// Value and label.
    pub(super) labels: Vec<(Vec<u8>, String)>,
    /// 1 nominal, 2 ordinal, 3 scale, 0 unknown.
    pub(super) measure: i32,
    raw_label: Vec<u8>,
}

/// The header.
pub(super) struct Header {
    pub(super) compression: Compression,
    pub(super) bias: f64,
    /// Number of rows, where it is said.
    pub(super) rows: Option<u64>,
    pub(super) variables: Vec<Variable>,
    pub(super) charset: Charset,
    /// The variable by which the file is weighted.
    pub(super) weight: Option<String>,
    pub(super) big_endian: bool,
}

/// A value and its label as bytes, and the places of the variables that have it.
type LabelSet = (Vec<([u8; 8], Vec<u8>)>, Vec<usize>);

impl Header {
    pub(super) fn read<R: Read>(
        bytes: &mut Bytes<R>,
        stated: Option<&'static Encoding>,
    ) -> Result<Self, Fault> {
        let magic: [u8; 4] = bytes
            .array()
            .map_err(|_| Fault::new("this is not an SPSS file", "is it damaged, or another format?"))?;
        if magic != *b"$FL2" && magic != *b"$FL3" {
            return Err(Fault::new("this is not an SPSS file", "is it damaged, or another format?"));
        }
        bytes.take(60)?;
        let layout: [u8; 4] = bytes.array()?;
        bytes.big_endian = match (i32::from_le_bytes(layout), i32::from_be_bytes(layout)) {
            (2 | 3, _) => false,
            (_, 2 | 3) => true,
            _ => return Err(Fault::damaged("its byte order is unknown")),
        };
        bytes.int()?;
        let compression = match bytes.int()? {
            0 => Compression::None,
            1 => Compression::Bytecode,
            2 => Compression::Zlib,
            other => return Err(Fault::damaged(format!("compression {other} is unknown"))),
        };
        let weight = bytes.int()?;
        let rows = u64::try_from(bytes.int()?).ok();
        let bias = bytes.double()?;
        bytes.take(9 + 8 + 64 + 3)?;
        let mut variables: Vec<Variable> = Vec::new();
        // The dictionary counts places of 8 bytes, of which a string has several.
        let mut places: Vec<Option<usize>> = Vec::new();
        let mut sets: Vec<LabelSet> = Vec::new();
        let mut extensions = Extensions::default();
        loop {
            match bytes.int()? {
                2 => match variable(bytes)? {
                    Some(variable) => {
                        places.push(Some(variables.len()));
                        variables.push(variable);
                    }
                    None => places.push(None),
                },
                3 => sets.push(label_set(bytes)?),
                6 => {
                    let lines = bytes.count("the number of lines of a document")?;
                    for _ in 0..lines {
                        bytes.take(80)?;
                    }
                }
                7 => extensions.read(bytes)?,
                999 => {
                    bytes.int()?;
                    break;
                }
                other => return Err(Fault::damaged(format!("a record of the unknown kind {other}"))),
            }
        }
        if variables.is_empty() {
            return Err(Fault::damaged("it has no variable"));
        }
        let charset = stated.map_or_else(|| extensions.charset(), |encoding| Ok(Charset::said(encoding)))?;
        let text = |bytes: &[u8]| charset.decode(bytes).0.trim_end().to_string();
        for (values, owners) in sets {
            for place in owners {
                let Some(Some(index)) = place.checked_sub(1).and_then(|place| places.get(place)) else {
                    return Err(Fault::damaged("value labels of a variable that is not there"));
                };
                let variable = &mut variables[*index];
                let width = variable.width;
                for (value, label) in &values {
                    let value = if width == 0 { value.to_vec() } else { value[..width.min(8)].to_vec() };
                    variable.labels.push((value, text(label)));
                }
            }
        }
        let weight = usize::try_from(weight).ok().and_then(|place| place.checked_sub(1));
        let weight = weight.and_then(|place| *places.get(place)?);
        let weight = weight.map(|index| variables[index].short.clone());
        for (index, variable) in variables.iter_mut().enumerate() {
            variable.name = text(&variable.short);
            variable.label = Some(text(&variable.raw_label)).filter(|label| !label.is_empty());
            variable.measure = extensions.measure(index, &places);
        }
        extensions.long_strings(&mut variables, charset)?;
        let variables = joined(variables, &extensions)?;
        let weight = weight
            .and_then(|short| variables.iter().find(|variable| variable.short == short))
            .map(|v| v.name.clone());
        let mut names = BTreeMap::new();
        for variable in &variables {
            if names.insert(&variable.name, ()).is_some() {
                return Err(Fault::damaged(format!("two variables are called `{}`", variable.name)));
            }
        }
        let rows = extensions.rows.or(rows);
        Ok(Self { compression, bias, rows, variables, charset, weight, big_endian: bytes.big_endian })
    }
}

/// A variable, or none where the record only continues a string.
fn variable<R: Read>(bytes: &mut Bytes<R>) -> Result<Option<Variable>, Fault> {
    let width = bytes.int()?;
    let has_label = bytes.int()?;
    let n_missing = bytes.int()?;
    let format = (bytes.int()? >> 16) as u8;
    bytes.int()?;
    let short: [u8; 8] = bytes.array()?;
    let mut raw_label = Vec::new();
    if has_label == 1 {
        let length = bytes.count("the length of a label")?;
        raw_label = bytes.take(length)?;
        bytes.take(length.div_ceil(4) * 4 - length)?;
    }
    let mut missing = UserMissing::default();
    if !(-3..=3).contains(&n_missing) || n_missing == -1 {
        return Err(Fault::damaged(format!("a variable has {n_missing} missing values")));
    }
    let mut values = n_missing;
    if n_missing < 0 {
        missing.range = Some((bytes.double()?, bytes.double()?));
        values = -n_missing - 2;
    }
    for _ in 0..values {
        missing.values.push(bytes.array()?);
    }
    let width = match width {
        -1 => return Ok(None),
        width => usize::try_from(width)
            .ok()
            .filter(|width| *width <= 255)
            .ok_or_else(|| Fault::damaged(format!("a variable is {width} bytes wide")))?,
    };
    let short = short.trim_ascii_end().to_vec();
    Ok(Some(Variable {
        short,
        name: String::new(),
        width,
        segments: vec![width],
        format,
        label: None,
        missing,
        labels: Vec::new(),
        measure: 0,
        raw_label,
    }))
}

/// Labels, and the record behind them that says whose they are.
fn label_set<R: Read>(bytes: &mut Bytes<R>) -> Result<LabelSet, Fault> {
    let n = bytes.count("the number of value labels")?;
    let mut labels = Vec::new();
    for _ in 0..n {
        let value = bytes.array()?;
        let [length] = bytes.array()?;
        let length = usize::from(length);
        let label = bytes.take(length)?;
        bytes.take((length + 1).div_ceil(8) * 8 - length - 1)?;
        labels.push((value, label));
    }
    if bytes.int()? != 4 {
        return Err(Fault::damaged("value labels without their variables"));
    }
    let n = bytes.count("the number of variables with value labels")?;
    let mut owners = Vec::new();
    for _ in 0..n {
        owners.push(bytes.count("the place of a variable")?);
    }
    Ok((labels, owners))
}

/// The variables with the segments of very long strings put together.
fn joined(variables: Vec<Variable>, extensions: &Extensions) -> Result<Vec<Variable>, Fault> {
    let mut joined: Vec<Variable> = Vec::new();
    let mut rest = variables.into_iter();
    while let Some(mut variable) = rest.next() {
        if let Some(width) = extensions.very_long(&variable.short)
            && width > 255
        {
            for _ in 1..width.div_ceil(252) {
                let segment = rest.next().filter(|segment| segment.width > 0);
                let segment = segment.ok_or_else(|| Fault::damaged("a very long string lacks segments"))?;
                variable.segments.push(segment.width);
            }
            variable.width = width;
        }
        joined.push(variable);
    }
    for variable in &mut joined {
        if let Some(name) = extensions.long_name(&variable.short) {
            variable.name = name;
        }
    }
    Ok(joined)
}
