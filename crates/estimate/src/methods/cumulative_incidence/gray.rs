//! Gray's test: does a cause have the same cumulative incidence in all groups?
//!
//! # Formula
//! zₖ = Σ over the times of the cause of dₖ − d Rₖ/R., with Rₖ = Yₖ (1 − F̂ₖ(t−)) / Ŝₖ(t−), the patients who would be at
//! risk had the competing event only been censoring; Ŝ is freedom from either event. The statistic is z′V⁻z.
//!
//! # Variance
//! With hₖ = Yₖ/Ŝₖ(t−), F̂ the incidence of all groups pooled (dF̂ = d/h.), aₖᵣ = hᵣ(δₖᵣ − hₖ/h.), cₖᵣ(t) = ∫ aₖᵣ dF̂/(1 − F̂(t−))
//! and Cₖᵣ = cₖᵣ(∞) − cₖᵣ(t):
//! Vₖₗ = Σᵣ ∫ (aₖᵣ + Cₖᵣ u)(aₗᵣ + Cₗᵣ u) dF̂/hᵣ + Σᵣ ∫ CₖᵣCₗᵣ u′² dF̂′ᵣ/hᵣ, with u = 1 − (1 − F̂)/Ŝᵣ,
//! u′ = (1 − F̂)/Ŝᵣ and F̂′ᵣ the incidence of the competing event. Tied events have the hypergeometric factor
//! 1 − (d − 1)/(n − 1), for the cause with n = h.Ŝᵣ(t−). Within strata z and V are sums over them.
//!
//! # References
//! Gray 1988, doi:10.1214/aos/1176350951, equations 2.3 to 3.4.

use crate::life_table::LifeTable;
use crate::methods::log_rank::quadratic_form;
use study::{Problem, Test, TestName};

/// One group along its way: at risk now, free of both events and incidence of the cause, before and after a time.
#[derive(Debug, Clone, Copy)]
struct State {
    at_risk: f64,
    own: f64,
    others: f64,
    free: f64,
    free_after: f64,
    incidence: f64,
    incidence_after: f64,
}

/// A stratum: for each group the life table of the cause and that of the competing events.
pub(super) type Stratum<'a> = Vec<(&'a LifeTable, &'a LifeTable)>;

