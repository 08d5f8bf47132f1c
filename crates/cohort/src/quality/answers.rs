//! Answers to queries, from the sheet that the data manager has filled in.

use crate::sources::spreadsheet;
use calamine::{Data, DataType, Reader};
use std::collections::BTreeMap;
use std::path::Path;
use study::nearest::suggest;
use study::{Answer, Place, Problem, QueryVerdict};

/// Answers by the identity of their query.
pub type Answers = BTreeMap<String, Answer>;

/// A sheet larger than this is not one of ours.
const LARGEST: u64 = 64 << 20;

/// Reads the sheet `Queries` that `farr check --xlsx` wrote. Rows without an answer are passed over.
///
/// # Errors
/// No such sheet or column; an answer that is none of those offered; two answers to one query.
pub fn read(path: &Path) -> Result<Answers, Problem> {
    let place = || Place::Path(path.to_path_buf());
    let refuse = |message: String| {
        Problem::input(message).at(place()).help("give the file that `farr check --xlsx` wrote, filled in")
    };
    let size =
        std::fs::metadata(path).map_err(|error| refuse(format!("cannot read the file: {error}")))?.len();
    if size > LARGEST {
        return Err(refuse("the file is too large for a sheet of answers".into()));
    }
    let mut book = spreadsheet::open(path).map_err(|problem| refuse(problem.message))?;
    let range =
        book.worksheet_range("Queries").map_err(|_| refuse("the file has no sheet `Queries`".into()))?;
    let mut rows = range.rows();
    let header: Vec<String> = rows.next().unwrap_or_default().iter().map(text).collect();
    let column = |name: &str| {
        header.iter().position(|known| known == name).ok_or_else(|| {
            refuse(format!("the sheet has no column `{name}`"))
                .help(suggest(name, header.iter().map(String::as_str)))
        })
    };
    let (id, verdict, comment, by) =
        (column("id")?, column("answer")?, column("comment")?, column("answered by")?);
    let mut answers = Answers::new();
    let mut problems = Vec::new();
    for (index, row) in rows.enumerate() {
        let cell = |column: usize| row.get(column).map(text).unwrap_or_default();
        let written = cell(verdict);
        if written.is_empty() {
            continue;
        }
        let at = Place::Cell {
            table: "Queries".into(),
            row: Some(index as u64 + 1),
            column: Some("answer".into()),
        };
        let Some(verdict) = QueryVerdict::ALL.into_iter().find(|one| one.name() == written.to_lowercase())
        else {
            let known = QueryVerdict::ALL.map(QueryVerdict::name);
            problems.push(
                Problem::input("what is written here is no answer")
                    .at(at)
                    .help(format!("write one of {}", known.join(", "))),
            );
            continue;
        };
        let answer = Answer { verdict, comment: cell(comment), by: cell(by) };
        if answers.insert(cell(id), answer.clone()).is_some_and(|earlier| earlier.verdict != answer.verdict) {
            problems.push(Problem::input(format!("the query {} has two answers", cell(id))).at(at));
        }
    }
    Problem::collect(problems)?;
    Ok(answers)
}

fn text(cell: &Data) -> String {
    cell.as_string().unwrap_or_default().trim().to_string()
}
