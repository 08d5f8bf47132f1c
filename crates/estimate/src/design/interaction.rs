//! The product of several variables: by how much the effect of one depends on the others.
//!
//! # Formula
//! Each column is the product of one column of every variable: of a factor that of a level other than the reference, of
//! a number the number itself, of a spline one of its columns less its value at the median. A model that holds all main
//! effects beside it has, for two factors, the ratio of the ratios as the exponential of the coefficient; the main effect of
//! a variable that interacts with a spline stands at the median of that.

use super::{ABSENT, Covariate, Patterns, Scale};

/// Combinations of the values of several variables.
#[derive(Debug, Clone, PartialEq)]
pub struct Interaction {
    /// The variables.
    pub parts: Vec<Part>,
    /// The codes of the variables in each combination, one combination after the other.
    codes: Vec<u32>,
    /// The levels of the factors together, one entry for each cell: `female:old`.
    levels: Vec<String>,
}

/// One variable of an interaction.
#[derive(Debug, Clone, PartialEq)]
pub struct Part {
    /// Its name.
    pub name: String,
    /// What its codes mean.
    pub scale: Scale,
    /// Of a number beside a spline the values at which it is held where the spline is told: its quartiles.
    pub held_at: Vec<f64>,
}

impl Interaction {
    /// The combinations that occur, and the code of each row.
    pub fn new(parts: &[&Covariate]) -> (Self, Vec<u32>) {
        let rows = parts.first().map_or(0, |part| part.codes.len());
        let known = |row: &u32| parts.iter().all(|part| part.codes[*row as usize] != ABSENT);
        let complete: Vec<u32> = (0..rows as u32).filter(known).collect();
        let patterns = Patterns::new(parts, &complete);
        let mut of_row = vec![ABSENT; rows];
        complete.iter().zip(&patterns.of_row).for_each(|(row, pattern)| of_row[*row as usize] = *pattern);
        let codes = (0..patterns.len())
            .flat_map(|pattern| (0..parts.len()).map(move |part| (pattern, part)))
            .map(|(pattern, part)| patterns.codes(part)[pattern])
            .collect();
        let mut levels = vec![String::new()];
        for part in parts {
            let Scale::Factor { levels: own, .. } = &part.scale else { continue };
            let joined = |known: &String, level: &String| match known.as_str() {
                "" => level.clone(),
                known => format!("{known}:{level}"),
            };
            levels = levels.iter().flat_map(|known| own.iter().map(move |l| joined(known, l))).collect();
        }
        let part = |part: &&Covariate| Part {
            name: part.name.clone(),
            scale: part.scale.clone(),
            held_at: Vec::new(),
        };
        let parts = parts.iter().map(part).collect();
        (Self { parts, codes, levels }, of_row)
    }

    /// How many combinations there are.
    pub(super) fn size(&self) -> usize {
        self.codes.len() / self.parts.len().max(1)
    }

    /// How many levels the factors have for each position among the factors.
    fn radices(&self) -> Vec<usize> {
        let levels = |part: &Part| match &part.scale {
            Scale::Factor { levels, .. } => Some(levels.len()),
            _ => None,
        };
        self.parts.iter().filter_map(levels).collect()
    }

    /// Whether one of the variables is a factor.
    pub fn has_levels(&self) -> bool {
        !self.radices().is_empty()
    }

    /// How many cells the factors make.
    pub(super) fn cells(&self) -> usize {
        self.levels.len()
    }

    /// The levels of a cell together.
    pub(super) fn level(&self, cell: u32) -> &str {
        self.levels.get(cell as usize).map_or("", String::as_str)
    }

    /// The cell of a combination.
    pub(super) fn cell(&self, code: u32) -> u32 {
        let own = &self.codes[code as usize * self.parts.len()..];
        let mut cell = 0;
        for (part, code) in self.parts.iter().zip(own) {
            if let Scale::Factor { levels, .. } = &part.scale {
                cell = cell * levels.len() as u32 + code;
            }
        }
        cell
    }

    /// The codes of the factors in a cell.
    pub(super) fn codes_of(&self, cell: u32) -> Vec<u32> {
        let mut rest = cell;
        let mut codes: Vec<u32> = self
            .radices()
            .iter()
            .rev()
            .map(|levels| {
                let code = rest % *levels as u32;
                rest /= *levels as u32;
                code
            })
            .collect();
        codes.reverse();
        codes
    }

