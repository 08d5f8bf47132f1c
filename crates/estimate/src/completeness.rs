//! How complete follow-up is.
//!
//! # Formula
//! Clark's C = Σ observed / Σ potential person-time. A patient with the event was followed as long as could be; of the
//! others the potential time runs to the closing date.
//!
//! The simplified person-time rate gives those with the event the time to the closing date in both sums:
//! (Σ observed without event + Σ whole with event) / Σ whole, which needs no assumption about when the lost would have had
//! the event. The two enclose, nearly, the share of person-time that would have been seen had nobody been lost.
//!
//! Median follow-up is the median of the reverse Kaplan–Meier curve, as in [`crate::methods::kaplan_meier`].
//!
//! # References
//! Clark, Altman & De Stavola 2002, doi:10.1016/S0140-6736(02)08272-7. Xue et al. 2017, doi:10.1186/s12874-017-0436-z
//! (simplified person-time rate). Schemper & Smith 1996, doi:10.1016/0197-2456(96)00075-X.

use crate::life_table::LifeTable;
use crate::methods::kaplan_meier::median_follow_up;
use study::{Completeness, FollowedTime, Plan, Problem};

/// The completeness of follow-up, in days; level and scale of the interval are those of the plan.
///
/// # Errors
/// A patient who was followed longer than could be.
pub fn completeness(times: &[FollowedTime], plan: &Plan) -> Result<Completeness, Problem> {
    if times
        .iter()
        .any(|time| time.observed > time.potential || time.observed_of_schedule > time.potential_of_schedule)
    {
        return Err(Problem::internal("a patient was followed longer than could be"));
    }
    let sum = |of: &dyn Fn(&FollowedTime) -> u32| -> u64 {
        times.iter().map(|time| u64::from(of(time)) * time.n).sum()
    };
    let observed_days = sum(&|time| time.observed);
    let potential_days = sum(&|time| if time.died { time.observed } else { time.potential });
    let credited = sum(&|time| if time.died { time.potential } else { time.observed });
    let whole = sum(&|time| time.potential);
    let share = |part: u64, whole: u64| (whole > 0).then(|| part as f64 / whole as f64);
    let table = LifeTable::new(times.iter().map(|time| (f64::from(time.observed), time.died, time.n)))?;
    let (median_days, interval) = median_follow_up(&table, plan);
    Ok(Completeness {
        n: times.iter().map(|time| time.n).sum(),
        observed_days,
        potential_days,
        clark: share(observed_days, potential_days),
        simplified: share(credited, whole),
        clark_of_schedule: share(
            sum(&|time| time.observed_of_schedule),
            sum(&|time| time.potential_of_schedule),
        ),
        median_days,
        interval,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use study::SourceText;

    fn plan() -> Plan {
        let text = "[study]\ntitle = \"t\"\n[population]\ntable = \"p\"\n";
        Plan::parse(SourceText::new("study.toml", text)).unwrap()
    }

    fn time(observed: u32, potential: u32, died: bool, n: u64) -> FollowedTime {
        FollowedTime {
            observed,
            potential,
            died,
            observed_of_schedule: observed.min(100),
            potential_of_schedule: if died { observed.min(100) } else { potential.min(100) },
            n,
        }
    }

    #[test]
    fn by_hand() {
        // Lost after 100 of 400 days, seen on the last of 300, dead after 50 of 200, lost at once with 100 possible.
        let times = [
            time(100, 400, false, 1),
            time(300, 300, false, 1),
            time(50, 200, true, 1),
            time(0, 100, false, 1),
        ];
        let found = completeness(&times, &plan()).unwrap();
        assert_eq!((found.n, found.observed_days, found.potential_days), (4, 450, 850));
        assert_eq!(found.clark, Some(450.0 / 850.0));
        // Without the event 100 + 300 + 0, with it 200, of 1000 in all.
        assert_eq!(found.simplified, Some(600.0 / 1000.0));
        // Cut at day 100: 100 + 100 + 50 + 0 of 100 + 100 + 50 + 100.
        assert_eq!(found.clark_of_schedule, Some(250.0 / 350.0));
        // Reversed, the lost leave at 0 (3/4 remain), 100 (of the two left one: 3/8): the median is 100.
        assert_eq!(found.median_days, Some(100.0));
    }

    #[test]
    fn a_hundred_patients_of_xue_and_others() {
        // Their Figure 1, in half-years: 3 years; 10, 5 and 5 events in the first, second and third; 40 lost in the first
        // or in the third; all in the middle of a year.
        let cohort = |lost: u32| {
            let seen = time(6, 6, false, 40);
            [time(1, 6, true, 10), time(3, 6, true, 5), time(5, 6, true, 5), time(lost, 6, false, 40), seen]
        };
        let early = completeness(&cohort(1), &plan()).unwrap();
        assert_eq!((early.clark, early.simplified), (Some(165.0 / 265.0), Some(200.0 / 300.0)));
        let late = completeness(&cohort(5), &plan()).unwrap();
        assert_eq!((late.clark, late.simplified), (Some(245.0 / 265.0), Some(280.0 / 300.0)));
    }

    #[test]
    fn splitting_a_row_changes_nothing_and_nobody_has_no_completeness() {
        let whole = [time(100, 400, false, 3), time(50, 200, true, 2)];
        let parts = [time(50, 200, true, 2), time(100, 400, false, 1), time(100, 400, false, 2)];
        assert_eq!(completeness(&whole, &plan()).unwrap(), completeness(&parts, &plan()).unwrap());
        let none = completeness(&[], &plan()).unwrap();
        assert_eq!((none.n, none.clark, none.simplified, none.median_days), (0, None, None, None));
        assert!(completeness(&[time(2, 1, false, 1)], &plan()).is_err());
    }
}
