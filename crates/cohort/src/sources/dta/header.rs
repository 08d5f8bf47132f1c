//! What stands before the rows: variables and their types.

use super::moment::Unit;
use crate::sources::binary::Fault;
use crate::sources::charset::Charset;
use std::collections::BTreeSet;

/// How a variable is stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Storage {
    Byte,
    Int,
    Long,
    Float,
    Double,
    /// A string of so many bytes.
    Text(usize),
    /// A string that stands behind the rows, which refer to it.
    LongText,
}

impl Storage {
    /// By the number of the releases from 117 on.
    pub(super) fn of_code(code: u16) -> Result<Self, Fault> {
        Ok(match code {
            1..=2045 => Self::Text(usize::from(code)),
            32_768 => Self::LongText,
            65_526 => Self::Double,
            65_527 => Self::Float,
            65_528 => Self::Long,
            65_529 => Self::Int,
            65_530 => Self::Byte,
            other => return Err(Fault::damaged(format!("a variable has the unknown type {other}"))),
        })
    }

    /// By the number of the releases before 117.
    pub(super) fn of_old_code(code: u8) -> Result<Self, Fault> {
        Ok(match code {
            1..=244 => Self::Text(usize::from(code)),
            251 => Self::Byte,
            252 => Self::Int,
            253 => Self::Long,
            254 => Self::Float,
            255 => Self::Double,
            other => return Err(Fault::damaged(format!("a variable has the unknown type {other}"))),
        })
    }

    /// Bytes in a row.
    pub(super) fn width(self) -> usize {
        match self {
            Self::Byte => 1,
            Self::Int => 2,
            Self::Long | Self::Float => 4,
            Self::Double | Self::LongText => 8,
            Self::Text(width) => width,
        }
    }
}

/// A variable.
pub(super) struct Variable {
    pub(super) name: String,
    pub(super) storage: Storage,
    /// What its numbers count.
    pub(super) unit: Unit,
    /// Name of its set of value labels, empty where it has none.
    pub(super) set: String,
    pub(super) label: Option<String>,
}

/// The header.
pub(super) struct Header {
    pub(super) release: u16,
    pub(super) rows: u64,
    pub(super) variables: Vec<Variable>,
    pub(super) charset: Charset,
}

/// The lists of which a header consists, one element a variable.
pub(super) struct Lists {
    pub(super) storage: Vec<Storage>,
    pub(super) names: Vec<String>,
    pub(super) formats: Vec<String>,
    pub(super) sets: Vec<String>,
    pub(super) labels: Vec<String>,
}

impl Lists {
    /// The variables.
    pub(super) fn variables(self) -> Result<Vec<Variable>, Fault> {
        let mut variables: Vec<Variable> = Vec::new();
        let mut names = BTreeSet::new();
        let rest = self.names.into_iter().zip(self.formats).zip(self.sets).zip(self.labels);
        for (storage, (((name, format), set), label)) in self.storage.into_iter().zip(rest) {
            if name.is_empty() || !names.insert(name.clone()) {
                return Err(Fault::damaged(format!(
                    "the name `{name}` of a variable is empty or stands twice"
                )));
            }
            let label = Some(label.trim().to_string()).filter(|label| !label.is_empty());
            variables.push(Variable { name, storage, unit: Unit::of_format(&format), set, label });
        }
        if variables.is_empty() {
            return Err(Fault::damaged("it has no variable"));
        }
        Ok(variables)
    }
}

/// The text of a field of fixed width, which a zero byte ends.
pub(super) fn text(field: &[u8], charset: Charset) -> String {
    let end = field.iter().position(|byte| *byte == 0).unwrap_or(field.len());
    charset.decode(&field[..end]).0.into_owned()
}

/// The texts of a list of fields of one width.
pub(super) fn texts(list: &[u8], width: usize, charset: Charset) -> Vec<String> {
    list.chunks(width).map(|field| text(field, charset)).collect()
}
