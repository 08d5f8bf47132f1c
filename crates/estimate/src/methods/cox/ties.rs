//! Tied events: what one event time adds to the partial likelihood, walking back in time.

use super::departures::Departures;
use super::exact::Discrete;
use super::likelihood::Partial;
use crate::risk_set::RiskSets;
use study::Dialect;

/// How tied events are handled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Ties {
    /// Efron's: the risk set shrinks by the average of those who have the event together.
    Efron,
    /// Breslow's: everybody who has the event together is at risk for all of these events.
    Breslow,
    /// Time is discrete: given how many of those at risk have the event, which of them do.
    Exact,
}

impl Ties {
    /// What each program does when not told otherwise.
    pub fn of(dialect: Dialect) -> Self {
        match dialect {
            Dialect::Farr | Dialect::R => Self::Efron,
            Dialect::Spss | Dialect::Sas | Dialect::Stata => Self::Breslow,
        }
    }
}

/// What an event time adds to the hazards: of everybody at risk, and of those with the event.
pub(super) struct Hazard {
    pub(super) at_risk: f64,
    pub(super) dying: f64,
}

/// The way back in time.
pub(super) struct Walk<'a> {
    sets: &'a RiskSets,
    risk: &'a [f64],
    ties: Ties,
    departures: Departures,
    /// Σ r and Σ r x over the risk set.
    s0: f64,
    s1: Vec<f64>,
    /// What their additions rounded away, where patients also leave the risk set on the way back: a large sum of
    /// which little is left would otherwise have lost its digits.
    rest: Option<(f64, Vec<f64>)>,
    /// Exact ties: who is at risk.
    pub(super) discrete: Option<Discrete<'a>>,
    /// Rows whose weighted cross-product is the part of the information that is subtracted.
    pub(super) means: Vec<f64>,
    pub(super) signs: Vec<f64>,
    /// Whether those rows are wanted: they are many, where times and columns are.
    pub(super) keeps_means: bool,
}

impl<'a> Walk<'a> {
    /// `risk` holds r of each pattern.
    pub(super) fn new(model: &'a Partial, risk: &'a [f64]) -> Self {
        Self::by(model, risk, Departures::new(&model.sets, &model.x, risk, model.columns))
    }

    /// With the sums over those who leave.
    pub(super) fn by(model: &'a Partial, risk: &'a [f64], departures: Departures) -> Self {
        let (p, sets) = (model.columns, &*model.sets);
        let rest = sets.is_delayed().then(|| (0.0, vec![0.0; p]));
        let (s1, means, signs) = (vec![0.0; p], Vec::new(), Vec::new());
        Self {
            sets,
            risk,
            ties: model.ties,
            departures,
            s0: 0.0,
            s1,
            rest,
            discrete: None,
            means,
            signs,
            keeps_means: true,
        }
    }

    /// Begins with a stratum.
    pub(super) fn begin(&mut self) {
        self.s0 = 0.0;
        self.s1.fill(0.0);
        if let Some((s0, s1)) = &mut self.rest {
            *s0 = 0.0;
            s1.fill(0.0);
        }
        if let Some(discrete) = &mut self.discrete {
            discrete.begin();
        }
    }

    /// Takes those who enter at an event time out of the risk set, on the way to the one before.
    pub(super) fn leave(&mut self, time: usize) {
        let entering = self.sets.entering(&self.sets.times()[time]);
        if entering.is_empty() {
            return;
        }
        if let (Some((rest, rests)), Some((e0, e1))) = (&mut self.rest, self.departures.entering(time)) {
            compensated(&mut self.s0, rest, -e0);
            for ((s, rest), e) in self.s1.iter_mut().zip(rests).zip(e1) {
                compensated(s, rest, -e);
            }
        }
        if let Some(discrete) = &mut self.discrete {
            entering.iter().for_each(|leaving| discrete.change(leaving.pattern, -leaving.n));
        }
    }

    /// After a step to a time: Σ r and Σ r x over the risk set, and over those with the event.
    pub(super) fn sums(&self, time: usize) -> (f64, &[f64], f64, &[f64]) {
        let (d0, d1) = self.departures.dying(time);
        (self.s0, &self.s1, d0, d1)
    }

