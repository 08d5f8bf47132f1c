//! The patients of one logistic model: those with the outcome and every term.

use super::outcome::Binary;
use crate::design::{ABSENT, Covariate, Scale, Term};
use crate::methods::models::{Outcome, ReadTerms, read_terms};
use crate::missing::excluded;
use study::{Analysis, CountTable, Group, Participants, Problem, Results, Step, VariableLabel};

/// What a model is made from.
pub(in crate::methods) struct CompleteCases<'a> {
    table: &'a CountTable,
    /// The outcome of each row of the table.
    pub(in crate::methods) outcome: Binary,
    outcome_name: &'a str,
    /// The terms, in their order.
    pub(in crate::methods) covariates: Vec<Covariate<'a>>,
    labels: Vec<VariableLabel>,
    /// The rows of the table with the outcome and all terms.
    pub(in crate::methods) rows: Vec<u32>,
}

/// The rows with the outcome and all covariates.
pub(in crate::methods) fn complete_rows(
    outcome: &Binary,
    covariates: &[&Covariate],
    rows: usize,
) -> Vec<u32> {
    let known = |row: &u32| {
        let row = *row as usize;
        outcome.is_known(row) && covariates.iter().all(|covariate| covariate.codes[row] != ABSENT)
    };
    (0..rows as u32).filter(known).collect()
}

impl<'a> CompleteCases<'a> {
    /// Reads the outcome and the terms, each of which stands at a place of the plan.
    pub(in crate::methods) fn read(
        table: &'a CountTable,
        analysis: &Analysis,
        outcome_name: &'a str,
        event: Option<&str>,
        terms: &[(&str, Vec<Step>)],
    ) -> Result<Self, Problem> {
        let outcome = Binary::read(table.column(outcome_name)?, event, table.n(), analysis)?;
        let ReadTerms { covariates, labels } = read_terms(table, analysis, terms)?;
        let rows = complete_rows(&outcome, &covariates.iter().collect::<Vec<_>>(), table.rows());
        Ok(Self { table, outcome, outcome_name, covariates, labels, rows })
    }

    /// Some of the terms.
    pub(in crate::methods) fn some(&self, terms: &[String]) -> Vec<&Covariate<'a>> {
        let find = |term: &String| {
            let name = Term::of(term).name();
            self.covariates.iter().find(|known| known.name == name)
        };
        terms.iter().filter_map(find).collect()
    }

    /// Patients with the event and patients.
    pub(in crate::methods) fn count(&self) -> (u64, u64) {
        self.outcome.count(&self.rows)
    }

    /// Puts into the results what the outcome and the terms are and who lacks them.
    pub(in crate::methods) fn describe(&self, results: &mut Results) -> Result<(), Problem> {
        results.variables.push(self.table.column(self.outcome_name)?.label());
        results.variables.extend(self.labels.iter().cloned());
        let mut names = vec![self.outcome_name];
        let plain =
            self.covariates.iter().filter(|covariate| !matches!(covariate.scale, Scale::Interaction(_)));
        names.extend(plain.map(|covariate| covariate.name.as_str()));
        let (_, missing) = self.table.complete(&names)?;
        results.notices.extend(excluded(&missing));
        results.outcome = Some(self.outcome_name.into());
        let (_, analysed) = self.count();
        results.participants = Participants { eligible: self.table.total(), analysed, missing };
        Ok(())
    }

    /// All of them, as a group of the results.
    pub(in crate::methods) fn everybody(&self) -> Group {
        let (events, n) = self.count();
        Group { level: None, label: "All patients".into(), n, events: Some(events) }
    }
}
