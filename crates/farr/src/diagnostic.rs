//! Problems as people read them: what, where with the line itself, what to do.

use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};
use std::collections::BTreeMap;
use std::io::IsTerminal;
use study::{Place, Problem};

/// Most problems that are shown in full; the rest are counted.
const SHOWN: usize = 100;

/// How many rows are named of those in which the same is wrong.
const ROWS: usize = 5;

/// Whether standard error is a terminal that wants colours.
pub(crate) fn colours() -> bool {
    std::io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none()
}

/// Whether patients are named.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Naming {
    /// Only that they can be.
    Hidden,
    /// As was asked for.
    Named,
}

/// The text of a problem and of all that came with it.
pub(crate) fn render(problem: &Problem, colours: bool, naming: Naming) -> String {
    let renderer = if colours { Renderer::styled() } else { Renderer::plain() };
    let mut text = String::new();
    let problems = together(problem);
    for problem in problems.iter().take(SHOWN) {
        text.push_str(&one(problem, &renderer, naming));
        text.push_str("\n\n");
    }
    if problems.len() > SHOWN {
        text.push_str(&format!("… and {} more problems\n", problems.len() - SHOWN));
    }
    text
}

/// The problems, where what is wrong in many rows of a column in the same words is told once, with the first rows.
fn together(problem: &Problem) -> Vec<Problem> {
    let mut found: Vec<Problem> = Vec::new();
    let mut groups: BTreeMap<(&str, &str, &str), (usize, Vec<u64>)> = BTreeMap::new();
    for one in problem.all() {
        if let Some(Place::Cell { table, row: Some(row), column: Some(column) }) = &one.place
            && one.patients.is_empty()
        {
            let group = groups.entry((table, column, &one.message)).or_insert((found.len(), Vec::new()));
            group.1.push(*row);
            if group.1.len() > 1 {
                continue;
            }
        }
        found.push(Problem { also: Vec::new(), ..one.clone() });
    }
    for ((table, column, message), (position, rows)) in
        groups.into_iter().filter(|(_, group)| group.1.len() > 1)
    {
        let named: Vec<String> = rows.iter().take(ROWS).map(u64::to_string).collect();
        let more = rows.len() - named.len();
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        found[position].message = format!("{message} (rows {}{more})", named.join(", "));
        found[position].place =
            Some(Place::Cell { table: table.into(), row: None, column: Some(column.into()) });
    }
    found
}

fn one(problem: &Problem, renderer: &Renderer, naming: Naming) -> String {
    let title = match (&problem.place, problem.message.as_str()) {
        (Some(place @ (Place::Cell { .. } | Place::Line { .. } | Place::Path(_))), message) => {
            format!("{place}: {message}")
        }
        (_, message) => message.to_string(),
    };
    let mut group = Group::with_title(Level::ERROR.primary_title(title.as_str()));
    let path;
    if let Some(Place::Text { path: file, line, column, text, length }) = &problem.place {
        path = file.display().to_string();
        let start = text.char_indices().nth(column - 1).map_or(text.len(), |(at, _)| at);
        let end = text[start..].char_indices().nth(*length).map_or(text.len(), |(at, _)| start + at);
        let snippet = Snippet::source(text.as_str()).path(path.as_str()).line_start(*line);
        group = group.element(snippet.annotation(AnnotationKind::Primary.span(start..end)));
    }
    if let Some(help) = &problem.help {
        group = group.element(Level::HELP.message(help.as_str()));
    }
    let patients = match naming {
        _ if problem.patients.is_empty() => None,
        Naming::Named => Some(format!("patients: {}", problem.patients.join(", "))),
        Naming::Hidden => Some("--identify names the first of these patients".into()),
    };
    if let Some(patients) = &patients {
        group = group.element(Level::NOTE.message(patients.as_str()));
    }
    renderer.render(&[group])
}

#[cfg(test)]
mod tests {
    use super::*;
    use study::{Plan, SourceText};

    #[test]
    fn a_problem_shows_place_line_and_help() {
        let plan = "[study]\ntitel = \"T\"\n[population]\ntable = \"t\"\n";
        let problem = Plan::parse(SourceText::new("study.toml", plan)).unwrap_err();
        insta::assert_snapshot!(render(&problem, false, Naming::Hidden), @r#"
        error: unknown key `titel`
         --> study.toml:2:1
          |
        2 | titel = "T"
          | ^^^^^
          |
          = help: did you mean `title`?
        "#);
    }

    #[test]
    fn what_is_wrong_in_many_rows_is_told_once() {
        let cell =
            |row: u64, message: &str| Problem::input(message).at_cell("labs", Some(row), Some("value"));
        let mut problem = cell(2, "`NA` is not a number").help("mend it");
        problem.push(cell(3, "`x` is not a number"));
        (4..20).for_each(|row| problem.push(cell(row, "`NA` is not a number")));
        insta::assert_snapshot!(render(&problem, false, Naming::Hidden), @r"
        error: table labs, column value: `NA` is not a number (rows 2, 4, 5, 6, 7 and 12 more)
         |
         = help: mend it

        error: table labs, row 3, column value: `x` is not a number
        ");
    }

    #[test]
    fn a_cell_is_named_by_table_row_and_column() {
        let problem = Problem::input("“abc” is not a number").at_cell("labs", Some(7), Some("value"));
        insta::assert_snapshot!(render(&problem, false, Naming::Hidden), @"error: table labs, row 7, column value: “abc” is not a number");
    }
}
