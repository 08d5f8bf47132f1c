//! The canonical order of rows, and the merging of equal ones.

use super::{Column, CountTable, MISSING, Values};
use std::cmp::Ordering;

/// Sorts the rows, merges equal ones and drops those counted 0.
pub(super) fn canonical(columns: Vec<Column>, n: Vec<u64>) -> CountTable {
    let keys: Option<Vec<u128>> = pack(&columns, n.len());
    let equal: Box<dyn Fn(usize, usize) -> bool> = match &keys {
        Some(keys) => Box::new(|a, b| keys[a] == keys[b]),
        None => Box::new(|a, b| compare(&columns, a, b) == Ordering::Equal),
    };
    let sorted = match &keys {
        Some(keys) => keys.windows(2).zip(&n).all(|(pair, n)| pair[0] < pair[1] && *n > 0),
        None => (1..n.len()).all(|row| n[row] > 0 && compare(&columns, row - 1, row) == Ordering::Less),
    };
    if sorted && n.last() != Some(&0) && n.first() != Some(&0) {
        drop(equal);
        return CountTable { columns, n };
    }
    let counted = (0..n.len()).filter(|row| n[*row] > 0);
    let order: Vec<usize> = match &keys {
        // Keys are sorted beside their rows: looking them up while sorting would miss the cache each time.
        Some(keys) if keys.iter().all(|key| u64::try_from(*key).is_ok()) => {
            rows_by_key(counted.map(|row| (keys[row] as u64, row)).collect())
        }
        Some(keys) => rows_by_key(counted.map(|row| (keys[row], row)).collect()),
        None => {
            let mut order: Vec<usize> = counted.collect();
            order.sort_unstable_by(|a, b| compare(&columns, *a, *b));
            order
        }
    };
    let mut rows: Vec<usize> = Vec::with_capacity(order.len());
    let mut merged: Vec<u64> = Vec::with_capacity(order.len());
    for row in order {
        match (rows.last(), merged.last_mut()) {
            (Some(last), Some(count)) if equal(*last, row) => *count += n[row],
            _ => {
                rows.push(row);
                merged.push(n[row]);
            }
        }
    }
    drop(equal);
    CountTable { columns: columns.iter().map(|column| column.select(&rows)).collect(), n: merged }
}

/// The rows in the order of their keys.
fn rows_by_key<K: Ord>(mut pairs: Vec<(K, usize)>) -> Vec<usize> {
    pairs.sort_unstable();
    pairs.into_iter().map(|(_, row)| row).collect()
}

/// One sortable key a row, where the columns fit into 128 bits: then sorting compares single words.
fn pack(columns: &[Column], rows: usize) -> Option<Vec<u128>> {
    let mut bits = 0;
    let mut keys = vec![0u128; rows];
    for column in columns {
        let width = match &column.values {
            Values::Category { levels, codes } => {
                let width = usize::BITS - levels.len().leading_zeros();
                for (key, code) in keys.iter_mut().zip(codes) {
                    let code = if *code == MISSING { levels.len() as u128 } else { u128::from(*code) };
                    *key = (*key << width) | code;
                }
                width
            }
            Values::Number(values) => match Scaled::of(values) {
                Some(scaled) => {
                    for (key, value) in keys.iter_mut().zip(values) {
                        *key = (*key << scaled.width) | scaled.offset(*value);
                    }
                    scaled.width
                }
                None => {
                    for (key, value) in keys.iter_mut().zip(values) {
                        *key = (*key << 64) | u128::from(sortable(*value));
                    }
                    64
                }
            },
        };
        bits += width;
        if bits > 128 {
            return None;
        }
    }
    Some(keys)
}

/// Numbers that are whole after multiplication with a power of ten, as most that are written down.
struct Scaled {
    power: f64,
    least: i64,
    /// Bits that hold each, and one code more for those missing.
    width: u32,
}

impl Scaled {
    fn of(values: &[f64]) -> Option<Self> {
        [1.0, 10.0, 100.0, 1e3, 1e4, 1e5, 1e6].into_iter().find_map(|power| Self::by(power, values))
    }

    fn by(power: f64, values: &[f64]) -> Option<Self> {
        let (mut least, mut most) = (i64::MAX, i64::MIN);
        for value in values.iter().filter(|value| !value.is_nan()) {
            let whole = (value * power).round();
            // The same number must come back, so that no two become one.
            if whole / power != *value || whole.abs() > 1e15 {
                return None;
            }
            least = least.min(whole as i64);
            most = most.max(whole as i64);
        }
        if least > most {
            return Some(Self { power, least: 0, width: 1 });
        }
        Some(Self { power, least, width: u64::BITS - ((most - least) as u64 + 1).leading_zeros() })
    }

    fn offset(&self, value: f64) -> u128 {
        if value.is_nan() {
            return (1 << self.width) - 1;
        }
        ((value * self.power).round() as i64 - self.least) as u128
    }
}

/// Bits of a number that sort as it does, missing last and −0 as 0.
fn sortable(value: f64) -> u64 {
    if value.is_nan() {
        return u64::MAX;
    }
    let bits = (value + 0.0).to_bits();
    if bits >> 63 == 1 { !bits } else { bits | (1 << 63) }
}

fn compare(columns: &[Column], a: usize, b: usize) -> Ordering {
    columns
        .iter()
        .map(|column| match &column.values {
            Values::Category { codes, .. } => codes[a].cmp(&codes[b]),
            Values::Number(values) => sortable(values[a]).cmp(&sortable(values[b])),
        })
        .find(|ordering| *ordering != Ordering::Equal)
        .unwrap_or(Ordering::Equal)
}
