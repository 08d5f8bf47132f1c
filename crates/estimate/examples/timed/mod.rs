//! One analysis of patients that were made in memory: counted as its method asks, then timed.

use estimate::methods::find;
use std::time::Instant;
use study::{Column, CountTable, Plan, Problem, Results, SourceText};

/// What came of it.
pub(crate) struct Timed {
    pub(crate) results: Results,
    /// From the counts to the results.
    pub(crate) seconds: f64,
}

/// Runs an analysis with these terms; its method and outcome are `analysis`. A row of the columns is a patient.
pub(crate) fn timed(analysis: &str, terms: &[String], columns: &[Column]) -> Result<Timed, Problem> {
    let terms: Vec<String> = terms.iter().map(|term| format!("\"{term}\"")).collect();
    let text = format!(
        "[study]\ntitle = \"T\"\n[population]\ntable = \"t\"\nid = \"i\"\n[endpoints.os]\ntime = \"t\"\n\
         event = \"d\"\ncompeting = \"o\"\nunit = \"days\"\n[[analyses]]\nid = \"a\"\n{analysis}\nterms = [{}]\n",
        terms.join(", ")
    );
    let plan = Plan::parse(SourceText::new("study.toml", text))?;
    let analysis = &plan.analyses[0];
    let method = find(analysis)?;
    let tables: Vec<CountTable> = (method.requests)(analysis, &plan)?
        .iter()
        .map(|request| {
            let wanted = request.columns.iter().map(|column| column.source.column());
            let chosen = wanted
                .filter_map(|name| columns.iter().find(|column| column.name == name))
                .cloned()
                .collect();
            CountTable::new(chosen, vec![1; columns[0].values.len()])
        })
        .collect::<Result<_, _>>()?;
    let start = Instant::now();
    let results = (method.estimate)(analysis, &plan, &tables)?;
    Ok(Timed { results, seconds: start.elapsed().as_secs_f64() })
}
