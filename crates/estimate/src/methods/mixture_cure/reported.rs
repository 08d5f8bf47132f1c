//! The model as a whole: its law beside the others, its cured shares, its law's parameters, its predictions, its curves.

use super::MixtureCureOptions;
use super::boundary::Found;
use super::follow_up;
use super::likelihood::Part;
use super::outcome::{Built, Terms, build, in_times};
use super::prediction::{Member, Predicting, ShareLimits};
use crate::design::Scale;
use crate::interval::IntervalChoice;
use crate::likelihood::Likelihood;
use crate::methods::kaplan_meier::ProductLimit;
use crate::methods::models::not_found;
use crate::methods::parametric_survival::patients::{Patients, criteria, entry_notices, row_of};
use crate::methods::parametric_survival::prediction::Fitted;
use crate::methods::parametric_survival::{Reading, profile};
use crate::numerics::distributions::chi_squared_upper;
use crate::numerics::sums::at_least_zero;
use crate::regression::{NotConverged, fit};
use faer::Mat;
use std::cell::RefCell;
use study::results::finite;
use study::{Analysis, Estimate, Group, Model, Notice, Problem, Quantity, Results, Test, TestName};

/// Survival of those not cured over that of all, at the end of follow-up, from which on follow-up does not suffice
/// (Selukar & Othus 2023, doi:10.1002/sim.9610).
const LARGEST_RATIO: f64 = 0.05;

/// One analysis.
pub(super) struct Reported<'a> {
    pub(super) options: &'a MixtureCureOptions,
    pub(super) analysis: &'a Analysis,
    pub(super) terms: Terms<'a>,
    pub(super) patients: Patients<'a>,
}

