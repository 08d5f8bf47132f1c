//! The rows of a selection: its steps, its stability, its last model.

use super::search::{Candidates, Search, Set, members};
use super::stability::{Recount, size, stability};
use super::{StepwiseOptions, Whole};
use crate::design::Term;
use crate::interval::IntervalChoice;
use crate::methods::models::{
    ModelOptions, Multivariable, ReadTerms, Setting, TermList, interval_sentence, read_terms,
};
use crate::missing::excluded_or_all;
use study::{Analysis, Estimate, Group, Notice, Participants, Plan, Problem, Quantity, Results};

/// An analysis under way.
pub(super) struct Written<'a> {
    pub(super) options: &'a StepwiseOptions,
    pub(super) analysis: &'a Analysis,
    pub(super) plan: &'a Plan,
    pub(super) whole: &'a Whole,
    /// What is modelled, and how, inside a sentence.
    pub(super) about: String,
    /// Whose follow-up is seen when, in sentences.
    pub(super) followed: Vec<String>,
    pub(super) interval: IntervalChoice,
}

impl Written<'_> {
    /// Selects and writes everything; `name` is the outcome's.
    pub(super) fn write<O: Recount>(
        &self,
        outcome: &O,
        name: &str,
        results: &mut Results,
    ) -> Result<(), Problem> {
        let table = &self.whole.table;
        let ReadTerms { covariates, labels } =
            read_terms(table, self.analysis, &self.options.question().placed())?;
        let rows: Vec<u32> = (0..table.rows() as u32).collect();
        let count = outcome.count(table.n(), &mut rows.iter().copied());
        let group =
            Group { level: None, label: "All patients".into(), n: count.of, events: Some(count.events) };
        let participants = Participants {
            eligible: self.whole.eligible,
            analysed: count.of,
            missing: self.whole.missing.clone(),
        };
        let mut notices: Vec<Notice> = excluded_or_all(&self.whole.missing, self.whole.eligible).collect();
        let candidates = Candidates::new(self.options, &covariates);
        let search = match outcome.constant(count.events, count.of) {
            Some(notice) => {
                notices.push(notice);
                None
            }
            None => {
                let search = Search::new(&candidates, outcome, &rows, size::<O>(count));
                if search.is_none() {
                    let message = "No candidate varies among these patients: there is nothing to choose.";
                    notices.push(Notice::Other { message: message.into() });
                }
                search
            }
        };
        results.methods_text = self.methods_text();
        let Some(search) = search else {
            results.notices.extend(notices);
            results.variables.extend(labels);
            (results.participants, results.groups) = (participants, vec![group]);
            return Ok(());
        };
        let (start, steps, returned) = search.steps();
        let chosen = steps.last().map_or(start, |last| last.after);
        if returned {
            let message = "The selection ended where it would have come back to an earlier model: a term enters by one \
                           test and leaves by the other.";
            notices.push(Notice::Other { message: message.into() });
        }
        if let Some(whole) = search.standing(candidates.all()) {
            let (events, parameters) = (O::informative(count.events, count.of), whole.parameters as u64);
            if events < 10 * parameters {
                notices.push(Notice::EventsPerParameter { events, parameters });
            }
        }
        self.write_last(outcome, name, chosen, results)?;
        self.write_steps(&search, &candidates, start, &steps, results);
        self.write_stability(outcome, &candidates, chosen, &mut notices, results);
        if chosen == 0 {
            results.variables.extend(labels);
            let message = "No candidate was chosen: there is no model.";
            notices.push(Notice::Other { message: message.into() });
        }
        // Parameters are those that were examined, not those that are left.
        results.notices.retain(|notice| !matches!(notice, Notice::EventsPerParameter { .. }));
        results.notices.insert(0, Notice::StepwiseSelection { rule: self.options.rule() });
        results.notices.extend(notices);
        (results.participants, results.groups) = (participants, vec![group]);
        Ok(())
    }

    /// The last model, as if it had been the only one.
    fn write_last<O: Recount>(
        &self,
        outcome: &O,
        name: &str,
        chosen: Set,
        results: &mut Results,
    ) -> Result<(), Problem> {
        if chosen == 0 {
            return Ok(());
        }
        let terms = members(chosen).map(|at| self.options.terms[at].clone()).collect();
        let multivariable = Multivariable::Terms(TermList { terms });
        let setting = Setting {
            analysis: self.analysis,
            plan: self.plan,
            table: &self.whole.table,
            options: ModelOptions {
                terms: &self.options.terms,
                univariable: false,
                multivariable: &multivariable,
            },
            interval: self.interval,
        };
        setting.model(outcome, name, results)
    }

    fn write_steps<O: Recount>(
        &self,
        search: &Search<'_, O>,
        candidates: &Candidates<'_>,
        start: Set,
        steps: &[super::search::Taken],
        results: &mut Results,
    ) {
        let row = |step: usize, level: &str, set: Set| Estimate {
            at: Some(step as f64),
            level: Some(level.into()),
            n: Some(u64::from(set.count_ones())),
            ..Estimate::new(Quantity::SelectionStep, search.criterion(set).unwrap_or(f64::NAN))
        };
        results.estimates.push(row(0, "start", start));
        for (index, taken) in steps.iter().enumerate() {
            let level = if taken.entered { "entered" } else { "removed" };
            results.estimates.push(Estimate {
                term: Some(candidates.covariates[taken.term].name.clone()),
                test: taken.test.clone(),
                ..row(index + 1, level, taken.after)
            });
        }
    }

    fn write_stability<O: Recount>(
        &self,
        outcome: &O,
        candidates: &Candidates<'_>,
        chosen: Set,
        notices: &mut Vec<Notice>,
        results: &mut Results,
    ) {
        let replicates = self.options.bootstrap.unwrap_or(0);
        if replicates == 0 {
            let message = "The stability of the selection was not examined; `bootstrap = 200` would repeat it on patients \
                           drawn anew.";
            notices.push(Notice::Other { message: message.into() });
            return;
        }
        let n = self.whole.table.n();
        let found = stability(candidates, outcome, n, replicates, self.plan.study.seed, self.analysis.id());
        let sets: Vec<Set> = found.into_iter().flatten().collect();
        let of = sets.len() as u64;
        let row = |n: usize| Estimate {
            n: Some(n as u64),
            of: Some(of),
            ..Estimate::new(Quantity::SelectionFrequency, n as f64 / of as f64)
        };
        for (at, covariate) in candidates.covariates.iter().enumerate() {
            let with = sets.iter().filter(|set| **set >> at & 1 == 1).count();
            let level = if chosen >> at & 1 == 1 { "chosen" } else { "left_out" };
            let term = Some(covariate.name.clone());
            results.estimates.push(Estimate { term, level: Some(level.into()), ..row(with) });
        }
        let same = sets.iter().filter(|set| **set == chosen).count();
        results.estimates.push(row(same));
        if of < replicates {
            let model = "Stability".to_string();
            notices.push(Notice::ReplicatesLost { model, lost: replicates - of, of: replicates });
        }
    }

    fn methods_text(&self) -> Vec<String> {
        let options = self.options;
        let label = |term: &String| {
            let of =
                |name: &str| self.plan.variable(name).map_or(name, |variable| variable.text()).to_lowercase();
            Term::of(term).variables().into_iter().map(of).collect::<Vec<_>>().join(" × ")
        };
        let list = |terms: &[String]| terms.iter().map(label).collect::<Vec<_>>().join(", ");
        let mut text = vec![format!(
            "Terms for {} were chosen by {} among {} candidates: {}.",
            self.about,
            options.rule(),
            options.terms.len(),
            list(&options.terms)
        )];
        let tests = [
            options.entry_test.map(|test| match test {
                super::EntryTest::Score => "entered by the score test",
                super::EntryTest::LikelihoodRatio => "entered by the likelihood-ratio test",
                super::EntryTest::Wald => "entered by the Wald test",
            }),
            options.removal_test.map(|test| match test {
                super::RemovalTest::LikelihoodRatio => "left by the likelihood-ratio test",
                super::RemovalTest::Wald => "left by the Wald test",
            }),
        ];
        let tests: Vec<&str> = tests.into_iter().flatten().collect();
        if !tests.is_empty() {
            text.push(format!("Terms {}.", tests.join(" and ")));
        }
        text.extend(self.followed.iter().cloned());
        if !options.keep.is_empty() {
            text.push(format!("Kept in every model: {}.", list(&options.keep)));
        }
        if !options.strata.is_empty() {
            text.push(format!("The model is stratified by {}.", list(&options.strata)));
        }
        text.push(interval_sentence(self.interval, self.plan.study.confidence_level));
        if let Some(replicates) = options.bootstrap.filter(|replicates| *replicates > 0) {
            text.push(format!(
                "The selection was repeated on {replicates} bootstrap replicates of the patients."
            ));
        }
        text
    }
}
