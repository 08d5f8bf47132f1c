//! The exact P value of three or four levels, one half of the levels against the other.
//!
//! What the first half takes of each group splits a table in two that are independent given it. For each such split both
//! halves (of one or two levels) are gone through on their own, and each table of the one looks up how probable it is
//! that the other makes the whole rare enough. The probability of a table is exp(constant − Σ ln cells!): tables so long
//! that all of them together are less than 10⁻¹¹ of P are never looked at, and how probable they can be is added up on
//! the way, so that this is certain.

use super::TIE;
use super::bounds::bounds;
use super::network::Range;
use super::splits::{Splits, Tail};
use crate::methods::tests::CrossTable;
use crate::numerics::factorial::LnFactorial;
use crate::numerics::sums::Sum;

/// Tables of halves that may be gone through: some seconds.
const WORK: f64 = 1.5e8;
/// Splits of which one is counted beforehand, to see how much is to be done.
const SAMPLED: usize = 32;
/// Ways to split that may be looked at.
const MOST_WAYS: f64 = 1e8;
/// Patients up to whom factorials are in a table.
const MOST_PATIENTS: u64 = 1_000_000;
/// Splits that may be kept.
const MOST_SPLITS: usize = 500_000;
/// The share of P that may be left out.
const LEFT_OUT: f64 = 1e-11;
/// How much longer than the observed table, ln cells!, tables are looked at: at first, and more at each further go.
const LONGER: [f64; 3] = [34.0, 44.0, 60.0];

/// P, or nothing where that is out of reach. The table has no empty margin.
pub(super) fn halves(table: &CrossTable) -> Option<f64> {
    let problem = Problem::of(table)?;
    for longer in LONGER {
        let (p, left_out) = problem.p_value(longer)?;
        if left_out <= LEFT_OUT * p {
            return Some(p);
        }
    }
    None
}

struct Problem {
    groups: Vec<u64>,
    /// Levels of each half.
    halves: [Vec<u64>; 2],
    factorial: LnFactorial,
    observed: f64,
}

/// One half, given what it takes of each group.
struct Half<'a> {
    levels: &'a [u64],
    sizes: &'a [u64],
    range: Range,
    /// ln of the probability of a table is this less its length.
    constant: f64,
}

/// Lengths and probabilities of the tables of both halves.
#[derive(Default)]
struct Lists {
    first: Vec<(f64, f64)>,
    second: Vec<(f64, f64)>,
    tail: Tail,
}

/// What the bounds of a split tell.
enum Split {
    /// All its tables are rare enough, or none is.
    Decided(bool),
    /// Its tables are listed, as far as they are not too long; more than the probability of those that are.
    Listed(f64),
}

impl Problem {
    fn of(table: &CrossTable) -> Option<Self> {
        let mut levels = table.level_totals();
        levels.sort_unstable();
        let halves = match levels.as_slice() {
            [a, b, c] => [vec![*c], vec![*a, *b]],
            [a, b, c, d] => [vec![*a, *d], vec![*b, *c]],
            _ => return None,
        };
        let groups = table.group_totals();
        if table.total() > MOST_PATIENTS || ways(&groups, halves[0].iter().sum()) > MOST_WAYS {
            return None;
        }
        let factorial = LnFactorial::up_to(table.total());
        let observed = table.rows().flatten().map(|n| factorial.of(*n)).sum();
        Some(Self { groups, halves, factorial, observed })
    }

    fn ln(&self, numbers: &[u64]) -> f64 {
        numbers.iter().map(|n| self.factorial.of(*n)).sum()
    }

