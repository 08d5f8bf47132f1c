//! The model as a whole: its law beside the others, its cured shares, its law's parameters, its predictions, its curves.

use super::MixtureCureOptions;
use super::boundary::Found;
use super::follow_up;
use super::likelihood::Part;
use super::outcome::{Built, Terms, build, in_times};
use super::prediction::{Member, Predicting};
use crate::design::{Covariate, Design};
use crate::life_table::LifeTable;
use crate::likelihood::Likelihood;
use crate::methods::kaplan_meier::{Band, CurveInterval, ProductLimit};
use crate::methods::parametric_survival::Reading;
use crate::methods::parametric_survival::outcome::LogTimes;
use crate::methods::parametric_survival::prediction::{Fitted, Width};
use crate::methods::parametric_survival::profile;
use crate::methods::profile::Profile;
use crate::numerics::distributions::chi_squared_upper;
use crate::regression::{NotConverged, fit};
use crate::time_law::Distribution;
use faer::Mat;
use std::collections::BTreeMap;
use study::results::finite;
use study::{
    Analysis, Column, Curve, Estimate, Group, Level, Model, Notice, Problem, Quantity, Results, Test,
    TestName,
};

/// Points of a drawn curve.
const POINTS: u32 = 100;
/// Survival of those not cured over that of all, at the end of follow-up, from which on follow-up does not suffice
/// (Selukar & Othus 2023, doi:10.1002/sim.9610).
const LARGEST_RATIO: f64 = 0.05;

/// One analysis.
pub(super) struct Reported<'a> {
    pub(super) options: &'a MixtureCureOptions,
    pub(super) analysis: &'a Analysis,
    pub(super) times: &'a LogTimes<'a>,
    pub(super) terms: Terms<'a>,
    /// Rows with the endpoint and every term.
    pub(super) rows: Vec<u32>,
    /// The variable by which curves are drawn.
    pub(super) by: Option<&'a Column>,
    pub(super) width: Width,
}

/// Patients who are drawn together.
struct Drawn {
    level: Option<String>,
    label: String,
    rows: Vec<u32>,
}

