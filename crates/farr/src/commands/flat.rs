//! What the commands on a flat file share: their common options, and how their results are shown.

use super::{Manner, json, print};
use crate::spinner::Spinner;
use clap::Args;
use report::{Content, formats};
use run::flat::{FlatQuestion, answer};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use study::{Place, Problem};
use toml::{Table, Value};

/// Options of every command on a flat file.
#[derive(Debug, Args)]
pub(crate) struct Flat {
    /// A data file with one row a patient: .csv, .tsv, .xlsx, .sav, .dta, .parquet; FILE.xlsx#SHEET names a sheet
    pub(crate) data: PathBuf,
    /// Only the patients who fulfil this SQL condition, for example "age >= 65"
    #[arg(long = "where", value_name = "SQL")]
    filter: Option<String>,
    /// Columns whose numbers are codes of levels, separated by commas
    #[arg(long, value_name = "COLUMNS", value_delimiter = ',')]
    categories: Vec<String>,
    /// Whose conventions to follow: farr, spss, sas, stata or r
    #[arg(long, value_name = "NAME")]
    dialect: Option<String>,
    /// Confidence level of the intervals
    #[arg(long, value_name = "LEVEL")]
    confidence_level: Option<f64>,
    /// Write to a file instead: .html, .json, .csv or .svg
    #[arg(long, short)]
    output: Option<PathBuf>,
}

/// The time-to-event options.
#[derive(Debug, Args)]
pub(crate) struct TimeToEvent {
    /// Column with the length of follow-up
    #[arg(long)]
    time: String,
    /// Column that is true or 1 where the event happened, or an SQL condition such as "status = 2"
    #[arg(long)]
    event: String,
    /// Unit of the time: days, weeks, months or years
    #[arg(long, default_value = "months")]
    unit: String,
    /// Time at which follow-up starts anew, in the unit: only those still at risk then are analysed, and times count from it
    #[arg(long)]
    landmark: Option<f64>,
}

impl TimeToEvent {
    /// Asks the question of it.
    pub(crate) fn ask(&self, question: &mut FlatQuestion) {
        question.endpoint = Some(self.endpoint());
        question.options.insert("endpoint".into(), Value::String("time_to_event".into()));
        if let Some(landmark) = self.landmark {
            question.options.insert("landmark".into(), Value::Float(landmark));
        }
    }

    /// The endpoint of the plan.
    fn endpoint(&self) -> Table {
        let text = |value: &str| Value::String(value.into());
        Table::from_iter([
            ("label".to_string(), text(&format!("Without event ({})", self.event))),
            ("time".to_string(), text(&self.time)),
            ("event".to_string(), text(&self.event)),
            ("unit".to_string(), text(&self.unit)),
        ])
    }
}

impl Flat {
    /// The question of a method without options yet.
    pub(crate) fn question(&self, method: &'static str, id: &'static str) -> FlatQuestion {
        FlatQuestion {
            data: self.data.clone(),
            method,
            id,
            endpoint: None,
            options: Table::new(),
            all_columns: None,
            categories: self.categories.clone(),
            dialect: self.dialect.clone(),
            confidence_level: self.confidence_level,
            filter: self.filter.clone(),
        }
    }

