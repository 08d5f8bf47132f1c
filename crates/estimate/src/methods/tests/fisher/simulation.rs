//! Fisher–Freeman–Halton by simulation, where there are too many tables to enumerate.
//!
//! # Formula
//! Tables with the observed margins are drawn with their probabilities, level by level from the hypergeometric
//! distribution. P = (h + 1)/(B + 1) where h of B tables are not more probable than the observed one; its 99 %
//! interval is Wilson's of h/B.
//! # References
//! Davison & Hinkley 1997, Bootstrap Methods and their Application, section 4.2. Wilson 1927, doi:10.2307/2276774.

use super::TIE;
use crate::methods::tests::CrossTable;
use crate::numerics::distributions::normal_quantile;
use crate::numerics::factorial::LnFactorial;
use crate::numerics::hypergeometric::Hypergeometric;
use crate::numerics::random::Random;

/// Cells drawn altogether, which bounds the time to about a second.
const CELLS: f64 = 5e6;
/// Levels of so few patients are drawn patient by patient.
const URN: u64 = 12;

/// A simulated P value.
#[derive(Debug, Clone, PartialEq)]
pub struct Simulation {
    /// Tables drawn.
    pub tables: u64,
    /// The P value.
    pub p_value: f64,
    /// Lower limit of its 99 % interval.
    pub lower: f64,
    /// Upper limit of its 99 % interval.
    pub upper: f64,
}

/// The P value of a table without empty margins.
pub(super) fn simulate(table: &CrossTable, random: &mut Random) -> Simulation {
    // Inversion takes as many steps as a cell's standard deviation, each a tenth of the cost of starting.
    let (total, groups) = (table.total(), table.groups() as f64);
    let cost = |level: u64| groups * (1.0 + 0.05 * (level.min(total - level) as f64).sqrt());
    let cost: f64 = table.level_totals().into_iter().map(cost).sum();
    let tables = ((CELLS / cost) as u64).clamp(199, 100_000);
    let factorial = LnFactorial::up_to(total);
    let observed: f64 = table.rows().flatten().map(|n| factorial.of(*n)).sum();
    let (levels, groups) = (table.level_totals(), table.group_totals());
    let reached = (0..tables)
        .filter(|_| draw(&levels, groups.clone(), random, &factorial) >= observed - TIE)
        .count() as f64;
    let (n, z) = (tables as f64, normal_quantile(0.995));
    let share = reached / n;
    let middle = share + z * z / (2.0 * n);
    let half = z * (share * (1.0 - share) / n + z * z / (4.0 * n * n)).sqrt();
    let whole = 1.0 + z * z / n;
    Simulation {
        tables,
        p_value: (reached + 1.0) / (n + 1.0),
        lower: ((middle - half) / whole).max(0.0),
        upper: ((middle + half) / whole).min(1.0),
    }
}

/// Σ ln cells! of a random table.
fn draw(levels: &[u64], mut left: Vec<u64>, random: &mut Random, factorial: &LnFactorial) -> f64 {
    let mut patients: u64 = left.iter().sum();
    let mut length = 0.0;
    let mut cells = vec![0; left.len()];
    for level in levels {
        if *level <= URN {
            cells.fill(0);
            for _ in 0..*level {
                let mut position = ((u128::from(random.bits()) * u128::from(patients)) >> 64) as u64;
                for (group, cell) in left.iter_mut().zip(&mut cells) {
                    if position < *group {
                        *group -= 1;
                        *cell += 1;
                        break;
                    }
                    position -= *group;
                }
                patients -= 1;
            }
            length += cells.iter().map(|cell| factorial.of(*cell)).sum::<f64>();
            continue;
        }
        let (mut drawn, mut unmarked) = (*level, patients);
        for group in &mut left {
            if drawn == 0 {
                break;
            }
            unmarked -= *group;
            let cell = Hypergeometric { marked: *group, unmarked, drawn }.sample(random, factorial);
            length += factorial.of(cell);
            *group -= cell;
            drawn -= cell;
        }
        patients -= level;
    }
    length
}