    /// Adds those who leave at a time to the sums over the risk set.
    fn add(&mut self, time: usize) {
        let ((c0, c1), (d0, d1)) = (self.departures.censored(time), self.departures.dying(time));
        let Some((rest, rests)) = &mut self.rest else {
            self.s0 += c0 + d0;
            for (s, (c, d)) in self.s1.iter_mut().zip(c1.iter().zip(d1)) {
                *s += c + d;
            }
            return;
        };
        compensated(&mut self.s0, rest, c0);
        compensated(&mut self.s0, rest, d0);
        for ((s, rest), (c, d)) in self.s1.iter_mut().zip(rests).zip(c1.iter().zip(d1)) {
            compensated(s, rest, *c);
            compensated(s, rest, *d);
        }
    }

    /// What one event time, counted through all strata, adds to the hazards; also Σ ln of the risk at its events.
    ///
    /// Those who leave at a time are summed before they are added, so that few roundings stand between any patient
    /// and the whole.
    pub(super) fn step(&mut self, at: usize) -> (Hazard, f64) {
        self.add(at);
        let time = &self.sets.times()[at];
        let (d0, d1) = self.departures.dying(at);
        if let Some(discrete) = &mut self.discrete {
            self.sets
                .all_leaving(time)
                .iter()
                .for_each(|leaving| discrete.change(leaving.pattern, leaving.n));
            if time.events > 1.0 {
                return (
                    Hazard { at_risk: 0.0, dying: 0.0 },
                    discrete.choose(time.events as usize, self.risk),
                );
            }
        }
        let (deaths, s0) = (time.deaths, self.s0);
        if self.ties == Ties::Breslow || time.events == 1.0 {
            let hazard = deaths / s0;
            if self.keeps_means {
                self.means.extend(self.s1.iter().map(|s| s / s0));
                self.signs.push(-deaths);
            }
            return (Hazard { at_risk: hazard, dying: hazard }, deaths * libm::log(s0));
        }
        let tied = Tied::new(time.events, d0 / s0);
        // What each of them counts, on average; 1 without weights.
        let weight = deaths / time.events;
        if self.keeps_means {
            // Σ (S₁ − f D₁)(S₁ − f D₁)′/(S₀ − f D₀)² as two squares.
            let tilt = tied.sd / tied.ss;
            self.means.extend(self.s1.iter().zip(d1).map(|(s, d)| (s - tilt * d) / s0));
            self.signs.push(-weight * tied.ss);
            self.means.extend(d1.iter().map(|d| d / s0));
            self.signs.push(-weight * (tied.dd - tilt * tied.sd));
        }
        let hazard = Hazard { at_risk: weight * tied.hazard / s0, dying: weight * tied.dying / s0 };
        (hazard, deaths * libm::log(s0) + weight * tied.logs)
    }
}

/// Sums over d tied events, the k-th of which sees 1 − f q of the risk set: f = k/d, q = D₀/S₀.
#[derive(Default)]
struct Tied {
    /// Σ ln(1 − f q).
    logs: f64,
    /// Σ 1/(1 − f q).
    hazard: f64,
    /// Σ (1 − f)/(1 − f q).
    dying: f64,
    /// Σ 1/(1 − f q)², Σ f/(1 − f q)², Σ f²/(1 − f q)².
    ss: f64,
    sd: f64,
    dd: f64,
}

impl Tied {
    fn new(deaths: f64, share: f64) -> Self {
        let mut tied = Self::default();
        // The logarithm of a product of some factors, none below 1/d, costs one logarithm.
        let mut product = 1.0;
        for k in 0..deaths as u64 {
            let f = k as f64 / deaths;
            let rest = 1.0 - f * share;
            let inverse = 1.0 / rest;
            product *= rest;
            if k % 16 == 15 {
                tied.logs += libm::log(product);
                product = 1.0;
            }
            tied.hazard += inverse;
            tied.dying += (1.0 - f) * inverse;
            let square = inverse * inverse;
            tied.ss += square;
            tied.sd += f * square;
            tied.dd += f * f * square;
        }
        tied.logs += libm::log(product);
        tied
    }
}

/// Adds to a sum and what it rounded away, and keeps the sum the nearest number to the two.
pub(super) fn compensated(sum: &mut f64, rest: &mut f64, value: f64) {
    let total = *sum + value;
    let back = total - *sum;
    let lost = (*sum - (total - back)) + (value - back) + *rest;
    *sum = total + lost;
    *rest = (total - *sum) + lost;
}
