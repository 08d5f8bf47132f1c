//! The courses of many patients, from the tables of the registry model.

use crate::cohort::Cohort;
use crate::follow_up::Followed;
use crate::sql_text::{enclosed, in_expression, literal, texts};
use crate::study_folder::{Study, new_engine};
use crate::timeline::{Model, Zero, assess, best_responses};
use engine::quoted;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use study::calendar::read_iso;
use study::{Plan, Problem, SwimmerBar, SwimmerTreatment, Swimmers};

/// More bars cannot be told from each other.
const MOST: usize = 400;

/// Whose courses are asked for.
#[derive(Debug, Clone)]
pub struct SwimmerRequest {
    /// The whole registry, or the analysis set.
    pub followed: Followed,
    /// SQL condition over the analysis set, or over the table of patients.
    pub condition: Option<String>,
    /// At most so many, drawn at random where there are more.
    pub at_most: Option<usize>,
    /// The day that is counted from.
    pub zero: Zero,
    /// Whether the bars have the names of patients.
    pub named: bool,
}

/// Bars, the longest first. Those drawn depend on the seed of the plan and the patients' names alone.
///
/// # Errors
/// Whatever is wrong with the tables; a condition that is none, or that nobody fulfils; more patients than can be drawn.
pub fn swimmers(
    folder: &Path,
    plan: &Plan,
    request: &SwimmerRequest,
    progress: &dyn Fn(&str),
) -> Result<Swimmers, Problem> {
    let id = plan.population.id.as_deref();
    let (engine, mut study, restricted) = match request.followed {
        Followed::Registry => (new_engine()?, Study::find(folder, plan)?, None),
        Followed::AnalysisSet => {
            let cohort = Cohort::open(folder, plan, progress)?;
            let from = cohort.patients.restricted(request.condition.as_deref());
            let id = id.ok_or_else(|| {
                Problem::input("the population has no `id`, so that no patient can be told from another")
                    .at(plan.place(&["population".into()]))
                    .help("name the column with `id` in [population]")
            })?;
            (cohort.engine, cohort.study, Some(format!("select cast({} as text) from {from}", quoted(id))))
        }
    };
    let mut model = Model::open(&mut study, engine.as_ref(), id, progress)?;
    progress("Finding the patients");
    let asked = match restricted {
        Some(sql) => names(&model, &sql)?,
        None => names(&model, &of_registry(&model, request.condition.as_deref())?)?,
    };
    if asked.is_empty() {
        return Err(Problem::input("nobody is asked for").help("no patient fulfils the condition of --where"));
    }
    let zero = known_zero(&model, request.zero);
    let mut chosen = with_zero(&model, zero, &asked)?;
    let without_zero = asked.len() - chosen.len();
    if chosen.is_empty() {
        let message = format!("the day of {} is not known of any of these patients", zero.words());
        return Err(Problem::input(message).help("count from another event with --zero"));
    }
    let seed = draw(&mut chosen, request.at_most, plan.study.seed)?;
    let events = Events::read(&model, zero, &chosen)?;
    let remark = assess(&mut model, &mut study, id, &chosen, progress);
    let mut best = best_responses(&model, &chosen)?;
    let bar = |patient: String| {
        let bar = events.bar(&patient)?;
        let best_response = best.remove(&patient);
        Some((patient, SwimmerBar { best_response, ..bar }))
    };
    let mut bars: Vec<(String, SwimmerBar)> = chosen.into_iter().filter_map(bar).collect();
    bars.sort_by(|a, b| (b.1.until, b.1.from, &a.0).cmp(&(a.1.until, a.1.from, &b.0)));
    let bars = bars
        .into_iter()
        .map(|(patient, bar)| SwimmerBar { patient: request.named.then_some(patient), ..bar });
    Ok(Swimmers {
        zero: zero.words().into(),
        bars: bars.collect(),
        asked: asked.len() as u64,
        without_zero: without_zero as u64,
        seed,
        remarks: remark.into_iter().collect(),
    })
}

/// The event that is counted from where none is said.
fn known_zero(model: &Model<'_>, zero: Zero) -> Zero {
    match zero {
        Zero::Default if model.has("operations", &["operation_date"]) => Zero::Operation,
        Zero::Default if model.has("treatments", &["start_date"]) => Zero::Treatment,
        Zero::Default => Zero::Diagnosis,
        chosen => chosen,
    }
}

/// Where the day of an event stands.
fn place_of(zero: Zero) -> Option<(&'static str, &'static str)> {
    match zero {
        Zero::Operation | Zero::Default => Some(("operations", "operation_date")),
        Zero::Treatment => Some(("treatments", "start_date")),
        Zero::Diagnosis => Some(("patients", "primary_diagnosis_date")),
        Zero::Metastasis => Some(("patients", "liver_metastasis_date")),
        Zero::Day(_) => None,
    }
}

