//! Everything that is wrong with a study's data, views and variables, in one pass.

use crate::cleaning::{Cleaning, ColumnReport};
use crate::cohort::Cohort;
use crate::eligibility::integer;
use crate::quality::answers::Answers;
use crate::quality::impact::Uses;
use crate::quality::{ask, asked_of, finish, not_told, tables};
use crate::sql_text::in_expression;
use crate::study_folder::{Study, new_engine};
use crate::views::needs;
use engine::{Engine, quoted};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use study::nearest::suggest;
use study::{Analysis, CountRequest, DataQueries, ParticipantFlow, Plan, Problem, ViewText};

/// What a check found.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct CheckReport {
    /// Everything that is wrong; a run would refuse what it needs of it.
    pub problems: Vec<Problem>,
    /// The columns of every table of the registry.
    pub columns: Vec<ColumnReport>,
    /// What is changed on reading.
    pub cleaning: Vec<Cleaning>,
    /// The views that could be run, in their order.
    pub views: Vec<ViewText>,
    /// Who would be studied, where that could be found out.
    pub flow: Option<ParticipantFlow>,
    /// Every file that was read, beside the plan; sorted.
    pub inputs: Vec<PathBuf>,
    /// What is asked about single rows.
    pub queries: DataQueries,
}

/// What a check is told beside the study.
pub struct CheckOptions<'a> {
    /// Answers to earlier queries.
    pub answers: &'a Answers,
    /// Is told each step.
    pub progress: &'a dyn Fn(&str),
}

/// Reads every table, plans every view, counts the requests of every analysis given, and asks what the rules of the
/// registry ask.
///
/// Unlike a run it goes on after a problem, and leaves out only what rests on the part that is wrong.
pub fn check(
    study_dir: &Path,
    plan: &Plan,
    requests: &[(&Analysis, Vec<CountRequest>)],
    options: &CheckOptions<'_>,
) -> CheckReport {
    let mut report = CheckReport::default();
    if let Err(problem) = fill(study_dir, plan, requests, options, &mut report) {
        report.problems.extend(single(problem));
    }
    report
}

pub(crate) fn single(mut problem: Problem) -> Vec<Problem> {
    let also = std::mem::take(&mut problem.also);
    std::iter::once(problem).chain(also).collect()
}

fn fill(
    study_dir: &Path,
    plan: &Plan,
    requests: &[(&Analysis, Vec<CountRequest>)],
    options: &CheckOptions<'_>,
    report: &mut CheckReport,
) -> Result<(), Problem> {
    let engine = new_engine()?;
    let mut study = Study::find_numbered(study_dir, plan)?;
    let unread = study.load_all(engine.as_ref(), options.progress, report);
    let broken: BTreeSet<String> = unread.iter().map(|(table, _)| table.clone()).collect();
    let unread: Vec<Problem> = unread.into_iter().flat_map(|(_, problem)| single(problem)).collect();
    let id = plan.population.id.as_deref();
    stand_in(&mut study, engine.as_ref(), &broken, options.progress);
    let known = tables(&study, engine.as_ref(), id);
    let mut questions = ask(&study, engine.as_ref(), &known, &unread, options.answers, options.progress)?;
    report.problems.extend(unread);
    report.problems.extend(orphans(&study, engine.as_ref()));
    report.problems.extend(crate::follow_up::check(&study, engine.as_ref(), id));
    // A view that is wrong is told of below; then nothing is said of what columns decide.
    if let Ok(uses) = Uses::find(&study, engine.as_ref(), plan, requests, &known) {
        for rule in &mut questions.rules {
            rule.impact = Some(uses.of(&rule.table, &rule.columns));
        }
    }
    let outcome = count_all(engine, study, broken, plan, requests, report);
    let patients: BTreeSet<String> =
        questions.asked.iter().filter_map(|asked| asked.patient.clone()).collect();
    let studied = outcome.as_ref().ok().and_then(|cohort| cohort.as_ref()?.studied(&patients));
    let (queries, problems) = finish(questions, studied.as_ref());
    report.queries = queries;
    let problems = not_told(problems, &report.problems);
    report.problems.extend(problems);
    outcome.map(drop)
}

/// Runs the views that stand for a table that built-in rules are about. One that is wrong is left out here, and told with
/// all others.
fn stand_in(study: &mut Study, engine: &dyn Engine, broken: &BTreeSet<String>, progress: &dyn Fn(&str)) {
    let tables: BTreeSet<String> = study.registry.tables.keys().cloned().collect();
    for name in asked_of() {
        if tables.contains(name) || !study.views.contains_key(name) {
            continue;
        }
        let Ok(needs) = needs([name], &study.views, &tables, engine) else { continue };
        if needs.tables.iter().any(|table| broken.contains(table)) {
            continue;
        }
        for view in &needs.views {
            progress(&format!("Running {view}"));
            if !engine.tables().contains(view) && study.materialise(view, engine).is_err() {
                break;
            }
        }
    }
}