    /// P of the tables up to so much longer than the observed one, and how probable those left out can be.
    fn p_value(&self, longer: f64) -> Option<(f64, f64)> {
        let longest = self.observed + longer;
        let patients = self.halves.each_ref().map(|levels| levels.iter().sum::<u64>());
        let all = self.ln(&self.groups) - self.factorial.of(patients[0] + patients[1]);
        let split = all + self.ln(&patients);
        let whole = all + self.halves.iter().map(|levels| self.ln(levels)).sum::<f64>();
        // A split that is less probable than the longest table holds only longer ones.
        let (mut splits, mut sizes) = (Vec::new(), Vec::new());
        Splits::new(&self.groups, patients[0], &self.factorial).each(
            split - whole + longest,
            |length, cells| {
                if splits.len() <= MOST_SPLITS {
                    splits.push((split - length).exp());
                    sizes.extend_from_slice(cells);
                }
            },
        );
        let sizes: Vec<&[u64]> = sizes.chunks(self.groups.len()).collect();
        if splits.len() > MOST_SPLITS || self.work(&sizes, longest) > WORK {
            return None;
        }
        let mut left_out = ways(&self.groups, patients[0]) * (whole - longest).exp();
        let (mut p, mut lists) = (Sum::default(), Lists::default());
        for (probability, taken) in splits.into_iter().zip(sizes) {
            match self.list(taken, longest, &mut lists) {
                Split::Decided(true) => p.add(probability),
                Split::Decided(false) => {}
                Split::Listed(beyond) => {
                    p.add_product(probability, lists.rare(self.observed - TIE));
                    left_out += probability * beyond;
                }
            }
        }
        Some((p.total(), left_out))
    }

    /// About how many tables of halves are to be gone through, from some of the splits.
    fn work(&self, sizes: &[&[u64]], longest: f64) -> f64 {
        let mut lists = Lists::default();
        let (mut sampled, mut tables) = (0, 0);
        for taken in sizes.iter().step_by(sizes.len().div_ceil(SAMPLED).max(1)) {
            sampled += 1;
            if let Split::Listed(_) = self.list(taken, longest, &mut lists) {
                tables += lists.first.len() + lists.second.len();
            }
        }
        tables as f64 / f64::from(sampled) * sizes.len() as f64
    }

    fn list(&self, taken: &[u64], longest: f64, lists: &mut Lists) -> Split {
        let rest: Vec<u64> = self.groups.iter().zip(taken).map(|(all, taken)| all - taken).collect();
        let halves = [self.half(0, taken), self.half(1, &rest)];
        if let Some(all) = halves[0].range.decided(halves[1].range, self.observed - TIE) {
            return Split::Decided(all);
        }
        let limits = [longest - halves[1].range.least, longest - halves[0].range.least];
        halves[0].list(limits[0], &self.factorial, &mut lists.first);
        halves[1].list(limits[1], &self.factorial, &mut lists.second);
        Split::Listed((halves[0].beyond(limits[0]) + halves[1].beyond(limits[1])).min(1.0))
    }

    fn half<'a>(&'a self, which: usize, sizes: &'a [u64]) -> Half<'a> {
        let levels = self.halves[which].as_slice();
        let range = match levels {
            [_] => Range::at(self.ln(sizes)),
            _ => bounds(levels, sizes, &self.factorial),
        };
        let patients = self.factorial.of(levels.iter().sum());
        Half { levels, sizes, range, constant: self.ln(levels) + self.ln(sizes) - patients }
    }
}

impl Half<'_> {
    fn list(&self, limit: f64, factorial: &LnFactorial, list: &mut Vec<(f64, f64)>) {
        list.clear();
        match self.levels {
            [first, _] => Splits::new(self.sizes, *first, factorial)
                .each(limit, |length, _| list.push((length, (self.constant - length).exp()))),
            _ => list.push((self.range.least, 1.0)),
        }
    }

    /// More than the probability of all tables beyond a limit.
    fn beyond(&self, limit: f64) -> f64 {
        match self.levels {
            [first, _] => ways(self.sizes, *first) * (self.constant - limit).exp(),
            _ => 0.0,
        }
    }
}

impl Lists {
    /// Probability that a table of each half together reach a length.
    fn rare(&mut self, target: f64) -> f64 {
        match self.first.as_slice() {
            [] => return 0.0,
            [(length, p)] => {
                let rare = self.second.iter().filter(|(other, _)| length + other >= target);
                return p * rare.map(|(_, p)| p).sum::<f64>();
            }
            _ if self.second.is_empty() => return 0.0,
            _ => {}
        }
        self.tail.fill(&self.second);
        self.first.iter().map(|(length, p)| p * self.tail.reach(target - length)).sum()
    }
}

/// No fewer than the ways to take patients of groups of these sizes.
fn ways(sizes: &[u64], patients: u64) -> f64 {
    sizes[1..].iter().map(|size| ((*size).min(patients) + 1) as f64).product()
}
