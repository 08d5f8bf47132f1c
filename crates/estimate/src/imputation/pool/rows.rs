//! The rows of the completed data sets, joined and pooled.

use super::counts::{apportion_families, of_groups};
use super::scale::Scale;
use super::{Pooling, curves, hypotheses, is_single};
use crate::imputation::rubin::{PooledEstimate, mean, pool_estimates};
use crate::methods::adjust::{Adjustment, adjusted};
use crate::methods::two_by_two::risk::score_limits;
use crate::numerics::distributions::{normal_quantile, t_quantile};
use std::collections::BTreeMap;
use study::results::finite;
use study::{
    Curve, Estimate, Group, Interval, IntervalMethod, Model, Notice, Pooled, Quantity, Results, Test,
};

/// What makes two rows the same figure; the last part numbers rows that agree in all others.
type Key = (Quantity, Option<Model>, [Option<String>; 4], Option<u64>, Option<&'static str>, usize);

fn keys(results: &Results) -> Vec<Key> {
    let mut seen: BTreeMap<Key, usize> = BTreeMap::new();
    let keys = results.estimates.iter().map(|row| {
        let names = [&row.term, &row.level, &row.reference, &row.group].map(Clone::clone);
        // A global test is known by its name; which test of association is made may differ between data sets.
        let test = row.test.as_ref().filter(|_| row.quantity != Quantity::Association && row.value.is_none());
        let mut key =
            (row.quantity, row.model, names, row.at.map(f64::to_bits), test.map(|test| test.name.text()), 0);
        let times = seen.entry(key.clone()).or_default();
        key.5 = *times;
        *times += 1;
        key
    });
    keys.collect()
}

/// One row for each figure, in the order of the first data set that has it.
pub(super) fn pool(
    sets: &[Results],
    original: &Results,
    (pooled_curves, groups): (&[Curve], &[Group]),
    pooling: Pooling,
    notices: &mut Vec<Notice>,
) -> Vec<Estimate> {
    let mut order: Vec<Key> = Vec::new();
    let mut rows: BTreeMap<Key, Vec<Option<&Estimate>>> = BTreeMap::new();
    for (index, set) in sets.iter().enumerate() {
        let rows_of_set = keys(set).into_iter().zip(&set.estimates);
        for (key, row) in rows_of_set.filter(|(_, row)| !is_single(row.quantity)) {
            let known = rows.entry(key.clone()).or_insert_with(|| {
                order.push(key);
                vec![None; sets.len()]
            });
            known[index] = Some(row);
        }
    }
    let setting =
        Setting { sets, pooled_curves, pooling, z: normal_quantile(0.5 + 0.5 * pooling.confidence_level) };
    let mut averages = Vec::with_capacity(order.len());
    let mut pooled = Vec::with_capacity(order.len());
    for key in &order {
        let found = &rows[key];
        let count = |part: &dyn Fn(&Estimate) -> Option<u64>| -> Option<f64> {
            let counts: Vec<f64> = found.iter().map(|row| row.and_then(part).unwrap_or(0) as f64).collect();
            found.iter().flatten().any(|row| part(row).is_some()).then(|| mean(&counts))
        };
        averages.push((count(&|row| row.n), count(&|row| row.of)));
        pooled.push(setting.row(found, notices));
    }
    apportion_families(&mut pooled, &averages);
    of_groups(&mut pooled, &averages, groups, sets);
    let missing = |row: &Estimate| row.quantity == Quantity::Missing;
    // How many values were missing is told as it was.
    for row in pooled.iter_mut().filter(|row| missing(row)) {
        let same = original
            .estimates
            .iter()
            .find(|other| missing(other) && (&other.term, &other.group) == (&row.term, &row.group));
        if let Some(same) = same {
            *row = same.clone();
        }
    }
    adjust(&mut pooled, original);
    pooled
}

struct Setting<'a> {
    sets: &'a [Results],
    pooled_curves: &'a [Curve],
    pooling: Pooling,
    z: f64,
}

