//! The page of conventions: what each program does where programs differ, made from the code that follows it.

use study::{Convention, Dialect};

/// One convention with each dialect's answer.
#[derive(Debug, Clone)]
pub struct ConventionRow {
    /// The convention.
    pub convention: Convention,
    /// The question that it answers.
    pub question: &'static str,
    /// Each dialect's answer, in the order of [`Dialect::ALL`].
    pub choices: [String; 5],
    /// Where that is written, for SPSS, SAS, Stata and R.
    pub sources: [&'static str; 4],
}

/// Every convention: those of computing, then those of printing.
pub fn rows() -> Vec<ConventionRow> {
    let computed = estimate::conventions().into_iter().map(|entry| ConventionRow {
        convention: entry.convention,
        question: entry.question,
        choices: Dialect::ALL.map(entry.choice),
        sources: entry.sources,
    });
    let printed = report::conventions().into_iter().map(|entry| ConventionRow {
        convention: entry.convention,
        question: entry.question,
        choices: Dialect::ALL.map(entry.choice),
        sources: entry.sources,
    });
    computed.chain(printed).collect()
}

const HEAD: &str = "\
# Conventions

Generated from the code (`cargo xtask golden`): do not edit by hand.

`[study] dialect` says whose conventions a study follows; `[study.conventions]` exchanges single ones by their name, for
example `cox_ties = \"r\"`. An option that an analysis states itself holds whatever the dialect.
`farr run --explain-dialects` says what each other choice would change in a study, and by how much.

Beneath each program stands where its default is documented: the procedure and option, or the function.
";

/// The page as Markdown.
pub fn page() -> String {
    let mut page = HEAD.to_string();
    for row in rows() {
        page.push_str(&format!("\n## {}\n\n`{}`\n\n", row.question, row.convention.name()));
        page.push_str("| program | does | documented in |\n|---|---|---|\n");
        for (index, (dialect, choice)) in Dialect::ALL.iter().zip(&row.choices).enumerate() {
            let source = if index == 0 { "this program" } else { row.sources[index - 1] };
            page.push_str(&format!("| {} | {choice} | {source} |\n", dialect.name()));
        }
    }
    page
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::PathBuf;

    #[test]
    fn every_convention_has_one_row() {
        let mut all: Vec<Convention> = rows().iter().map(|row| row.convention).collect();
        all.sort();
        assert_eq!(all, Convention::ALL);
    }

    #[test]
    fn the_page_is_the_golden_one() {
        let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../docs/conventions.md");
        if std::env::var_os("FARR_UPDATE_GOLDEN").is_some() {
            std::fs::write(&path, page()).unwrap();
        }
        let kept = std::fs::read_to_string(&path).unwrap_or_default();
        assert!(kept == page(), "docs/conventions.md differs: review the change, then `cargo xtask golden`");
    }
}
