//! Problems as people read them: what, where with the line itself, what to do.

use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};
use std::io::IsTerminal;
use study::{Place, Problem};

/// Most problems that are shown in full; the rest are counted.
const SHOWN: usize = 100;

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
    for problem in problem.all().take(SHOWN) {
        text.push_str(&one(problem, &renderer, naming));
        text.push_str("\n\n");
    }
    let total = problem.all().count();
    if total > SHOWN {
        text.push_str(&format!("… and {} more problems\n", total - SHOWN));
    }
    text
}

fn one(problem: &Problem, renderer: &Renderer, naming: Naming) -> String {
    let title = match (&problem.place, problem.message.as_str()) {
        (Some(place @ (Place::Cell { .. } | Place::Path(_))), message) => format!("{place}: {message}"),
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
    fn a_cell_is_named_by_table_row_and_column() {
        let problem = Problem::input("“abc” is not a number").at_cell("labs", Some(7), Some("value"));
        insta::assert_snapshot!(render(&problem, false, Naming::Hidden), @"error: table labs, row 7, column value: “abc” is not a number");
    }
}