impl Reported<'_> {
    fn n<'b>(&self, rows: impl Iterator<Item = &'b u32>) -> u64 {
        rows.map(|row| self.times.n[*row as usize]).sum()
    }

    /// Writes everything; of the law nothing where there is no event.
    pub(super) fn write(&self, results: &mut Results) -> Result<(), Problem> {
        let patients = self.n(self.rows.iter());
        let events = self.n(self.rows.iter().filter(|row| self.times.is_event(**row as usize)));
        if let Some(notice) = self.times.constant(events, patients) {
            results.notices.push(notice);
            return Ok(());
        }
        self.follow_up(results)?;
        for (index, law) in self.options.distribution.all().into_iter().enumerate() {
            let built = build(self.times, law, self.terms, &self.rows, (Part::Latency, Reading::Hazards));
            let found = match built.model.find() {
                Ok(found) => found,
                Err(NotConverged(iterations)) => {
                    let model = format!("{} mixture cure model", law.text());
                    results.notices.push(Notice::NotConverged { model, iterations });
                    continue;
                }
            };
            self.compare(law, &built, &found, patients, results);
            if index == 0 {
                self.describe(&built, &found, results)?;
            }
        }
        Ok(())
    }

    fn compare(
        &self,
        law: Distribution,
        built: &Built,
        found: &Found<'_>,
        patients: u64,
        results: &mut Results,
    ) {
        let parameters = built.model.incidence + built.model.latency.columns + usize::from(law.has_shape());
        let (value, k) = (found.fit.log_likelihood(), parameters as f64);
        let row = |quantity, number| Estimate {
            level: Some(law.name().into()),
            n: Some(parameters as u64),
            of: Some(patients),
            ..Estimate::new(quantity, number)
        };
        results.estimates.extend([
            row(Quantity::LogLikelihood, value),
            row(Quantity::Aic, 2.0 * (k - value)),
            row(Quantity::Bic, k * libm::log(patients as f64) - 2.0 * value),
        ]);
    }

    fn describe(&self, built: &Built, found: &Found<'_>, results: &mut Results) -> Result<(), Problem> {
        let model = built.model.latency.law.text();
        if found.search.agreed < 2 {
            let (agreed, starts) = (found.search.agreed, found.search.starts);
            let model = format!("{model} mixture cure model");
            results.notices.push(Notice::LocalMaxima { model, agreed, starts });
        }
        let predicting = Predicting { model: &built.model, found, width: self.width };
        for drawn in self.drawn(true)? {
            let members = self.members(built, &drawn.rows);
            let Some(share) = predicting.cured_share(&members) else { continue };
            if share.value == Some(0.0) {
                results.notices.push(Notice::NobodyCured { group: drawn.level.clone() });
            }
            let test = drawn.level.is_none().then(|| self.presence(built, found)).flatten();
            results.estimates.push(Estimate { group: drawn.level, test, ..share });
        }
        let law = built.model.latency.parameters();
        let infinite = found.directions.iter().any(|own| built.model.law(own).iter().any(|v| v.abs() > 1e-9));
        if infinite || (0..law).any(|k| found.fit.position(k) != Some(k)) {
            let message = "A coefficient of the time to the event is infinite: no parameters of the law, predictions and \
                           fitted curves are given.";
            results.notices.push(Notice::Other { message: message.into() });
        } else {
            self.law(built, found, results)?;
        }
        self.predict(built, &predicting, results)?;
        self.draw(built, &predicting, results)
    }

    /// The likelihood-ratio test of whether anybody is cured; the share that is tested lies at the border of what is
    /// possible, so that half of the distribution is a 0 (Self & Liang 1987).
    fn presence(&self, built: &Built, found: &Found<'_>) -> Option<Test> {
        if !self.terms.incidence.is_empty() {
            return None;
        }
        let without = fit(&built.model.latency, None).ok()?.log_likelihood();
        let statistic = (2.0 * (found.fit.log_likelihood() - without)).max(0.0);
        let p_value = if statistic > 0.0 { 0.5 * chi_squared_upper(statistic, 1.0) } else { 1.0 };
        Some(Test {
            name: TestName::BoundaryLikelihoodRatio,
            statistic: finite(statistic),
            df: Vec::new(),
            p_value: finite(p_value),
            reason: None,
        })
    }

    /// The parameters of the law, and quantiles of the time of those who are not cured.
    fn law(&self, built: &Built, found: &Found<'_>, results: &mut Results) -> Result<(), Problem> {
        let size = built.model.latency.parameters();
        let part = |matrix: &Mat<f64>| Mat::from_fn(size, size, |i, j| matrix[(i, j)]);
        let hazards = found.fit.maximum.beta[..size].to_vec();
        let hazards_covariance = part(&found.fit.covariance);
        let times = in_times(found.fit.clone());
        let times_covariance = part(&times.covariance);
        let fitted = Fitted {
            model: &built.model.latency,
            hazards: &hazards,
            hazards_covariance: &hazards_covariance,
            times: &times.maximum.beta[..size],
            times_covariance: &times_covariance,
        };
        let zero = built.latency.columns.iter().map(|column| -column.centre / column.scale);
        let zero: Vec<f64> = zero.chain([1.0]).collect();
        for row in fitted.parameters(&zero, self.width) {
            results.estimates.push(Estimate { model: Some(Model::Latency), ..row });
        }
        let (profiles, term) = self.profiles();
        for (index, profile) in profiles.iter().enumerate() {
            let (x, _) = profile::row(profile, index, self.terms.latency, &built.latency, self.analysis)?;
            for at in &self.options.quantiles {
                results.estimates.push(Estimate {
                    quantity: Quantity::UncuredQuantile,
                    model: Some(Model::Latency),
                    term: Some(term.into()),
                    level: Some(profile.label.clone()),
                    ..fitted.quantile(&x, *at, self.width)
                });
            }
        }
        Ok(())
    }

    fn last(&self) -> f64 {
        self.rows.iter().map(|row| self.times.times[*row as usize]).fold(0.0, f64::max)
    }

    /// Cured shares and survival of profiles.
    fn predict(
        &self,
        built: &Built,
        predicting: &Predicting<'_>,
        results: &mut Results,
    ) -> Result<(), Problem> {
        let (profiles, term) = self.profiles();
        let last = self.last();
        for at in self.options.at.iter().filter(|at| **at > last) {
            results.notices.push(Notice::Extrapolated { group: None, at: *at, last });
        }
        for (index, profile) in profiles.iter().enumerate() {
            let (x, notices) =
                profile::row(profile, index, self.terms.latency, &built.latency, self.analysis)?;
            let (z, more) =
                profile::row(profile, index, self.terms.incidence, &built.incidence, self.analysis)?;
            for notice in notices.into_iter().chain(more) {
                if !results.notices.contains(&notice) {
                    results.notices.push(notice);
                }
            }
            let member = Member { z, x, share: 1.0 };
            let share = predicting.cured_share(std::slice::from_ref(&member));
            let survival = self.options.at.iter().filter_map(|at| predicting.survival(&member, *at));
            for row in share.into_iter().chain(survival) {
                let level = Some(profile.label.clone());
                results.estimates.push(Estimate { term: Some(term.into()), level, ..row });
            }
        }
        Ok(())
    }

    /// The profiles of the plan; without any, the levels of the only variable if it is a factor, or everybody where there
    /// is none. The variable of which they are levels comes with them.
    fn profiles(&self) -> (Vec<Profile>, &str) {
        let mut all: Vec<&Covariate> = self.terms.incidence.to_vec();
        let further = self.terms.latency.iter().filter(|own| !all.iter().any(|known| known.name == own.name));
        let further: Vec<&Covariate> = further.copied().collect();
        all.extend(further);
        match all.as_slice() {
            _ if !self.options.profiles.is_empty() => (self.options.profiles.clone(), "profile"),
            [] => (vec![Profile { label: "All patients".into(), values: BTreeMap::new() }], "profile"),
            [only] => {
                let mut occurring = vec![false; only.size()];
                self.rows.iter().for_each(|row| occurring[only.codes[*row as usize] as usize] = true);
                let name = self.terms.incidence.first().or(self.terms.latency.first());
                (profile::of_levels(only, &occurring), name.map_or("", |own| own.name.as_str()))
            }
            _ => (Vec::new(), "profile"),
        }
    }

    /// The groups of the curves, and all patients where that is asked for or there are no groups.
    fn drawn(&self, all: bool) -> Result<Vec<Drawn>, Problem> {
        let mut drawn = Vec::new();
        if let Some(by) = self.by {
            let codes = by.codes()?;
            for (code, level) in by.levels().iter().enumerate() {
                let level: &Level = level;
                let own = self.rows.iter().copied().filter(|row| codes[*row as usize] as usize == code);
                let (label, rows) = (level.text().into(), own.collect::<Vec<u32>>());
                if !rows.is_empty() {
                    drawn.push(Drawn { level: Some(level.value.clone()), label, rows });
                }
            }
        }
        if all || self.by.is_none() {
            drawn.push(Drawn { level: None, label: "All patients".into(), rows: self.rows.clone() });
        }
        Ok(drawn)
    }

    fn table(&self, rows: &[u32]) -> Result<LifeTable, Problem> {
        LifeTable::new(rows.iter().map(|row| {
            let row = *row as usize;
            (self.times.times[row], self.times.is_event(row), self.times.n[row])
        }))
    }

    fn band(&self) -> Band {
        let Width { z, confidence_level } = self.width;
        Band { scale: CurveInterval::LogLog, z, confidence_level }
    }

    /// Each group's Kaplan–Meier curve, and whether its follow-up suffices.
    fn follow_up(&self, results: &mut Results) -> Result<(), Problem> {
        results.groups.clear();
        for drawn in self.drawn(true)? {
            let table = self.table(&drawn.rows)?;
            let (n, events) = (table.n(), Some(table.event_count()));
            let (rows, notices) = follow_up::rows(&table, drawn.level.as_ref(), &self.band());
            results.estimates.extend(rows);
            results.notices.extend(notices);
            if drawn.level.is_some() || self.by.is_none() {
                results.curves.push(ProductLimit::new(&table).steps(drawn.level.clone(), 1.0, &self.band()));
            }
            results.groups.push(Group { level: drawn.level, label: drawn.label, n, events });
        }
        Ok(())
    }

    /// Patients of some rows who are alike, each kind once.
    fn members(&self, built: &Built, rows: &[u32]) -> Vec<Member> {
        let all = || self.terms.incidence.iter().chain(self.terms.latency);
        let mut known: BTreeMap<Vec<u32>, f64> = BTreeMap::new();
        for row in rows {
            let codes = all().map(|covariate| covariate.codes[*row as usize]).collect();
            *known.entry(codes).or_default() += self.times.n[*row as usize] as f64;
        }
        let total: f64 = known.values().sum();
        let values = |design: &Design, covariates: &[&Covariate], codes: &[u32]| -> Vec<f64> {
            let value = |column: &crate::design::DesignColumn| {
                covariates[column.covariate].standardised(codes[column.covariate], column)
            };
            design.columns.iter().map(value).chain([1.0]).collect()
        };
        let first = self.terms.incidence.len();
        known
            .iter()
            .map(|(codes, n)| Member {
                z: values(&built.incidence, self.terms.incidence, &codes[..first]),
                x: values(&built.latency, self.terms.latency, &codes[first..]),
                share: n / total,
            })
            .collect()
    }

    /// The fitted curves, and how many of those left at the end of follow-up are not cured.
    fn draw(&self, built: &Built, predicting: &Predicting<'_>, results: &mut Results) -> Result<(), Problem> {
        for drawn in self.drawn(true)? {
            let members = self.members(built, &drawn.rows);
            let last = drawn.rows.iter().map(|row| self.times.times[*row as usize]).fold(0.0, f64::max);
            let mean = |time: f64| -> Option<f64> {
                let of = |member: &Member| {
                    let (cured, uncured) = predicting.parts(member, time)?;
                    Some(member.share * (cured + (1.0 - cured) * uncured))
                };
                members.iter().map(of).sum()
            };
            if drawn.level.is_some() || self.by.is_none() {
                let points: Option<Vec<(f64, f64)>> = (1..=POINTS)
                    .map(|point| last * f64::from(point) / f64::from(POINTS))
                    .map(|time| Some((time, mean(time)?)))
                    .collect();
                if let Some(points) = points {
                    let (time, estimate) = std::iter::once((0.0, 1.0)).chain(points).unzip();
                    results.curves.push(Curve {
                        group: drawn.level.clone(),
                        fitted: Some(built.model.latency.law.name().into()),
                        time,
                        estimate,
                        ..Curve::default()
                    });
                }
            }
            let uncured = |member: &Member| {
                let (cured, uncured) = predicting.parts(member, last)?;
                let share = member.share * (1.0 - cured);
                Some((share, share * uncured))
            };
            let parts: Option<Vec<(f64, f64)>> = members.iter().map(uncured).collect();
            let (Some(parts), Some(survival)) = (parts, mean(last)) else { continue };
            let (of, left) = parts.iter().fold((0.0, 0.0), |sum, part| (sum.0 + part.0, sum.1 + part.1));
            if of > 0.0 {
                let ratio = left / of / survival;
                let group = drawn.level.clone();
                results.estimates.push(Estimate {
                    group: group.clone(),
                    at: Some(last),
                    ..Estimate::new(Quantity::UncuredRatio, ratio)
                });
                if ratio >= LARGEST_RATIO {
                    results.notices.push(Notice::UncuredRemain { group, ratio, last });
                }
            }
        }
        Ok(())
    }
}
