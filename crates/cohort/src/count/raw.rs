//! The values of a query's column, gathered batch by batch.

use crate::cells::iso_text;
use crate::interner::Interner;
use arrow::array::{Array, ArrayRef, AsArray};
use arrow::datatypes::{DataType, Date32Type, Float64Type, Int64Type};
use engine::Type;
use std::collections::BTreeMap;
use study::MISSING;

/// Values of one column.
#[derive(Debug)]
pub(crate) enum Raw {
    /// Distinct texts, and which of them each row has, or [`MISSING`].
    Text {
        /// One a row.
        codes: Vec<u32>,
        /// The distinct texts.
        texts: Interner,
    },
    /// Numbers, NaN for missing.
    Number(Vec<f64>),
    /// 0, 1 or [`MISSING`].
    Flag(Vec<u32>),
    /// Days since 1970-01-01, NaN for missing.
    Date(Vec<f64>),
}

impl Raw {
    /// An empty column for arrays of that type.
    pub(super) fn of(array: &ArrayRef) -> Self {
        Self::empty(Type::of(array.data_type()))
    }

    pub(super) fn empty(r#type: Type) -> Self {
        match r#type {
            Type::Integer | Type::Number => Self::Number(Vec::new()),
            Type::Flag => Self::Flag(Vec::new()),
            Type::Date => Self::Date(Vec::new()),
            Type::Text | Type::Moment | Type::Other => {
                Self::Text { codes: Vec::new(), texts: Interner::default() }
            }
        }
    }

    /// Appends an array of the column's type.
    pub(super) fn extend(&mut self, array: &ArrayRef) {
        match self {
            Self::Number(values) if array.data_type() == &DataType::Int64 => {
                let array = array.as_primitive::<Int64Type>();
                match array.null_count() {
                    0 => values.extend(array.values().iter().map(|value| *value as f64)),
                    _ => {
                        values.extend(array.iter().map(|value| value.map_or(f64::NAN, |value| value as f64)))
                    }
                }
            }
            Self::Number(values) => {
                let array = array.as_primitive::<Float64Type>();
                match array.null_count() {
                    0 => values.extend_from_slice(array.values()),
                    _ => values.extend(array.iter().map(|value| value.unwrap_or(f64::NAN))),
                }
            }
            Self::Date(values) => {
                let array = array.as_primitive::<Date32Type>();
                values.extend(array.iter().map(|value| value.map_or(f64::NAN, f64::from)));
            }
            Self::Flag(values) => {
                values.extend(array.as_boolean().iter().map(|value| value.map_or(MISSING, u32::from)));
            }
            Self::Text { codes, texts } => {
                let Some(array) = array.as_string_view_opt() else {
                    codes.resize(codes.len() + array.len(), MISSING);
                    return;
                };
                for value in array {
                    let code = match value {
                        None => MISSING,
                        // Groups come in no order, but neighbours are often alike.
                        Some(text) => match codes.last() {
                            Some(last) if *last != MISSING && texts.is(*last, text) => *last,
                            _ => texts.code(text),
                        },
                    };
                    codes.push(code);
                }
            }
        }
    }

    /// Distinct values as text, and which of them each row has; `no_yes` are the texts of a flag.
    pub(super) fn texts(self, no_yes: [&str; 2]) -> (Vec<u32>, Interner) {
        let mut texts = Interner::default();
        match self {
            Self::Text { codes, texts } => (codes, texts),
            Self::Flag(codes) => {
                no_yes.iter().for_each(|text| {
                    texts.code(text);
                });
                (codes, texts)
            }
            Self::Number(values) => (coded(&values, &mut texts, |value| value.to_string()), texts),
            Self::Date(values) => (coded(&values, &mut texts, |day| iso_text(day as i64)), texts),
        }
    }
}

/// Codes of numbers, whose text is made once for each distinct one.
fn coded(values: &[f64], texts: &mut Interner, text: impl Fn(f64) -> String) -> Vec<u32> {
    let mut known: BTreeMap<u64, u32> = BTreeMap::new();
    let code = |value: &f64| match value.is_nan() {
        true => MISSING,
        // Adding 0 makes −0 and 0 one.
        false => *known.entry((value + 0.0).to_bits()).or_insert_with(|| texts.code(&text(value + 0.0))),
    };
    values.iter().map(code).collect()
}