    /// The cell of all reference levels: of each factor the declared one, or the first that occurs.
    pub(super) fn reference(&self, occurring: &[u32]) -> Option<u32> {
        if !self.has_levels() {
            return None;
        }
        let of_cells: Vec<Vec<u32>> = occurring.iter().map(|cell| self.codes_of(*cell)).collect();
        let factors =
            self.parts.iter().filter_map(|part| Some((part.scale.declared_reference()?, part.scale.size())));
        let mut cell = 0;
        for (at, (declared, size)) in factors.enumerate() {
            let mut known: Vec<u32> = of_cells.iter().map(|codes| codes[at]).collect();
            known.sort_unstable();
            let reference = if known.contains(&declared) { declared } else { *known.first()? };
            cell = cell * size as u32 + reference;
        }
        Some(cell)
    }

    /// The cells in which no factor has its reference level.
    pub fn compared(&self, reference: Option<u32>) -> Vec<u32> {
        let Some(reference) = reference.map(|cell| self.codes_of(cell)) else {
            return if self.has_levels() { Vec::new() } else { vec![0] };
        };
        let apart = |cell: &u32| self.codes_of(*cell).iter().zip(&reference).all(|(code, own)| code != own);
        (0..self.cells() as u32).filter(apart).collect()
    }

    /// Columns for each cell: as many as its splines have together.
    pub fn bases(&self) -> usize {
        self.parts.iter().map(|part| part.scale.bases()).product()
    }

    /// Whether one of the variables is a spline.
    pub fn bends(&self) -> bool {
        self.parts.iter().any(|part| matches!(part.scale, Scale::Spline(_)))
    }

    /// How much of a product of columns of the formula a product of columns of the model matrix has.
    pub(super) fn share(&self, mut plain: usize, mut basis: usize) -> f64 {
        let mut share = 1.0;
        for part in self.parts.iter().rev() {
            let columns = part.scale.bases();
            share *= part.scale.share(plain % columns, basis % columns);
            (plain, basis) = (plain / columns, basis / columns);
        }
        share
    }

    /// Which columns of the splines a product is of, from 1: `2`, or `1 × 2`.
    pub(super) fn basis_name(&self, mut basis: usize) -> String {
        let mut names = Vec::new();
        for part in self.parts.iter().rev().filter(|part| matches!(part.scale, Scale::Spline(_))) {
            names.push((basis % part.scale.bases() + 1).to_string());
            basis /= part.scale.bases();
        }
        names.reverse();
        names.join(" × ")
    }

    /// The numbers of whose splines a product has a column beyond the straight line.
    pub fn bent(&self, mut basis: usize) -> Vec<&str> {
        let mut names = Vec::new();
        for part in self.parts.iter().rev() {
            let columns = part.scale.bases();
            if !basis.is_multiple_of(columns) {
                names.push(part.name.as_str());
            }
            basis /= columns;
        }
        names
    }

    /// The product in a column, `value` being the number or the code of the level of each variable.
    pub fn product(&self, cell: Option<u32>, basis: usize, value: &dyn Fn(usize) -> f64) -> f64 {
        let mut codes = self.codes_of(cell.unwrap_or(0));
        let mut basis = basis;
        let mut product = 1.0;
        for (at, part) in self.parts.iter().enumerate().rev() {
            product *= match &part.scale {
                Scale::Factor { .. } => f64::from(codes.pop().map(f64::from) == Some(value(at))),
                Scale::Number(_) => value(at),
                Scale::Spline(spline) => {
                    let column = basis % spline.columns();
                    basis /= spline.columns();
                    spline.from_median(value(at), column)
                }
                Scale::Interaction(_) => 1.0,
            };
        }
        product
    }

    /// The product where every number and every column of a spline is 0, and `share` of a factor at each of its levels.
    pub fn at_origin(&self, mut basis: usize, share: &dyn Fn(&Part) -> f64) -> f64 {
        let mut product = 1.0;
        for part in self.parts.iter().rev() {
            product *= match &part.scale {
                Scale::Factor { .. } => share(part),
                Scale::Number(_) | Scale::Interaction(_) => 0.0,
                // Its columns are less their values at the median.
                Scale::Spline(spline) => -spline.at_median(basis % spline.columns()),
            };
            basis /= part.scale.bases();
        }
        product
    }

    /// The product of a combination.
    pub(super) fn value(&self, code: u32, cell: Option<u32>, basis: usize) -> f64 {
        let own = &self.codes[code as usize * self.parts.len()..];
        self.product(cell, basis, &|at| self.parts[at].scale.value(own[at]))
    }
}