/// The test of one cause within strata, whose deviations and variances add up. Absent where in no stratum two groups are
/// at risk together when the cause occurs.
pub(super) fn gray(strata: &[Stratum<'_>]) -> Result<Option<Test>, Problem> {
    let k = strata.first().map_or(0, Vec::len);
    let (mut deviation, mut expected) = (vec![0.0; k], vec![0.0; k]);
    let mut covariance = vec![vec![0.0; k]; k];
    for groups in strata {
        let sums = Sums::of(groups)?;
        deviation.iter_mut().zip(&sums.deviation).for_each(|(sum, own)| *sum += own);
        expected.iter_mut().zip(&sums.expected).for_each(|(sum, own)| *sum += own);
        for (row, own) in covariance.iter_mut().zip(sums.covariance()) {
            row.iter_mut().zip(own).for_each(|(sum, own)| *sum += own);
        }
    }
    let compared: Vec<usize> = (0..k).filter(|group| expected[*group] > 0.0).collect();
    if compared.len() < 2 {
        return Ok(None);
    }
    Ok(quadratic_form(TestName::Gray, &deviation, compared, &covariance))
}

/// The sums over time. c(∞) is known only at the end: the variance is kept as a polynomial in it.
struct Sums {
    deviation: Vec<f64>,
    expected: Vec<f64>,
    /// Pooled incidence so far.
    incidence: f64,
    /// cₖᵣ so far.
    c: Vec<Vec<f64>>,
    /// Σ w gₖᵣ gₗᵣ over all r.
    constant: Vec<Vec<f64>>,
    /// Σ w u gₖᵣ.
    linear: Vec<Vec<f64>>,
    /// Σ w u² of each r.
    square: Vec<f64>,
}

impl Sums {
    fn new(k: usize) -> Self {
        Self {
            deviation: vec![0.0; k],
            expected: vec![0.0; k],
            incidence: 0.0,
            c: vec![vec![0.0; k]; k],
            constant: vec![vec![0.0; k]; k],
            linear: vec![vec![0.0; k]; k],
            square: vec![0.0; k],
        }
    }

    /// The sums of one stratum.
    fn of(groups: &Stratum<'_>) -> Result<Self, Problem> {
        let pooled = LifeTable::pooled(groups.iter().flat_map(|(cause, other)| [*cause, *other]))?;
        let k = groups.len();
        let mut sums = Self::new(k);
        let mut position = vec![0; k];
        let start = State {
            at_risk: 0.0,
            own: 0.0,
            others: 0.0,
            free: 1.0,
            free_after: 1.0,
            incidence: 0.0,
            incidence_after: 0.0,
        };
        let mut states = vec![start; k];
        for time in &pooled.time {
            for (group, (table, other)) in groups.iter().enumerate() {
                let state = &mut states[group];
                while table.time.get(position[group]).is_some_and(|earlier| earlier < time) {
                    position[group] += 1;
                }
                let at = position[group];
                let here = table.time.get(at) == Some(time);
                state.at_risk = table.at_risk.get(at).map_or(0.0, |n| *n as f64);
                state.own = if here { table.events[at] as f64 } else { 0.0 };
                state.others = if here { other.events[at] as f64 } else { 0.0 };
                (state.free, state.incidence) = (state.free_after, state.incidence_after);
                if state.at_risk > 0.0 {
                    state.free_after *= (state.at_risk - state.own - state.others) / state.at_risk;
                    state.incidence_after += state.free * state.own / state.at_risk;
                }
            }
            sums.add(&states);
        }
        Ok(sums)
    }

    fn add(&mut self, states: &[State]) {
        let k = states.len();
        let events: f64 = states.iter().map(|state| state.own).sum();
        let present = |r: usize| states[r].at_risk > 0.0 && states[r].free > 0.0;
        let h: Vec<f64> =
            (0..k).map(|r| if present(r) { states[r].at_risk / states[r].free } else { 0.0 }).collect();
        let h_all: f64 = h.iter().sum();
        if h_all <= 0.0 {
            return;
        }
        let a = |group: usize, r: usize| h[r] * (f64::from(u8::from(group == r)) - h[group] / h_all);
        let before = self.incidence;
        if events > 0.0 {
            let at_risk: Vec<f64> = (0..k).map(|r| h[r] * (1.0 - states[r].incidence)).collect();
            let all: f64 = at_risk.iter().sum();
            for group in 0..k {
                let share = events * at_risk[group] / all;
                self.expected[group] += share;
                self.deviation[group] += states[group].own - share;
                for r in 0..k {
                    self.c[group][r] += a(group, r) * events / (h_all * (1.0 - before));
                }
            }
            self.incidence += events / h_all;
        }
        let rest = 1.0 - self.incidence;
        for r in (0..k).filter(|r| present(*r)) {
            let state = &states[r];
            let ratio = (state.free_after > 0.0).then(|| rest / state.free_after);
            if events > 0.0 {
                let u = ratio.map_or(1.0, |ratio| 1.0 - ratio);
                let weight = tie_factor(events, h_all * state.free) * events / (h_all * h[r]);
                let g: Vec<f64> = (0..k).map(|group| a(group, r) - u * self.c[group][r]).collect();
                self.accumulate(r, weight, u, &g);
            }
            if let Some(ratio) = ratio.filter(|_| state.others > 0.0) {
                let weight = tie_factor(state.others, state.at_risk) * state.others / (h[r] * h[r]);
                let g: Vec<f64> = (0..k).map(|group| ratio * self.c[group][r]).collect();
                self.accumulate(r, weight, -ratio, &g);
            }
        }
    }

    fn accumulate(&mut self, r: usize, weight: f64, u: f64, g: &[f64]) {
        self.square[r] += weight * u * u;
        for a in 0..g.len() {
            self.linear[a][r] += weight * u * g[a];
            for b in 0..=a {
                self.constant[a][b] += weight * g[a] * g[b];
            }
        }
    }

    /// The lower triangle of V.
    fn covariance(&self) -> Vec<Vec<f64>> {
        let mut covariance = self.constant.clone();
        for (a, row) in covariance.iter_mut().enumerate() {
            for (b, value) in row.iter_mut().enumerate().take(a + 1) {
                for r in 0..self.square.len() {
                    let (ca, cb) = (self.c[a][r], self.c[b][r]);
                    *value += ca * cb * self.square[r] + ca * self.linear[b][r] + cb * self.linear[a][r];
                }
            }
        }
        covariance
    }
}

/// 1 − (d − 1)/(n − 1) for d tied events among n, which are no whole patients: with more events than they the factor is
/// 0, where cmprsk lets the variance go below 0.
fn tie_factor(d: f64, n: f64) -> f64 {
    if d > 1.0 && n > 1.0 { (1.0 - (d - 1.0) / (n - 1.0)).max(0.0) } else { 1.0 }
}
