//! Whether follow-up was long enough for those who are free of the event to be called cured.
//!
//! # Formula
//! Of n patients t is the longest follow-up and t* the last event. Nₙ events fall in (2t* − t, t*], as many as are
//! expected in a time as long as that which passed without any. If follow-up did not suffice, the probability of none
//! there would be about αₙ = (1 − Nₙ/n)ⁿ: a small αₙ speaks for sufficient follow-up, and one of 0.05 or more does not
//! (Maller & Zhou 1992, doi:10.1093/biomet/79.4.731; 1994, doi:10.1080/01621459.1994.10476889). qₙ = Nₙ/n.
//! Where t* = t the curve falls to its end: there is no plateau, and αₙ = 1.
//! # Delayed entry
//! αₙ is the chance of patients who were all seen from time 0. Who entered late was seen because he had no event before,
//! and for how large αₙ then speaks for what nobody has derived: where anybody did, Nₙ and n are told without it.

use crate::life_table::{LifeTable, tied};
use crate::methods::kaplan_meier::{Band, ProductLimit};
use study::results::finite;
use study::{Estimate, Interval, Notice, Quantity, Test, TestName};

/// αₙ from which on follow-up does not suffice.
const LEVEL: f64 = 0.05;

/// The last times of some patients.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct End {
    /// The last event.
    pub(super) event: f64,
    /// The longest follow-up.
    pub(super) longest: f64,
    /// Events in the window, and patients.
    pub(super) n: u64,
    pub(super) of: u64,
}

impl End {
    /// Of a life table with an event.
    pub(super) fn of(table: &LifeTable) -> Option<Self> {
        let last = table.events.iter().rposition(|events| *events > 0)?;
        let (event, longest) = (table.time[last], *table.time.last()?);
        let from = tied(2.0 * event - longest);
        let within = (0..=last).filter(|index| table.time[*index] > from);
        Some(Self { event, longest, n: within.map(|index| table.events[index]).sum(), of: table.n() })
    }

    /// αₙ.
    pub(super) fn alpha(&self) -> f64 {
        let (n, of) = (self.n as f64, self.of as f64);
        libm::exp(of * libm::log1p(-n / of))
    }
}

/// The rows of one group, or of all patients, and what is to be said of them.
pub(super) fn rows(table: &LifeTable, group: Option<&String>, band: &Band) -> (Vec<Estimate>, Vec<Notice>) {
    let Some(end) = End::of(table) else { return (Vec::new(), Vec::new()) };
    let group = group.cloned();
    let row = |quantity, value| Estimate { group: group.clone(), ..Estimate::new(quantity, value) };
    let alpha = table.entries.is_empty().then(|| end.alpha());
    let test = alpha.map(|alpha| Test {
        name: TestName::MallerZhou,
        statistic: finite(end.n as f64 / end.of as f64),
        df: Vec::new(),
        p_value: finite(alpha),
        reason: None,
    });
    let mut plateau = row(Quantity::Survival, f64::NAN);
    if let Some(point) = ProductLimit::new(table).at(end.longest) {
        plateau = Estimate {
            at: Some(end.longest),
            std_error: point.std_error(),
            interval: band.scale.limits(point.survival, point.log_variance, band.z).map(|(lower, upper)| {
                Interval {
                    lower: finite(lower),
                    upper: finite(upper),
                    confidence_level: band.confidence_level,
                    method: band.scale.method(),
                }
            }),
            n: table.at_risk.last().copied(),
            ..row(Quantity::Survival, point.survival)
        };
    }
    let rows = vec![
        row(Quantity::LongestFollowUp, end.longest),
        row(Quantity::LastEvent, end.event),
        plateau,
        Estimate {
            test,
            n: Some(end.n),
            of: Some(end.of),
            ..row(Quantity::SufficientFollowUp, end.n as f64 / end.of as f64)
        },
    ];
    let notice = if end.event == end.longest {
        Some(Notice::NoPlateau { group, at: end.longest })
    } else {
        let short = alpha.filter(|alpha| *alpha >= LEVEL);
        short.map(|alpha| Notice::InsufficientFollowUp { group, alpha, at: end.event, last: end.longest })
    };
    (rows, notice.into_iter().collect())
}
