//! One column of a count table.

use crate::{Kind, Level, Problem, VariableLabel};

/// The code of a missing category. A missing number is NaN.
pub const MISSING: u32 = u32::MAX;

/// The values of a column.
#[derive(Debug, Clone)]
pub enum Values {
    /// Positions in `levels`, or [`MISSING`].
    Category {
        /// The levels in the order of the report.
        levels: Vec<Level>,
        /// One code a row.
        codes: Vec<u32>,
    },
    /// Numbers, or NaN for missing. Never infinite.
    Number(Vec<f64>),
}

/// A column: a variable, the time of an endpoint, or its event.
#[derive(Debug, Clone, PartialEq)]
pub struct Column {
    /// Name of the variable; `ENDPOINT.time`, `ENDPOINT.entry` and so on for endpoints.
    pub name: String,
    /// What the report prints.
    pub label: String,
    /// Unit of measurement.
    pub unit: Option<String>,
    /// Kind of value.
    pub kind: Kind,
    /// Code of the level with which models compare the others; numbers have none.
    pub reference: Option<u32>,
    /// The variable of which it was made, where it is not a variable itself.
    pub of: Option<String>,
    /// The values.
    pub values: Values,
}

impl Values {
    /// Number of rows.
    pub fn len(&self) -> usize {
        match self {
            Self::Category { codes, .. } => codes.len(),
            Self::Number(values) => values.len(),
        }
    }

    /// Whether there is no row.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

impl PartialEq for Values {
    /// Missing equals missing.
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Category { levels: a, codes: b }, Self::Category { levels: c, codes: d }) => {
                a == c && b == d
            }
            (Self::Number(a), Self::Number(b)) => {
                a.len() == b.len() && a.iter().zip(b).all(|(x, y)| x == y || (x.is_nan() && y.is_nan()))
            }
            _ => false,
        }
    }
}

impl Column {
    /// A categorical column with plain labels; its reference is the first level.
    pub fn category(name: &str, levels: &[&str], codes: Vec<u32>) -> Self {
        Self {
            name: name.into(),
            label: name.into(),
            unit: None,
            kind: Kind::Category,
            reference: Some(0),
            of: None,
            values: Values::Category { levels: levels.iter().map(|l| Level::plain(*l)).collect(), codes },
        }
    }

    /// A numeric column.
    pub fn number(name: &str, values: Vec<f64>) -> Self {
        Self {
            name: name.into(),
            label: name.into(),
            unit: None,
            kind: Kind::Number,
            reference: None,
            of: None,
            values: Values::Number(values),
        }
    }

    /// A yes-or-no column, `None` for missing.
    pub fn flag(name: &str, values: &[Option<bool>]) -> Self {
        let codes = values.iter().map(|value| value.map_or(MISSING, u32::from)).collect();
        Self { kind: Kind::Flag, ..Self::category(name, &["no", "yes"], codes) }
    }

    /// The levels; none for numbers.
    pub fn levels(&self) -> &[Level] {
        match &self.values {
            Values::Category { levels, .. } => levels,
            Values::Number(_) => &[],
        }
    }

    /// The codes of a categorical column.
    pub fn codes(&self) -> Result<&[u32], Problem> {
        match &self.values {
            Values::Category { codes, .. } => Ok(codes),
            Values::Number(_) => {
                Err(Problem::input(format!("`{}` is a number, and levels are needed", self.name))
                    .help(format!(
                        "where its numbers are codes, write kind = \"category\" in [variables.{}] (on the command line \
                         `--categories {}`); else derive a variable with levels from it, for example with `case when`",
                        self.name, self.name
                    )))
            }
        }
    }

    /// The values of a numeric column.
    pub fn numbers(&self) -> Result<&[f64], Problem> {
        match &self.values {
            Values::Number(values) => Ok(values),
            Values::Category { .. } => {
                Err(Problem::input(format!("`{}` has levels, and a number is needed", self.name)))
            }
        }
    }

    /// Whether the value of a row is missing.
    pub fn is_missing(&self, row: usize) -> bool {
        match &self.values {
            Values::Category { codes, .. } => codes[row] == MISSING,
            Values::Number(values) => values[row].is_nan(),
        }
    }

    /// What the report needs to know of it.
    pub fn label(&self) -> VariableLabel {
        VariableLabel {
            name: self.name.clone(),
            label: self.label.clone(),
            unit: self.unit.clone(),
            kind: self.kind,
            levels: self.levels().to_vec(),
        }
    }

    pub(super) fn check(&self) -> Result<(), Problem> {
        let fault = match &self.values {
            Values::Category { levels, codes } => {
                codes.iter().any(|code| *code != MISSING && *code as usize >= levels.len())
            }
            Values::Number(values) => values.iter().any(|value| value.is_infinite()),
        };
        if fault {
            return Err(Problem::internal(format!("column `{}` has a value out of range", self.name)));
        }
        Ok(())
    }

    pub(super) fn select(&self, rows: &[usize]) -> Self {
        let values = match &self.values {
            Values::Category { levels, codes } => Values::Category {
                levels: levels.clone(),
                codes: rows.iter().map(|row| codes[*row]).collect(),
            },
            Values::Number(values) => Values::Number(rows.iter().map(|row| values[*row]).collect()),
        };
        Self { values, ..self.heading() }
    }

    fn heading(&self) -> Self {
        Self {
            name: self.name.clone(),
            label: self.label.clone(),
            unit: self.unit.clone(),
            kind: self.kind,
            reference: self.reference,
            of: self.of.clone(),
            values: Values::Number(Vec::new()),
        }
    }

    /// The rows of another column of the same name and kind behind this one's.
    pub(super) fn append(&self, other: &Self) -> Result<Self, Problem> {
        if self.name != other.name || self.unit != other.unit {
            return Err(Problem::input(format!(
                "the tables to be pooled differ: `{}` ({}) against `{}` ({})",
                self.name,
                self.unit.as_deref().unwrap_or("no unit"),
                other.name,
                other.unit.as_deref().unwrap_or("no unit"),
            )));
        }
        let values = match (&self.values, &other.values) {
            (Values::Number(a), Values::Number(b)) => Values::Number([a.as_slice(), b].concat()),
            (Values::Category { levels, codes }, Values::Category { levels: more, codes: further }) => {
                let mut levels = levels.clone();
                let position: Vec<u32> = more
                    .iter()
                    .map(|level| {
                        let known = levels.iter().position(|own| own.value == level.value);
                        known.unwrap_or_else(|| {
                            levels.push(level.clone());
                            levels.len() - 1
                        }) as u32
                    })
                    .collect();
                let further = further
                    .iter()
                    .map(|code| if *code == MISSING { MISSING } else { position[*code as usize] });
                Values::Category { codes: codes.iter().copied().chain(further).collect(), levels }
            }
            _ => {
                return Err(Problem::input(format!(
                    "`{}` is a number in one table and has levels in the other",
                    self.name
                )));
            }
        };
        Ok(Self { values, ..self.heading() })
    }
}
