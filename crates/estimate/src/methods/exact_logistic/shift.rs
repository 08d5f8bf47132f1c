//! The multivariate shift algorithm: all values that the sufficient statistics can take together, and in how many ways.
//!
//! # Formula
//! Patterns are taken in one after the other. With e of the n patients of a pattern having the event, the statistics
//! grow by e times its covariates, in C(n, e) ways; equal sums are added up. A sum is dropped as soon as the patterns
//! that are left can no longer bring the number of events of its stratum, and every statistic that is held, to what
//! was observed. Statistics are whole numbers, so that equal sums are equal.
//! # References
//! Hirji, Mehta & Patel 1987, doi:10.2307/2289388; Hirji 1992, doi:10.1080/03610929208830846 (strata).

use crate::numerics::scaled::Scaled;

/// Patients of one stratum with equal covariates.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pattern {
    /// Covariates, in steps.
    pub x: Vec<u64>,
    /// Patients.
    pub n: u64,
}

/// One stratum: patients who are compared with each other.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Stratum {
    /// Its patterns.
    pub patterns: Vec<Pattern>,
    /// Patients with the event.
    pub events: u64,
}

/// A value of the statistics that are not held, and the number of ways to reach it.
#[derive(Debug, Clone, PartialEq)]
pub struct Point {
    /// The statistics, in the order in which they were asked for.
    pub sums: Vec<u64>,
    /// The ways.
    pub ways: Scaled,
}

/// How much may be computed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reach {
    /// Sums kept at a time: the memory.
    pub states: usize,
    /// Sums made altogether: the time.
    pub work: u64,
}

/// Why there is no distribution.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OutOfReach {
    /// More sums at a time than allowed, or more altogether.
    States,
    /// The statistics have too many digits to be whole numbers of 128 bits together.
    Digits,
}

#[derive(Clone, Copy)]
struct State {
    key: u128,
    ways: Scaled,
}

/// The place of one number within a key.
#[derive(Clone, Copy)]
struct Field {
    shift: u32,
    mask: u128,
}

impl Field {
    fn read(self, key: u128) -> u64 {
        ((key >> self.shift) & self.mask) as u64
    }

    fn write(self, value: u64) -> u128 {
        u128::from(value) << self.shift
    }
}

/// The distribution of the statistics of the columns `free`, with those of `held` at their observed values.
pub fn distribution(
    strata: &[Stratum],
    free: &[usize],
    held: &[(usize, u64)],
    reach: Reach,
) -> Result<Vec<Point>, OutOfReach> {
    // The first column of interest has the lowest digits: where it is the only one, points come out in its order.
    let columns: Vec<usize> = free.iter().copied().chain(held.iter().map(|(column, _)| *column)).collect();
    let fields = layout(strata, &columns).ok_or(OutOfReach::Digits)?;
    let (count, fields) = (fields[0], &fields[1..]);
    let targets: Vec<(usize, u64)> =
        held.iter().enumerate().map(|(at, (_, observed))| (free.len() + at, *observed)).collect();

    // What all later strata can add to each held statistic.
    let mut later = vec![vec![(0u64, 0u64); held.len()]; strata.len() + 1];
    for (s, stratum) in strata.iter().enumerate().rev() {
        for (at, (column, _)) in held.iter().enumerate() {
            let within = extremes(&stratum.patterns, *column, stratum.events);
            let (low, high) = within.last().copied().unwrap_or((0, 0));
            later[s][at] = (later[s + 1][at].0 + low, later[s + 1][at].1 + high);
        }
    }

    let mut states = vec![State { key: 0, ways: Scaled::ONE }];
    let mut work = 0u64;
    for (s, stratum) in strata.iter().enumerate() {
        for (p, pattern) in stratum.patterns.iter().enumerate() {
            let rest = &stratum.patterns[p + 1..];
            let patients: u64 = rest.iter().map(|pattern| pattern.n).sum();
            let bounds: Vec<Vec<(u64, u64)>> =
                held.iter().map(|(column, _)| extremes(rest, *column, stratum.events)).collect();
            let feasible = |key: u128| {
                let Some(needed) = stratum.events.checked_sub(count.read(key)) else { return false };
                needed <= patients
                    && targets.iter().enumerate().all(|(at, (field, observed))| {
                        let (sum, (low, high)) = (fields[*field].read(key), bounds[at][needed as usize]);
                        let (after_low, after_high) = later[s + 1][at];
                        sum + low + after_low <= *observed && sum + high + after_high >= *observed
                    })
            };
            let step = columns
                .iter()
                .zip(fields)
                .fold(count.write(1), |key, (column, field)| key + field.write(pattern.x[*column]));
            states = taken_in(
                &states,
                pattern.n.min(stratum.events),
                pattern.n,
                step,
                feasible,
                reach,
                &mut work,
            )?;
        }
        // All sums have the events of the stratum: the count starts anew.
        states.iter_mut().for_each(|state| state.key -= count.write(stratum.events));
    }
    let read = |state: &State| Point {
        sums: fields[..free.len()].iter().map(|field| field.read(state.key)).collect(),
        ways: state.ways,
    };
    Ok(states.iter().map(read).collect())
}

