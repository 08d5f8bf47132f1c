//! The course of an analysis: each term alone, the choice of terms, all of them together.

use super::{EntryRule, ModelOptions, Modelling, Multivariable, Outcome};
use crate::design::{ABSENT, Covariate, Scale, Term};
use crate::missing::excluded_or_all;
use study::{CountTable, Group, MissingCount, Model, Notice};

/// Fits every model that is asked for and fills the results.
pub(in crate::methods) fn run_models<O: Outcome>(
    modelling: &mut Modelling<'_, O>,
    options: &ModelOptions<'_>,
    outcome: &str,
) {
    count_missing(modelling, outcome);
    let candidates: Vec<usize> = (0..options.terms.len()).collect();
    let mut p_values = Vec::new();
    let rule = match options.multivariable {
        Multivariable::Enter(rule) => EntryRule::parse(&rule.enter).ok(),
        _ => None,
    };
    if options.univariable || rule.is_some() {
        let rows = modelling.results.estimates.len();
        let notices = modelling.results.notices.len();
        for term in &candidates {
            let alone = contained(modelling.covariates, *term);
            p_values.push(modelling.fit(Model::Univariable, &alone).pop().flatten());
        }
        if !options.univariable {
            // Needed for the choice of terms only.
            modelling.results.estimates.truncate(rows);
            modelling.results.notices.truncate(notices);
        }
    }
    let together: Vec<usize> = match (options.multivariable, rule) {
        (_, Some(rule)) => entered(modelling, &candidates, &p_values, rule),
        (Multivariable::Terms(list), None) => {
            let position = |term: &String| {
                let name = Term::of(term).name();
                modelling.covariates.iter().position(|covariate| covariate.name == name)
            };
            list.terms.iter().filter_map(position).collect()
        }
        (Multivariable::Switch(true), None) => candidates.clone(),
        (Multivariable::Switch(false) | Multivariable::Enter(_), None) => Vec::new(),
    };
    let analysed = if together.is_empty() {
        let any = |row: &u32| {
            let row = *row as usize;
            modelling.outcome.is_known(row) && modelling.covariates.iter().any(|c| c.codes[row] != ABSENT)
        };
        (0..modelling.table.rows() as u32).filter(any).collect()
    } else {
        modelling.fit(Model::Multivariable, &together);
        modelling.complete(&together)
    };
    let (events, n) = modelling.count(&analysed);
    modelling.results.participants.analysed = n;
    modelling.results.groups =
        vec![Group { level: None, label: "All patients".into(), n, events: Some(events) }];
}

fn entered<O: Outcome>(
    modelling: &mut Modelling<'_, O>,
    candidates: &[usize],
    p_values: &[Option<f64>],
    rule: EntryRule,
) -> Vec<usize> {
    for (term, _) in candidates.iter().zip(p_values).filter(|(_, p)| p.is_none()) {
        let message = format!(
            "{}: its univariable ratio is infinite or cannot be estimated, so that it has no P value and did not \
             enter the multivariable model; `multivariable = {{ terms = […] }}` would keep it.",
            modelling.covariates[*term].name
        );
        modelling.note(Notice::Other { message });
    }
    let admitted = |(term, p): (&usize, &Option<f64>)| rule.admits(*p).then_some(*term);
    let admitted: Vec<usize> = candidates.iter().zip(p_values).filter_map(admitted).collect();
    let needed: Vec<Vec<usize>> =
        admitted.iter().map(|term| contained(modelling.covariates, *term)).collect();
    let entered: Vec<usize> =
        candidates.iter().copied().filter(|term| needed.iter().flatten().any(|own| own == term)).collect();
    for term in entered.iter().filter(|term| !admitted.contains(term)) {
        let message = format!(
            "{}: entered the multivariable model because an interaction did of which it is a part.",
            modelling.covariates[*term].name
        );
        modelling.note(Notice::Other { message });
    }
    let rule = rule.to_string();
    modelling.note(if entered.is_empty() {
        Notice::NothingEntered { rule }
    } else {
        Notice::DataDrivenSelection { rule }
    });
    entered
}

/// The term, after those that an interaction needs beside it.
fn contained(covariates: &[Covariate<'_>], term: usize) -> Vec<usize> {
    let Scale::Interaction(_) = covariates[term].scale else { return vec![term] };
    let whole = Term::of(&covariates[term].name);
    let within = |at: &usize| Term::of(&covariates[*at].name).is_within(&whole);
    (0..covariates.len()).filter(within).chain([term]).collect()
}

fn count_missing<O: Outcome>(modelling: &mut Modelling<'_, O>, outcome: &str) {
    let (missing, eligible) =
        missing_values(modelling.outcome, modelling.table, modelling.covariates, outcome);
    for notice in excluded_or_all(&missing, eligible) {
        modelling.note(notice);
    }
    modelling.results.participants.eligible = eligible;
    modelling.results.participants.missing = missing;
}

/// How many patients lack the outcome and each term, and how many there are.
pub(in crate::methods) fn missing_values<'c, O: Outcome>(
    outcome: &O,
    table: &CountTable,
    covariates: impl IntoIterator<Item = &'c Covariate<'c>>,
    name: &str,
) -> (Vec<MissingCount>, u64) {
    let lacking = |absent: &dyn Fn(usize) -> bool| -> u64 {
        let mut rows = (0..table.rows() as u32).filter(|row| absent(*row as usize));
        outcome.count(table.n(), &mut rows).of
    };
    let n = lacking(&|row| !outcome.is_observed(row));
    let mut missing = vec![MissingCount { variable: name.into(), n }];
    missing.extend_from_slice(outcome.lacking());
    // What an interaction lacks its variables lack.
    for covariate in covariates.into_iter().filter(|c| !matches!(c.scale, Scale::Interaction(_))) {
        // All columns that were made of one variable lack the same.
        let variable = covariate.variable();
        if !missing.iter().any(|known| known.variable == variable) {
            let n = lacking(&|row| covariate.codes[row] == ABSENT);
            missing.push(MissingCount { variable: variable.into(), n });
        }
    }
    (missing, lacking(&|_| true))
}