/// Those of whom the day is known that is counted from.
fn with_zero(model: &Model<'_>, zero: Zero, asked: &[String]) -> Result<Vec<String>, Problem> {
    let Some((table, column)) = place_of(zero) else { return Ok(asked.to_vec()) };
    let Some(patient) = model.patient(table).filter(|_| model.has(table, &[column])) else {
        return Ok(Vec::new());
    };
    let sql =
        format!("select distinct {patient} from {} where {} is not null", quoted(table), quoted(column));
    let known: BTreeSet<String> = names(model, &sql)?.into_iter().collect();
    Ok(asked.iter().filter(|patient| known.contains(*patient)).cloned().collect())
}

/// Leaves at most so many; gives the seed where some were left out.
fn draw(patients: &mut Vec<String>, at_most: Option<usize>, seed: u64) -> Result<Option<u64>, Problem> {
    let wanted = at_most.unwrap_or(patients.len()).min(patients.len());
    if wanted > MOST {
        return Err(Problem::input(format!("{wanted} bars cannot be told from each other"))
            .help(format!("draw at most {MOST} of them with --patients, or choose with --where")));
    }
    if wanted == patients.len() {
        return Ok(None);
    }
    patients.sort_by_key(|patient| (scattered(patient, seed), patient.clone()));
    patients.truncate(wanted);
    Ok(Some(seed))
}

/// A number without any order of its own: FNV-1a of the name, stirred by the finalizer of SplitMix64.
fn scattered(name: &str, seed: u64) -> u64 {
    let hash = name.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
    });
    let mut z = hash.wrapping_add(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15));
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// The patients of a registry: those of its table of patients, else of whatever names them.
fn of_registry(model: &Model<'_>, condition: Option<&str>) -> Result<String, Problem> {
    let table =
        ["patients", "operations", "treatments", "follow_up"].into_iter().find(|name| model.has(name, &[]));
    let table = table.filter(|table| condition.is_none() || *table == "patients");
    let Some(table) = table else {
        return Err(Problem::input("the registry has no table `patients` that a condition could be about")
            .help("leave out --where"));
    };
    let patient = model.patient(table).unwrap_or_default();
    let condition = condition.map_or(String::new(), |condition| format!(" where {}", enclosed(condition)));
    Ok(format!("select distinct {patient} from {}{condition}", quoted(table)))
}

fn names(model: &Model<'_>, sql: &str) -> Result<Vec<String>, Problem> {
    let rows = texts(model.engine, &format!("select p from ({sql}) as t(p) where p is not null order by p"));
    let rows = rows.map_err(|fault| in_expression(fault, None))?;
    Ok(rows.into_iter().filter_map(|row| row.into_iter().next().flatten()).collect())
}

/// What happened to some patients, by day.
struct Events {
    zero: Zero,
    operations: BTreeMap<String, Vec<i32>>,
    cycles: BTreeMap<String, Vec<(Option<i64>, i32)>>,
    diagnoses: BTreeMap<String, i32>,
    contacts: BTreeMap<String, Contacts>,
}

/// What the table of visits says of a patient.
#[derive(Debug, Default)]
struct Contacts {
    last: Option<i32>,
    death: Option<i32>,
    /// Days of visits that report recurrence.
    recurrences: Vec<i32>,
}

impl Events {
    fn read(model: &Model<'_>, zero: Zero, patients: &[String]) -> Result<Self, Problem> {
        let rows = |table, must: &[&str], may: &[&str]| rows(model, table, must, may, patients);
        let mut operations: BTreeMap<String, Vec<i32>> = BTreeMap::new();
        for row in rows("operations", &["operation_date"], &[])? {
            operations.entry(row.patient).or_default().push(row.day);
        }
        let mut cycles: BTreeMap<String, Vec<(Option<i64>, i32)>> = BTreeMap::new();
        for row in rows("treatments", &["start_date"], &["line"])? {
            let line = row.texts[0].as_deref().and_then(|line| line.parse().ok());
            cycles.entry(row.patient).or_default().push((line, row.day));
        }
        let mut contacts: BTreeMap<String, Contacts> = BTreeMap::new();
        for row in rows("follow_up", &["visit_date"], &["status", "recurrence"])? {
            let contact = contacts.entry(row.patient).or_default();
            contact.last = Some(row.day);
            if row.texts[0].as_deref() == Some("dead") {
                contact.death = contact.death.or(Some(row.day));
            }
            if row.texts[1].as_deref() == Some("yes") {
                contact.recurrences.push(row.day);
            }
        }
        let column = place_of(zero).filter(|(table, _)| *table == "patients").map(|(_, column)| column);
        let diagnoses = column.map_or(Ok(Vec::new()), |column| rows("patients", &[column], &[]))?;
        let diagnoses = diagnoses.into_iter().map(|row| (row.patient, row.day)).collect();
        Ok(Self { zero, operations, cycles, diagnoses, contacts })
    }