/// The sums after a pattern of `n` patients, of whom at most `most` have the event.
fn taken_in(
    states: &[State],
    most: u64,
    n: u64,
    step: u128,
    feasible: impl Fn(u128) -> bool,
    reach: Reach,
    work: &mut u64,
) -> Result<Vec<State>, OutOfReach> {
    let mut after: Vec<State> = Vec::new();
    let mut merged: Vec<State> = Vec::new();
    let mut ways = Scaled::ONE;
    for events in 0..=most {
        let shift = u128::from(events) * step;
        let mut known = after.iter().copied().peekable();
        merged.clear();
        for state in states {
            let key = state.key + shift;
            if !feasible(key) {
                continue;
            }
            let new = State { key, ways: state.ways * ways };
            while let Some(earlier) = known.next_if(|known| known.key < key) {
                merged.push(earlier);
            }
            match known.next_if(|known| known.key == key) {
                Some(same) => merged.push(State { key, ways: same.ways + new.ways }),
                None => merged.push(new),
            }
        }
        merged.extend(known);
        *work += (states.len() + merged.len()) as u64;
        if merged.len() > reach.states || *work > reach.work {
            return Err(OutOfReach::States);
        }
        std::mem::swap(&mut after, &mut merged);
        if events < most {
            ways = ways * Scaled::new((n - events) as f64) * Scaled::new(1.0 / (events + 1) as f64);
        }
    }
    Ok(after)
}

/// For 0, 1, … events among the patients of some patterns, the least and the largest sum of a column.
fn extremes(patterns: &[Pattern], column: usize, events: u64) -> Vec<(u64, u64)> {
    let mut order: Vec<(u64, u64)> = patterns.iter().map(|pattern| (pattern.x[column], pattern.n)).collect();
    order.sort_unstable();
    let low = running(order.iter(), events);
    low.into_iter().zip(running(order.iter().rev(), events)).collect()
}

/// The sums of the first 0, 1, … patients.
fn running<'a>(order: impl Iterator<Item = &'a (u64, u64)>, most: u64) -> Vec<u64> {
    let mut sums = vec![0u64];
    for (x, n) in order {
        let room = most - (sums.len() as u64 - 1);
        for _ in 0..room.min(*n) {
            sums.push(sums[sums.len() - 1] + x);
        }
    }
    sums
}