    /// Answers the question and shows the answer.
    pub(crate) fn show(&self, question: &FlatQuestion, manner: Manner) -> Result<ExitCode, Problem> {
        let spinner = Spinner::new(manner.quiet);
        let run = answer(question, &spinner)?;
        spinner.finish();
        let Some(path) = &self.output else {
            if manner.json {
                print(&json(&run.results.analyses)?)?;
                return Ok(ExitCode::SUCCESS);
            }
            let width = terminal_width();
            for results in &run.results.analyses {
                if let Some(curve) = formats::text::survival_curve(results, width) {
                    print(&format!("{curve}\n"))?;
                }
            }
            for display in &run.displays {
                if let (Content::Table(table), Some(_)) = (&display.content, &display.analysis) {
                    print(&format!("{}\n", formats::text::render(table, width)))?;
                }
            }
            for finding in &run.results.findings {
                print(&format!("[{}] {}\n", finding.rule, finding.message))?;
            }
            return Ok(ExitCode::SUCCESS);
        };
        let extension = path.extension().map(|extension| extension.to_string_lossy().to_lowercase());
        let of_analysis = run.displays.iter().filter(|display| display.analysis.is_some());
        let text = match extension.as_deref() {
            Some("html") => formats::html::render(&run.results, &run.displays),
            Some("json") => json(&run.results)?,
            Some("csv") => {
                let tables = of_analysis.filter_map(|display| match &display.content {
                    Content::Table(table) => Some(formats::csv::render(table)),
                    Content::Figure(_) => None,
                });
                // One byte-order mark stands at the beginning of the file, none before further tables.
                let tables = tables.enumerate().map(|(index, table)| match index {
                    0 => table,
                    _ => table.trim_start_matches('\u{feff}').to_string(),
                });
                tables.collect::<Vec<_>>().join("\n")
            }
            Some("svg") => {
                let mut figures = of_analysis.filter_map(|display| match &display.content {
                    Content::Figure(figure) => Some(figure.svg.clone()),
                    Content::Table(_) => None,
                });
                figures.next().ok_or_else(|| {
                    Problem::input("this analysis has no figure").help("write a table to .html or .csv")
                })?
            }
            _ => {
                return Err(Problem::input("this kind of file cannot be written")
                    .at(Place::Path(path.clone()))
                    .help("end the name in .html, .json, .csv or .svg"));
            }
        };
        write_whole(path, text.as_bytes())?;
        Ok(ExitCode::SUCCESS)
    }
}

/// Writes a file whole or not at all.
pub(crate) fn write_whole(path: &Path, bytes: &[u8]) -> Result<(), Problem> {
    use std::io::Write;
    let folder = run::study_folder::parent(path);
    let unwritable = |error: &std::io::Error| {
        Problem::output(format!("cannot write the file: {error}")).at(Place::Path(path.to_path_buf()))
    };
    let mut file = tempfile::NamedTempFile::new_in(folder).map_err(|error| unwritable(&error))?;
    file.write_all(bytes).map_err(|error| unwritable(&error))?;
    file.persist(path).map_err(|error| unwritable(&error.error))?;
    Ok(())
}

pub(crate) fn terminal_width() -> usize {
    let columns = std::env::var("COLUMNS").ok().and_then(|columns| columns.parse().ok());
    let measured = terminal_size::terminal_size().map(|(width, _)| usize::from(width.0));
    columns.or(measured).unwrap_or(100).clamp(40, 160)
}

/// Splits `a,b,a:b,rcs(c,4)` at the commas outside parentheses; blanks around terms do not count.
pub(crate) fn terms(list: &[String]) -> Vec<String> {
    let mut terms = vec![String::new()];
    let mut depth = 0;
    for letter in list.join(",").chars() {
        match letter {
            ',' if depth == 0 => terms.push(String::new()),
            _ => {
                depth += i32::from(letter == '(') - i32::from(letter == ')');
                terms.iter_mut().last().into_iter().for_each(|term| term.push(letter));
            }
        }
    }
    terms.iter().map(|term| term.trim().to_string()).filter(|term| !term.is_empty()).collect()
}

/// Names as a value of the plan.
pub(crate) fn values(names: Vec<String>) -> Value {
    Value::Array(names.into_iter().map(Value::String).collect())
}

/// Splits `a,b,c`; blanks around names do not count.
pub(crate) fn names(list: &[String]) -> Value {
    let names = list.iter().flat_map(|part| part.split(','));
    Value::Array(names.map(str::trim).filter(|n| !n.is_empty()).map(|n| Value::String(n.into())).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn terms_are_split_outside_parentheses() {
        let split = |list: &[&str]| terms(&list.iter().map(|part| part.to_string()).collect::<Vec<_>>());
        assert_eq!(
            split(&["a, b ,a:b,rcs(c,4)", "rcs(d, 1, 2, 3)"]),
            ["a", "b", "a:b", "rcs(c,4)", "rcs(d, 1, 2, 3)"]
        );
        assert_eq!(split(&["rcs(a", "4)", ""]), ["rcs(a,4)"]);
    }
}