    /// The bar of a patient; none where the zero is not known.
    fn bar(&self, patient: &str) -> Option<SwimmerBar> {
        let operations = self.operations.get(patient).map(Vec::as_slice).unwrap_or_default();
        let cycles = self.cycles.get(patient).map(Vec::as_slice).unwrap_or_default();
        let first_cycle = cycles.iter().map(|(_, day)| *day).min();
        let zero = match self.zero {
            Zero::Day(day) => day,
            Zero::Treatment => first_cycle?,
            Zero::Diagnosis | Zero::Metastasis => self.diagnoses.get(patient).copied()?,
            Zero::Operation | Zero::Default => *operations.iter().min()?,
        };
        let mut treatments: Vec<SwimmerTreatment> = Vec::new();
        for (line, day) in cycles {
            let day = day - zero;
            match treatments.iter_mut().find(|one| one.line == *line) {
                Some(one) => {
                    one.from = one.from.min(day);
                    one.until = one.until.max(day);
                }
                None => treatments.push(SwimmerTreatment { line: *line, from: day, until: day }),
            }
        }
        let nothing = Contacts::default();
        let contacts = self.contacts.get(patient).unwrap_or(&nothing);
        let known = contacts.death.or(contacts.last).into_iter();
        let events = operations.iter().copied().chain(cycles.iter().map(|(_, day)| *day));
        let died = contacts.death.is_some();
        let last = if died { contacts.death } else { known.chain(events).max() };
        let operation = operations.iter().min();
        let recurrence =
            contacts.recurrences.iter().find(|day| operation.is_none_or(|operation| *day > operation));
        Some(SwimmerBar {
            patient: None,
            from: first_cycle.map_or(0, |first| (first - zero).min(0)),
            until: (last.unwrap_or(zero) - zero).max(0),
            treatments,
            operations: operations.iter().map(|day| day - zero).collect(),
            recurrence: recurrence.map(|day| day - zero),
            died,
            best_response: None,
        })
    }
}

/// A row of a table: whose, when, and texts.
struct Row {
    patient: String,
    day: i32,
    texts: Vec<Option<String>>,
}

/// The rows of some patients in the order of patients and days; none where the table or a column that it must have is not
/// there.
fn rows(
    model: &Model<'_>,
    table: &str,
    must: &[&str],
    may: &[&str],
    patients: &[String],
) -> Result<Vec<Row>, Problem> {
    let Some(patient) = model.patient(table).filter(|_| model.has(table, must)) else {
        return Ok(Vec::new());
    };
    let columns = must.iter().chain(may);
    let cells: Vec<String> = columns
        .enumerate()
        .map(|(n, column)| format!("{} as \"farr:{n}\"", model.cell(table, column)))
        .collect();
    let list: Vec<String> = patients.iter().map(|patient| literal(patient)).collect();
    let sql = format!(
        "select {patient}, {} from {} where {patient} in ({}) order by 1, 2",
        cells.join(", "),
        quoted(table),
        list.join(", ")
    );
    let rows = texts(model.engine, &sql).map_err(|fault| Problem::internal(fault.message))?;
    let row = |mut cells: Vec<Option<String>>| {
        let texts = cells.split_off(2);
        let day = cells.pop().flatten()?;
        let day = read_iso(&day).ok_or_else(|| {
            Problem::input("a day is needed here, and this column holds something else")
                .at_cell(table, None, must.first().copied())
                .help("give the column `type = \"date\"` in registry.toml")
        });
        let patient = cells.pop().flatten()?;
        Some(day.map(|day| Row { patient, day, texts }))
    };
    rows.into_iter().filter_map(row).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(n: usize) -> Vec<String> {
        (0..n).map(|n| format!("P{n:04}")).collect()
    }

    #[test]
    fn a_draw_depends_on_seed_and_names_alone() {
        let drawn = |seed, reversed: bool| {
            let mut all = names(100);
            if reversed {
                all.reverse();
            }
            assert_eq!(draw(&mut all, Some(10), seed).unwrap(), Some(seed));
            all
        };
        assert_eq!(drawn(494, false), drawn(494, true));
        assert_ne!(drawn(494, false), drawn(495, false));
        let mut few = names(5);
        assert_eq!(draw(&mut few, Some(10), 1).unwrap(), None);
        assert_eq!(few.len(), 5);
    }

    #[test]
    fn too_many_bars_are_refused() {
        assert!(draw(&mut names(500), None, 1).unwrap_err().message.contains("500 bars"));
        assert!(draw(&mut names(500), Some(400), 1).is_ok());
    }

    #[test]
    fn a_bar_runs_from_the_first_cycle_to_the_last_contact() {
        let events = Events {
            zero: Zero::Operation,
            operations: BTreeMap::from([("a".into(), vec![100, 900])]),
            cycles: BTreeMap::from([("a".into(), vec![(Some(1), 10), (Some(1), 40), (Some(2), 130)])]),
            diagnoses: BTreeMap::new(),
            contacts: BTreeMap::from([(
                "a".into(),
                Contacts { last: Some(1200), death: None, recurrences: vec![90, 700] },
            )]),
        };
        let bar = events.bar("a").unwrap();
        assert_eq!((bar.from, bar.until, bar.recurrence, bar.died), (-90, 1100, Some(600), false));
        assert_eq!(bar.operations, [0, 800]);
        let lines: Vec<_> = bar.treatments.iter().map(|one| (one.line, one.from, one.until)).collect();
        assert_eq!(lines, [(Some(1), -90, -60), (Some(2), 30, 30)]);
        assert_eq!(events.bar("b"), None);
    }
}