/// Fields wide enough for every sum, the count of events first; none where a key cannot hold them together.
fn layout(strata: &[Stratum], columns: &[usize]) -> Option<Vec<Field>> {
    let largest = |column: usize| {
        let within = |stratum: &Stratum| {
            let patterns = stratum.patterns.iter();
            patterns.map(|pattern| u128::from(pattern.x[column]) * u128::from(pattern.n)).sum::<u128>()
        };
        strata.iter().map(within).sum::<u128>()
    };
    let mut widths: Vec<u32> = Vec::new();
    for column in columns {
        let largest = u64::try_from(largest(*column)).ok()?;
        widths.push(u64::BITS - largest.leading_zeros());
    }
    let most =
        strata.iter().map(|stratum| stratum.patterns.iter().map(|pattern| pattern.n).sum::<u64>()).max();
    let count = u64::BITS - most.unwrap_or(0).leading_zeros();
    if widths.iter().sum::<u32>() + count > u128::BITS {
        return None;
    }
    let mut shift = 0;
    let mut fields: Vec<Field> = Vec::new();
    for width in widths.iter().chain([&count]) {
        fields.push(Field { shift: shift.min(u128::BITS - 1), mask: (1u128 << width) - 1 });
        shift += width;
    }
    fields.rotate_right(1);
    Some(fields)
}

#[cfg(test)]
mod tests {
    use super::*;

    const REACH: Reach = Reach { states: 1000, work: 100_000 };

    fn points(strata: &[Stratum], free: &[usize], held: &[(usize, u64)]) -> Vec<(Vec<u64>, f64)> {
        let found = distribution(strata, free, held, REACH).unwrap();
        found.into_iter().map(|point| (point.sums, libm::round(libm::exp(point.ways.ln())))).collect()
    }

    fn pattern(x: &[u64], n: u64) -> Pattern {
        Pattern { x: x.into(), n }
    }

    /// By hand, `exact_logistic`: of three events among five patients, two of them exposed, the ways are 1, 6 and 3.
    #[test]
    fn two_by_two_is_hypergeometric() {
        // Three of five patients, two of them exposed: C(2, t) C(3, 3 − t).
        let stratum = Stratum { patterns: vec![pattern(&[0], 3), pattern(&[1], 2)], events: 3 };
        assert_eq!(points(&[stratum], &[0], &[]), [(vec![0], 1.0), (vec![1], 6.0), (vec![2], 3.0)]);
    }

    /// By hand, `exact_logistic`: the ways of one statistic given another, and of two strata together, by listing.
    #[test]
    fn held_statistics_and_strata_by_hand() {
        // Patients (0,0), (0,1), (1,0), (1,1), two events. Sums of the second 1: one of (·,0) and one of (·,1):
        // 0 + 0, 0 + 1, 1 + 0, 1 + 1 for the first.
        let patterns: Vec<Pattern> = [[0, 0], [0, 1], [1, 0], [1, 1]].iter().map(|x| pattern(x, 1)).collect();
        let stratum = Stratum { patterns, events: 2 };
        let one = points(std::slice::from_ref(&stratum), &[0], &[(1, 1)]);
        assert_eq!(one, [(vec![0], 1.0), (vec![1], 2.0), (vec![2], 1.0)]);
        // Both free: six pairs of patients.
        let all = points(std::slice::from_ref(&stratum), &[0, 1], &[]);
        assert_eq!(all.iter().map(|(_, ways)| ways).sum::<f64>(), 6.0);
        // Two strata of a pair each: the sum of two fair coins.
        let pair = Stratum { patterns: vec![pattern(&[0], 1), pattern(&[1], 1)], events: 1 };
        assert_eq!(
            points(&[pair.clone(), pair], &[0], &[]),
            [(vec![0], 1.0), (vec![1], 2.0), (vec![2], 1.0)]
        );
    }

    #[test]
    fn what_is_out_of_reach_is_refused() {
        let patterns: Vec<Pattern> = (0..40).map(|i| pattern(&[1 << i], 1)).collect();
        let stratum = Stratum { patterns, events: 20 };
        assert_eq!(distribution(&[stratum], &[0], &[], REACH), Err(OutOfReach::States));
        let wide: Vec<Pattern> =
            (0..3).map(|i| pattern(&[u64::MAX / 4, 1 << (60 + i), 1 << 61], 1)).collect();
        let wide = Stratum { patterns: wide, events: 1 };
        assert_eq!(distribution(&[wide], &[0, 1, 2], &[], REACH), Err(OutOfReach::Digits));
    }
}
