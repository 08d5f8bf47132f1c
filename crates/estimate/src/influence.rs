//! The infinitesimal jackknife: the variance of a statistic from what each patient adds to it.
//!
//! # Formula
//! A statistic that is a function of the sums at risk and of events changes with the weight wᵢ of patient i by
//! uᵢ = Σ aₖ over the event times at which i is at risk and has no event + bₛ at the time s at which i has it. Its variance
//! is Σ wᵢ² uᵢ², with one term a patient, however many of them are counted together.
//!
//! # References
//! Lin & Wei 1989, doi:10.1080/01621459.1989.10478874. Therneau & Grambsch 2000, Modeling Survival Data, section 7.
//! Xie & Liu 2005, doi:10.1002/sim.2174 (weighted curves).

use crate::life_table::LifeTable;
use crate::numerics::sums::at_least_zero;

/// What an event time adds to the influence of a patient.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(crate) struct Increment {
    /// At risk without the event: a.
    pub(crate) surviving: f64,
    /// With the event: b.
    pub(crate) dying: f64,
}

/// Σ wᵢ² uᵢ² after each distinct time of a life table, from one increment a time (0 where there is no event).
///
/// The sums over those at risk are carried along as the influence of all of them grows, so that nothing is computed
/// twice and late entries begin at 0.
pub(crate) fn variances(table: &LifeTable, increments: &[Increment]) -> Vec<f64> {
    let mut grown = 0.0;
    let cumulative: Vec<f64> = increments
        .iter()
        .map(|increment| {
            grown += increment.surviving;
            grown
        })
        .collect();
    // What had accumulated before a patient entered is not his.
    let before = |entry: f64| match table.time.partition_point(|time| *time <= entry) {
        0 => 0.0,
        _ if entry == 0.0 => 0.0,
        passed => cumulative[passed - 1],
    };
    let courses = table.courses();
    let mut entering: Vec<(f64, f64)> = courses
        .iter()
        .map(|course| (course.entry, course.n as f64 * course.weight * course.weight))
        .collect();
    entering.sort_by(|a, b| a.0.total_cmp(&b.0));
    let mut entering = entering.into_iter().peekable();

    let mut active = Active::default();
    let (mut ended, mut next) = (0.0, 0);
    let mut variances = Vec::with_capacity(increments.len());
    for (index, increment) in increments.iter().enumerate() {
        let time = table.time[index];
        while let Some((_, squares)) = entering.next_if(|(entry, _)| *entry < time || *entry == 0.0) {
            active.total += squares;
        }
        let here = courses[next..].iter().take_while(|course| course.time == time).count();
        let leaving = &courses[next..next + here];
        next += here;
        let so_far = if index > 0 { cumulative[index - 1] } else { 0.0 };
        for course in leaving.iter().filter(|course| course.event) {
            let squares = course.n as f64 * course.weight * course.weight;
            let own = so_far - before(course.entry);
            active.remove(squares, own);
            ended += squares * (own + increment.dying).powi(2);
        }
        active.grow(increment.surviving);
        for course in leaving.iter().filter(|course| !course.event) {
            let squares = course.n as f64 * course.weight * course.weight;
            let own = cumulative[index] - before(course.entry);
            active.remove(squares, own);
            ended += squares * own * own;
        }
        variances.push(ended + at_least_zero(active.square));
    }
    variances
}

/// Σ w², Σ w² u and Σ w² u² of those at risk.
#[derive(Default)]
struct Active {
    total: f64,
    linear: f64,
    square: f64,
}

impl Active {
    fn grow(&mut self, by: f64) {
        self.square += 2.0 * by * self.linear + by * by * self.total;
        self.linear += by * self.total;
    }

    fn remove(&mut self, squares: f64, own: f64) {
        self.total -= squares;
        self.linear -= squares * own;
        self.square -= squares * own * own;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::life_table::{Course, Weighing};

    /// By hand, `kaplan_meier`, `cumulative_hazard`, `restricted_mean`: the robust variance of weighted patients, one
    /// of whom enters late, as a sum over them.
    #[test]
    fn what_each_patient_adds_by_hand() {
        let course = |entry, time, event, n, weight| Course { entry, time, event, n, weight };
        // Two alike leave at 1 with the event; one enters at 1 and is censored at 2; one has the event at 2.
        let courses =
            [course(0.0, 1.0, true, 2, 0.5), course(1.0, 2.0, false, 1, 3.0), course(0.0, 2.0, true, 1, 2.0)];
        let table = LifeTable::of(courses, Weighing::Sampled).unwrap();
        let increment = |surviving, dying| Increment { surviving, dying };
        let variances = variances(&table, &[increment(0.1, -0.3), increment(0.2, -0.5)]);
        // After 1: 2 · 0.25 · 0.09 + 4 · 0.01. After 2 the second has 0.2, the third 0.1 − 0.5.
        assert!((variances[0] - 0.085).abs() < 1e-16);
        assert!((variances[1] - (0.045 + 9.0 * 0.04 + 4.0 * 0.16)).abs() < 1e-15);
    }
}