impl Setting<'_> {
    fn row(&self, found: &[Option<&Estimate>], notices: &mut Vec<Notice>) -> Estimate {
        let known: Vec<&Estimate> = found.iter().flatten().copied().collect();
        let mut row = known[0].clone();
        let with_value = known.iter().filter(|row| row.value.is_some()).count();
        let with_test = known.iter().filter(|row| row.test.is_some()).count();
        let m = self.sets.len();
        if with_value == m {
            self.value(&known, &mut row);
        } else if row.quantity == Quantity::SurvivalQuantile && with_value > 0 {
            self.quantile(&mut row);
        } else if with_value > 0 {
            (row.value, row.std_error, row.interval, row.test) = (None, None, None, None);
            // A figure of a group is known by the variable of the groups.
            let of_group = row.term.is_none().then(|| (self.sets[0].by.clone(), row.group.clone()));
            let (by, group) = of_group.filter(|(_, group)| group.is_some()).unwrap_or_default();
            let notice = Notice::PartlyEstimable {
                term: row.term.clone().or(by),
                level: row.level.clone().or(group),
                sets: with_value as u32,
                of: m as u32,
            };
            if !notices.contains(&notice) {
                notices.push(notice);
            }
            return row;
        }
        let own = row.pooled.is_some() && hypotheses::follows(&row);
        if with_test == m && !own {
            let tests: Vec<&Test> = known.iter().filter_map(|row| row.test.as_ref()).collect();
            row.test = Some(hypotheses::pool(&tests, &row, self.sets, self.pooling.df));
        } else if with_test < m {
            row.test = None;
        }
        row
    }

    /// Value, standard error, interval and Wald test.
    fn value(&self, known: &[&Estimate], row: &mut Estimate) {
        let same = known.iter().all(|other| {
            (other.value, other.std_error, other.interval) == (row.value, row.std_error, row.interval)
        });
        let values: Vec<f64> = known.iter().filter_map(|row| row.value).collect();
        if row.quantity == Quantity::SurvivalQuantile && !same {
            return self.quantile(row);
        }
        let Some(scale) = Scale::of(row.quantity) else {
            if same {
                return;
            }
            row.value = finite(match row.quantity {
                Quantity::StandardDeviation => {
                    mean(&values.iter().map(|sd| sd * sd).collect::<Vec<_>>()).sqrt()
                }
                _ => mean(&values),
            });
            (row.std_error, row.interval) = (None, None);
            return;
        };
        let read: Option<Vec<(f64, f64)>> =
            known.iter().zip(self.sets).map(|(row, set)| scale.read(row, spread(set, row), self.z)).collect();
        let pooled = read.as_ref().and_then(|read| {
            let (q, u): (Vec<f64>, Vec<f64>) = read.iter().copied().unzip();
            let df = known
                .iter()
                .zip(self.sets)
                .map(|(row, set)| self.pooling.df.complete(set, row))
                .fold(f64::INFINITY, f64::min);
            pool_estimates(&q, &u, df)
        });
        let Some(pooled) = pooled else {
            if !same {
                // At the edge of its scale in some data set: an average, without limits.
                row.value = finite(mean(&values));
                (row.std_error, row.interval) = (None, None);
            }
            return;
        };
        // Sums in another order are no difference between data sets.
        if pooled.between <= 1e-20 * pooled.within {
            row.pooled = Some(account(&pooled));
            return;
        }
        self.write(row, scale, &pooled);
    }

    fn write(&self, row: &mut Estimate, scale: Scale, pooled: &PooledEstimate) {
        let std_error = pooled.total.sqrt();
        let estimate = scale.back(pooled.estimate);
        row.value = finite(estimate);
        row.std_error = row.std_error.and_then(|_| finite(scale.std_error_back(estimate, std_error)));
        let width = t_quantile(0.5 + 0.5 * self.pooling.confidence_level, pooled.df) * std_error;
        let ends = [pooled.estimate - width, pooled.estimate + width].map(|end| finite(scale.back(end)));
        let [lower, upper] = match (row.quantity, row.of) {
            (Quantity::Proportion, Some(of)) => share_limits(pooled, of, width / std_error).map(finite),
            _ if scale.ascends() => ends,
            _ => [ends[1], ends[0]],
        };
        row.interval = row.interval.map(|_| Interval {
            lower,
            upper,
            confidence_level: self.pooling.confidence_level,
            method: IntervalMethod::Rubin,
        });
        if let Some(test) = row.test.as_ref().filter(|_| hypotheses::follows(row)) {
            row.test = Some(hypotheses::of_value(test, pooled, self.sets.len()));
        }
        row.pooled = Some(account(pooled));
    }

    /// A quantile of survival, from the pooled curve of its group.
    fn quantile(&self, row: &mut Estimate) {
        let curve = self.pooled_curves.iter().find(|curve| curve.group == row.group && curve.cause.is_none());
        let Some((curve, at)) = curve.zip(row.at) else {
            (row.value, row.interval) = (None, None);
            return;
        };
        let (value, interval) =
            curves::quantile(curve, at, self.pooling.confidence_level, self.pooling.stretch);
        row.value = value;
        row.interval = Some(interval);
    }
}

/// Wilson's limits of a share that is missing for some, as Lott and Reiter 2020, doi:10.1080/00031305.2018.1473796:
/// z² becomes t² times the total by the within variance. They stay between 0 and 1.
fn share_limits(pooled: &PooledEstimate, of: u64, t: f64) -> [f64; 2] {
    let (share, n) = (pooled.estimate, of as f64);
    if pooled.within <= 0.0 {
        return [0.0, 1.0];
    }
    score_limits(share * n, n, t * t * pooled.total / pooled.within)
}

fn account(pooled: &PooledEstimate) -> Pooled {
    Pooled {
        within: pooled.within,
        between: pooled.between,
        df: finite(pooled.df),
        fraction_missing: pooled.fraction_missing,
        relative_efficiency: pooled.relative_efficiency,
        monte_carlo_error: pooled.monte_carlo_error,
    }
}

/// The standard deviation beside a mean.
fn spread(results: &Results, row: &Estimate) -> Option<f64> {
    if row.quantity != Quantity::Mean {
        return None;
    }
    let own = results.estimates.iter().find(|other| {
        other.quantity == Quantity::StandardDeviation
            && (&other.term, &other.group) == (&row.term, &row.group)
    });
    own?.value
}

/// P values adjusted for the number of tests, from the pooled ones.
fn adjust(rows: &mut [Estimate], original: &Results) {
    let asked = original.options.get("adjust").cloned();
    let Some(adjustment) = asked.and_then(|asked| serde_json::from_value::<Adjustment>(asked).ok()) else {
        return;
    };
    let p: BTreeMap<Option<String>, f64> = rows
        .iter()
        .filter(|row| row.quantity == Quantity::Association)
        .filter_map(|row| Some((row.term.clone(), row.test.as_ref()?.p_value?)))
        .collect();
    let own: Vec<usize> = (0..rows.len())
        .filter(|at| rows[*at].quantity == Quantity::AdjustedP && p.contains_key(&rows[*at].term))
        .collect();
    let given: Vec<f64> = own.iter().filter_map(|at| p.get(&rows[*at].term).copied()).collect();
    for (at, p) in own.into_iter().zip(adjusted(&given, adjustment)) {
        rows[at].value = finite(p);
    }
}