/// Runs the views and counts every request, leaving out what rests on tables that are broken.
fn count_all(
    engine: Box<dyn Engine>,
    mut study: Study,
    mut broken: BTreeSet<String>,
    plan: &Plan,
    requests: &[(&Analysis, Vec<CountRequest>)],
    report: &mut CheckReport,
) -> Result<Option<Cohort>, Problem> {
    let wanted = study.needs(plan, engine.as_ref());
    let mut uses: BTreeMap<String, Vec<String>> = BTreeMap::new();
    // A circle or a wrong SELECT is told once, and the views it stops are left out.
    let tables: BTreeSet<String> = study.registry.tables.keys().cloned().collect();
    let mut order: Vec<String> = Vec::new();
    let mut told: Vec<Problem> = Vec::new();
    for view in study.views.keys().filter(|view| !study.clinical.contains(*view)) {
        match needs([view.as_str()], &study.views, &tables, engine.as_ref()) {
            Ok(needs) => {
                order
                    .extend(needs.views.into_iter().filter(|view| !order.contains(view)).collect::<Vec<_>>());
                uses.extend(needs.uses);
            }
            Err(problem) => {
                let new =
                    single(problem).into_iter().filter(|problem| !told.iter().any(|one| same(one, problem)));
                told.extend(new.collect::<Vec<_>>());
                broken.insert(view.clone());
            }
        }
    }
    // Clinical views that only the plan's expressions use.
    if let Ok(wanted) = &wanted {
        order.extend(wanted.views.iter().filter(|view| !order.contains(view)).cloned().collect::<Vec<_>>());
        uses.extend(wanted.uses.clone());
    }
    report.problems.append(&mut told);
    let needed: Vec<String> = wanted.as_ref().map(|needs| needs.views.clone()).unwrap_or_default();
    for view in order {
        let stopped = uses.get(&view).is_some_and(|uses| uses.iter().any(|name| broken.contains(name)));
        if stopped || broken.contains(&view) {
            broken.insert(view);
            continue;
        }
        if engine.tables().contains(&view) {
            continue;
        }
        let outcome = match needed.contains(&view) {
            true => study.materialise(&view, engine.as_ref()),
            // A view that the plan does not use is planned only.
            false => study.completed(&view, &[], engine.as_ref()).and_then(|source| {
                engine
                    .columns(&source.text)
                    .and_then(|_| engine.add_view(&view, &source.text))
                    .map_err(|fault| study.fault(fault, &source, engine.as_ref()))
            }),
        };
        if let Err(problem) = outcome {
            report.problems.extend(single(problem));
            broken.insert(view);
        }
    }
    report.views = study.run.clone();
    report.inputs = study.inputs.iter().cloned().collect();
    let wanted = match wanted {
        Ok(wanted) => wanted,
        // Told above, where it is about a view.
        Err(problem) if report.problems.iter().any(|one| same(one, &problem)) => return Ok(None),
        Err(problem) => return Err(problem),
    };
    if wanted.views.iter().chain(&wanted.tables).any(|name| broken.contains(name)) {
        return Ok(None);
    }
    let cohort = Cohort::with(engine, plan, study)?;
    report.flow = Some(cohort.flow().clone());
    for (analysis, requests) in requests {
        if let Err(problem) = cohort.count(analysis, requests) {
            let new: Vec<Problem> = single(problem)
                .into_iter()
                .filter(|problem| !report.problems.iter().any(|one| same(one, problem)))
                .collect();
            report.problems.extend(new);
        }
    }
    Ok(Some(cohort))
}

/// Whether two problems are one: a circle of views is found anew from each view in it.
fn same(a: &Problem, b: &Problem) -> bool {
    let circle = |problem: &Problem| -> Option<BTreeSet<String>> {
        let (_, names) = problem.message.split_once("in a circle: ")?;
        Some(names.split(" → ").map(str::to_string).collect())
    };
    match (circle(a), circle(b)) {
        (Some(a), Some(b)) => a == b,
        _ => a.message == b.message && a.place == b.place,
    }
}

/// Values of foreign keys that stand in no row of the table they refer to.
fn orphans(study: &Study, engine: &dyn Engine) -> Vec<Problem> {
    let mut problems = Vec::new();
    let dictionary = &study.registry.dictionary;
    for (table, entry) in &dictionary.tables {
        for (column, column_entry) in &entry.columns {
            let Some((other, key)) = column_entry.referenced() else { continue };
            let place = dictionary.column_place(table, column, Some("references"));
            let Some(report) = study.reports.get(other) else {
                if !study.registry.tables.contains_key(other) {
                    let known = study.registry.tables.keys().map(String::as_str);
                    problems.push(
                        Problem::input(format!("the registry has no table `{other}`"))
                            .at(place)
                            .help(suggest(other, known)),
                    );
                }
                continue;
            };
            let names = report.columns.iter().map(|column| column.column.as_str());
            if !names.clone().any(|name| name == key) {
                problems.push(
                    Problem::input(format!("the table `{other}` has no column `{key}`"))
                        .at(place)
                        .help(suggest(key, names)),
                );
                continue;
            }
            if !study.reports.contains_key(table) {
                continue;
            }
            let sql = format!(
                "select count(*), count(distinct a.{0}) from {2} b right anti join {1} a on a.{0} = b.{3} \
                 where a.{0} is not null",
                quoted(column),
                quoted(table),
                quoted(other),
                quoted(key)
            );
            let found = match engine.query(&sql) {
                Ok(batches) => batches,
                Err(fault) => {
                    problems.push(in_expression(fault, place));
                    continue;
                }
            };
            let count = |column: usize| -> i64 {
                found.iter().filter(|batch| batch.num_rows() > 0).map(|batch| integer(batch, column, 0)).sum()
            };
            let (rows, values) = (count(0), count(1));
            if rows > 0 {
                // The values name patients: whoever may see them finds them among the queries.
                problems.push(
                    Problem::input(format!(
                        "{rows} {} a value that no row of `{other}` has ({values} different)",
                        if rows == 1 { "row has" } else { "rows have" },
                    ))
                    .at_cell(table, None, Some(column))
                    .help(format!("the dictionary says that it refers to {other}.{key}")),
                );
            }
        }
    }
    problems
}
