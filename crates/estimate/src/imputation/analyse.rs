//! An analysis of imputed data: its method on every completed data set, then pooling.

use super::selection::{Selection, asked};
use super::{Completed, Pooling, congenial, in_parallel, knots, pool, sentences};
use crate::method::{Entry, keep_p_above_0};
use study::{
    Analysis, CountRequest, CountTable, Imputed, ImputedVariable, Notice, Plan, Problem, Quantity, Results,
};

/// The pooled results of an analysis with `missing = "impute"`. `tables` are its own counts, with missing values.
pub fn analyse(
    entry: &Entry,
    analysis: &Analysis,
    plan: &Plan,
    requests: &[CountRequest],
    tables: &[CountTable],
    completed: &Completed,
    threads: usize,
) -> Result<Results, Problem> {
    let original = (entry.estimate)(analysis, plan, tables)?;
    let requested: Vec<Vec<String>> = requests
        .iter()
        .map(|request| request.columns.iter().map(|column| column.source.column()).collect())
        .collect();
    let chains = completed
        .run
        .chains
        .iter()
        .filter(|chain| requested.iter().flatten().any(|name| *name == chain.variable.name));
    let variables: Vec<ImputedVariable> = chains
        .map(|chain| ImputedVariable {
            variable: chain.variable.name.clone(),
            n: chain.n,
            method: chain.method,
        })
        .collect();
    if variables.is_empty() {
        let mut results = original;
        results.methods_text.push("No value that could be imputed was missing.".into());
        return Ok(results);
    }
    let observed = knots::observed(&original, tables, &variables);
    let analysis = Analysis { observed, ..analysis.clone() };
    let sets = Sets { entry, plan, requested, completed, threads };
    let mut pooled = match asked(&original) {
        None => sets.pool(&analysis, &original)?,
        Some(selection) => sets.select(&analysis, &selection, &original)?,
    };
    count_missing(&mut pooled, completed);
    note_unknown_groups(&mut pooled, &variables);
    pooled.notices.extend(congenial::notices(&original, &variables));
    pooled.methods_text = original.methods_text.clone();
    pooled.methods_text.extend(sentences::methods(plan, completed, &variables, &pooled));
    keep_p_above_0(&mut pooled);
    if !analysis.observed.is_empty() {
        pooled.methods_text.push(knots::SENTENCE.into());
    }
    let about = |notice: &Notice| variables.iter().any(|one| concerns(notice, &one.variable));
    for notice in completed.run.notices.iter().filter(|notice| about(notice)) {
        if !pooled.notices.contains(notice) {
            pooled.notices.push(notice.clone());
        }
    }
    pooled.imputed = Some(Imputed { sets: completed.tables.len() as u32, variables });
    Ok(pooled)
}

/// How many of all patients lack a variable: where the groups are imputed too, the analysis of the patients as they were
/// counts only those whose group is known.
fn count_missing(results: &mut Results, completed: &Completed) {
    let lacking = |name: &str| {
        if let Some(chain) = completed.run.chains.iter().find(|chain| chain.variable.name == name) {
            return Some((chain.n, chain.of));
        }
        // What was not imputed is missing alike in every data set.
        let table = completed.tables.first()?;
        let column = table.column(name).ok()?;
        let rows = (0..table.rows()).filter(|row| column.is_missing(*row));
        Some((rows.map(|row| table.n()[row]).sum(), table.total()))
    };
    for missing in &mut results.participants.missing {
        missing.n = lacking(&missing.variable).map_or(missing.n, |(n, _)| n);
    }
    let all =
        results.estimates.iter_mut().filter(|row| row.quantity == Quantity::Missing && row.group.is_none());
    for row in all {
        if let Some((n, of)) = row.term.as_deref().and_then(lacking) {
            (row.n, row.of) = (Some(n), Some(of));
            row.value = Some(n as f64 / of as f64);
        }
    }
}

/// Where the groups are imputed too, missing values are counted of the patients whose group is known, whereas all other
/// figures are of all patients.
fn note_unknown_groups(results: &mut Results, imputed: &[ImputedVariable]) {
    let by = results.by.as_ref().and_then(|by| imputed.iter().find(|one| one.variable == *by));
    let counted =
        results.estimates.iter().any(|row| row.quantity == Quantity::Missing && row.group.is_some());
    if let (Some(by), true) = (by, counted) {
        let message = format!(
            "Missing values of each group are of the patients whose {} is known; it was imputed for {} others.",
            results.label(&by.variable),
            by.n
        );
        results.notices.push(Notice::Other { message });
    }
}

/// Whether a caveat of the imputation is about a variable.
fn concerns(notice: &Notice, name: &str) -> bool {
    match notice {
        Notice::MostlyMissing { variable, .. }
        | Notice::ChainsNotMixed { variable, .. }
        | Notice::ImputationAugmented { variable, .. }
        | Notice::ImputedTogether { variable, .. }
        | Notice::ImputationCollinear { variable, .. } => variable == name,
        Notice::Other { message } => message.split_once(':').is_some_and(|(variable, _)| variable == name),
        _ => false,
    }
}

/// The completed data sets, as a method wants them.
struct Sets<'a> {
    entry: &'a Entry,
    plan: &'a Plan,
    /// The columns of each table.
    requested: Vec<Vec<String>>,
    completed: &'a Completed,
    threads: usize,
}

impl Sets<'_> {
    /// The method on every data set.
    fn run(&self, analysis: &Analysis) -> Result<Vec<Results>, Problem> {
        let (entry, plan, requested) = (self.entry, self.plan, &self.requested);
        let one = |table: &CountTable| -> Result<Results, Problem> {
            let tables = requested.iter().map(|names| {
                let names: Vec<&str> = names.iter().map(String::as_str).collect();
                table.marginal(&names)
            });
            (entry.estimate)(analysis, plan, &tables.collect::<Result<Vec<_>, _>>()?)
        };
        in_parallel(&self.completed.tables, self.threads, one).into_iter().collect()
    }

    /// The results of all completed tables as one.
    fn pool(&self, analysis: &Analysis, original: &Results) -> Result<Results, Problem> {
        Ok(pool(&self.run(analysis)?, original, Pooling::of(self.plan)))
    }

    /// With terms chosen by their pooled univariable P values.
    fn select(
        &self,
        analysis: &Analysis,
        selection: &Selection,
        original: &Results,
    ) -> Result<Results, Problem> {
        let alone = self.pool(&selection.alone(analysis)?, original)?;
        let (mut pooled, any) = match selection.entered(analysis, &alone)? {
            Some(entered) => (self.pool(&entered, original)?, true),
            None => (alone, false),
        };
        selection.note(&mut pooled, any);
        Ok(pooled)
    }
}
