//! Counts of imputed data: averages, rounded so that what adds up in every data set adds up when printed.

use crate::imputation::rubin::mean;
use study::{Estimate, Group, Results};

/// Whole numbers near some averages, whose sum is the rounded sum: the largest remainders are rounded up.
pub(super) fn apportion(averages: &[f64]) -> Vec<u64> {
    let total = averages.iter().sum::<f64>().round() as u64;
    let mut whole: Vec<u64> = averages.iter().map(|average| average.floor() as u64).collect();
    let mut order: Vec<usize> = (0..averages.len()).collect();
    // Remainders that differ by rounding errors only are equal: the first in the table goes first.
    let remainder = |at: &usize| ((averages[*at] - averages[*at].floor()) * 1e9).round() as i64;
    order.sort_by_key(|at| (-remainder(at), *at));
    let lacking = total.saturating_sub(whole.iter().sum());
    for at in order.into_iter().take(lacking as usize) {
        whole[at] += 1;
    }
    whole
}

/// The sizes of the groups.
pub(super) fn groups(pooled: &mut Results, sets: &[Results]) {
    let average = |index: usize, part: &dyn Fn(&study::Group) -> u64| -> f64 {
        let found: Vec<f64> =
            sets.iter().filter_map(|set| set.groups.get(index)).map(|group| part(group) as f64).collect();
        mean(&found)
    };
    let named: Vec<usize> =
        (0..pooled.groups.len()).filter(|index| pooled.groups[*index].level.is_some()).collect();
    let n = apportion(&named.iter().map(|index| average(*index, &|group| group.n)).collect::<Vec<_>>());
    let events = apportion(
        &named.iter().map(|index| average(*index, &|group| group.events.unwrap_or(0))).collect::<Vec<_>>(),
    );
    for (at, index) in named.into_iter().enumerate() {
        let group = &mut pooled.groups[index];
        group.n = n[at];
        group.events = group.events.map(|_| events[at]);
    }
    for index in 0..pooled.groups.len() {
        if pooled.groups[index].level.is_none() {
            let (n, events) =
                (average(index, &|group| group.n), average(index, &|group| group.events.unwrap_or(0)));
            let group = &mut pooled.groups[index];
            group.n = n.round() as u64;
            group.events = group.events.map(|_| events.round() as u64);
        }
    }
}

/// Gives shares of whole groups the rounded size of their group for a denominator.
pub(super) fn of_groups(rows: &mut [Estimate], averages: &[Averages], groups: &[Group], sets: &[Results]) {
    for (row, (_, of)) in rows.iter_mut().zip(averages) {
        let known = groups.iter().position(|group| group.level.is_some() && group.level == row.group);
        let (Some(of), Some(index)) = (of, known) else { continue };
        let sizes: Vec<f64> = sets.iter().filter_map(|set| Some(set.groups.get(index)?.n as f64)).collect();
        if *of == mean(&sizes) {
            row.of = Some(groups[index].n);
        }
    }
}

/// Average `n` and `of` of a row, where it has them.
pub(super) type Averages = (Option<f64>, Option<f64>);

/// Average counts of rows that differ in their level only, or where they have none in their group, apportioned together.
pub(super) fn apportion_families(rows: &mut [Estimate], averages: &[Averages]) {
    let mut done = vec![false; rows.len()];
    for first in 0..rows.len() {
        if done[first] {
            continue;
        }
        let family: Vec<usize> =
            (first..rows.len()).filter(|at| of_one_family(&rows[first], &rows[*at])).collect();
        let of = |part: &dyn Fn(&Averages) -> Option<f64>| {
            let values: Option<Vec<f64>> = family.iter().map(|at| part(&averages[*at])).collect();
            values.map(|values| apportion(&values))
        };
        let n = of(&|pair| pair.0);
        // Shares of one group have one denominator, which is no sum.
        let shares = family.len() > 1 && family.iter().all(|at| averages[*at].1 == averages[family[0]].1);
        let total = if shares { None } else { of(&|pair| pair.1) };
        if let (true, Some(of)) = (shares, averages[family[0]].1) {
            family.iter().for_each(|at| rows[*at].of = Some(of.round() as u64));
        }
        for (at, row) in family.iter().enumerate() {
            done[*row] = true;
            if let Some(n) = &n {
                rows[*row].n = Some(n[at]);
            }
            if let Some(total) = &total {
                rows[*row].of = Some(total[at]);
            }
        }
    }
}

fn of_one_family(a: &Estimate, b: &Estimate) -> bool {
    let groups = if a.level.is_some() { a.group == b.group } else { a.group.is_some() == b.group.is_some() };
    groups
        && (a.quantity, a.model, &a.term, a.at) == (b.quantity, b.model, &b.term, b.at)
        && (a.level.is_some(), a.n.is_some()) == (b.level.is_some(), b.n.is_some())
}

#[cfg(test)]
mod tests {
    use super::*;
    use study::Quantity;

    #[test]
    fn what_adds_up_still_adds_up() {
        assert_eq!(apportion(&[3.4, 3.4, 3.2]), [4, 3, 3]);
        assert_eq!(apportion(&[0.5, 0.5]), [1, 0]);
        assert_eq!(apportion(&[2.0, 5.0]), [2, 5]);
        assert_eq!(apportion(&[]), Vec::<u64>::new());
    }

    #[test]
    fn groups_and_levels_add_up_to_what_they_are_parts_of() {
        let row = |group: &str, level: Option<&str>| Estimate {
            group: Some(group.into()),
            level: level.map(Into::into),
            ..Estimate::new(Quantity::Observed, 0.0)
        };
        let [a, b, c] = ["a", "b", "c"].map(|group| row(group, None));
        let mut rows = vec![a, row("a", Some("x")), b, row("a", Some("y")), c];
        let averages = [30.4, 15.2, 30.3, 15.2, 39.3].map(|n| (None, Some(n)));
        apportion_families(&mut rows, &averages);
        let of: Vec<u64> = rows.iter().filter_map(|row| row.of).collect();
        // 100 patients in three groups; two levels of 15.2 patients each, of one of them, have one denominator.
        assert_eq!(of, [31, 15, 30, 15, 39]);
        let averages = [30.4, 14.9, 30.3, 15.6, 39.3].map(|n| (None, Some(n)));
        apportion_families(&mut rows, &averages);
        // Where they are patients of their own they are a sum.
        assert_eq!([rows[1].of, rows[3].of], [Some(15), Some(16)]);
    }
}