impl Reported<'_> {
    /// Writes everything; of the law nothing where there is no event.
    pub(super) fn write(&self, results: &mut Results) -> Result<(), Problem> {
        let Patients { times, rows, .. } = &self.patients;
        let (n, events) = (self.patients.n(), self.patients.events());
        if let Some(notice) = times.constant(events, n) {
            results.notices.push(notice);
            return Ok(());
        }
        self.follow_up(results)?;
        for (index, law) in self.options.distribution.all().into_iter().enumerate() {
            let built = build(times, law, self.terms, rows, (Part::Latency, Reading::Hazards));
            let found = built.model.find();
            if let Err(NotConverged(iterations)) = &found {
                let name = format!("{} mixture cure model", law.text());
                results.notices.push(not_found(&built.model, name, *iterations));
            }
            let latency = &built.model.latency;
            let parameters = built.model.incidence + latency.columns + usize::from(law.has_shape());
            let log_likelihood = found.as_ref().map_or(f64::NAN, |found| found.fit.log_likelihood());
            results.estimates.extend(criteria(law, parameters, log_likelihood, n));
            if let (0, Ok(found)) = (index, found) {
                self.describe(&built, &found, results)?;
            }
        }
        Ok(())
    }

    fn describe(&self, built: &Built, found: &Found<'_>, results: &mut Results) -> Result<(), Problem> {
        let model = built.model.latency.law.text();
        if found.search.agreed < 2 {
            let (agreed, starts) = (found.search.agreed, found.search.starts);
            let model = format!("{model} mixture cure model");
            results.notices.push(Notice::LocalMaxima { model, agreed, starts });
        }
        let (shares, profiled) = (self.share_limits(), RefCell::default());
        let predicting =
            Predicting { model: &built.model, found, width: self.patients.width, shares, profiled };
        for drawn in self.patients.drawn(true)? {
            let members = self.members(built, &drawn.rows);
            let Some(share) = predicting.cured_share(&members) else { continue };
            if share.value == Some(0.0) {
                results.notices.push(Notice::NobodyCured { group: drawn.level.clone() });
            }
            if share.value == Some(1.0) {
                results.notices.push(Notice::EverybodyCured { group: drawn.level.clone() });
            }
            let nobody = share.value == Some(0.0);
            let test = drawn.level.is_none().then(|| self.presence(built, found, nobody)).flatten();
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

    /// One share of all, and those of the levels of the only factor, have each a parameter of their own.
    fn share_limits(&self) -> ShareLimits {
        let own = match self.terms.incidence {
            [] => true,
            [only] => matches!(only.scale, Scale::Factor { .. }),
            _ => false,
        };
        match self.options.interval {
            _ if !own => ShareLimits::Wald,
            Some(IntervalChoice::Profile) => ShareLimits::Profile,
            _ => ShareLimits::AtBorder,
        }
    }

    /// The likelihood-ratio test of whether anybody is cured; the share that is tested lies at the border of what is
    /// possible, so that half of the distribution is a 0 (Self & Liang 1987).
    fn presence(&self, built: &Built, found: &Found<'_>, nobody: bool) -> Option<Test> {
        if !self.terms.incidence.is_empty() {
            return None;
        }
        let statistic = if nobody {
            0.0
        } else {
            let without = fit(&built.model.latency, None).ok()?.log_likelihood();
            at_least_zero(2.0 * (found.fit.log_likelihood() - without))
        };
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
        for row in fitted.parameters(&zero, self.patients.width) {
            results.estimates.push(Estimate { model: Some(Model::Latency), ..row });
        }
        let all = self.terms.all();
        let (profiles, term) = profile::told(&self.options.profiles, &all, &self.patients.rows);
        for (index, profile) in profiles.iter().enumerate() {
            let (x, _) = profile::row(profile, index, self.terms.latency, &built.latency, self.analysis)?;
            for at in &self.options.quantiles {
                results.estimates.push(Estimate {
                    quantity: Quantity::UncuredQuantile,
                    model: Some(Model::Latency),
                    term: Some(term.into()),
                    level: Some(profile.label.clone()),
                    ..fitted.quantile(&x, *at, self.patients.width)
                });
            }
        }
        Ok(())
    }

    /// Cured shares and survival of profiles.
    fn predict(
        &self,
        built: &Built,
        predicting: &Predicting<'_>,
        results: &mut Results,
    ) -> Result<(), Problem> {
        let all = self.terms.all();
        let (profiles, term) = profile::told(&self.options.profiles, &all, &self.patients.rows);
        results.notices.extend(self.patients.extrapolated(&self.options.at));
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

    /// Each group's Kaplan–Meier curve, and whether its follow-up suffices.
    fn follow_up(&self, results: &mut Results) -> Result<(), Problem> {
        results.groups.clear();
        for drawn in self.patients.drawn(true)? {
            let table = self.patients.life_table(&drawn)?;
            let (n, events) = (table.n(), Some(table.event_count()));
            let band = self.patients.band();
            let (rows, notices) = follow_up::rows(&table, drawn.level.as_ref(), &band);
            results.estimates.extend(rows);
            results.notices.extend(notices);
            if drawn.level.is_some() || self.patients.by.is_none() {
                results.notices.extend(entry_notices(&table, &drawn));
                results.curves.push(ProductLimit::new(&table).steps(drawn.level.clone(), 1.0, &band));
            }
            results.groups.push(Group { level: drawn.level, label: drawn.label, n, events });
        }
        let late = self.patients.late();
        if late > 0 {
            results.notices.push(Notice::NoFollowUpTest { late });
        }
        Ok(())
    }

    /// Patients of some rows who are alike, each kind once.
    fn members(&self, built: &Built, rows: &[u32]) -> Vec<Member> {
        let all = [self.terms.incidence, self.terms.latency].concat();
        let kinds = self.patients.kinds(rows, &all);
        let first = self.terms.incidence.len();
        kinds
            .iter()
            .map(|(codes, share)| Member {
                z: row_of(&built.incidence, self.terms.incidence, &codes[..first]),
                x: row_of(&built.latency, self.terms.latency, &codes[first..]),
                share: *share,
            })
            .collect()
    }

    /// The fitted curves, and how many of those left at the end of follow-up are not cured.
    fn draw(&self, built: &Built, predicting: &Predicting<'_>, results: &mut Results) -> Result<(), Problem> {
        for drawn in self.patients.drawn(true)? {
            let members = self.members(built, &drawn.rows);
            let mean = |time: f64| -> Option<f64> {
                let of = |member: &Member| {
                    let (cured, uncured) = predicting.parts(member, time)?;
                    Some(member.share * (cured + (1.0 - cured) * uncured))
                };
                members.iter().map(of).sum()
            };
            if drawn.level.is_some() || self.patients.by.is_none() {
                results.curves.extend(self.patients.curve(built.model.latency.law, &drawn, mean));
            }
            let last = self.patients.last(&drawn.rows);
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
