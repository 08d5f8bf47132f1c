//! What the conventions of other programs would change.

use crate::displays::dialect_table;
use maud::{Markup, html};
use study::{DialectComparison, StudyResults};

pub(super) fn section(study: &StudyResults, comparison: &DialectComparison) -> Markup {
    let without: Vec<&str> =
        comparison.without_difference.iter().map(|convention| convention.name()).collect();
    html! {
        section #dialects {
            h2 { "What other programs’ conventions would change" }
            p {
                "The study follows the conventions of " (study.dialect.name())
                @if !study.conventions.is_empty() { ", with single ones of other programs" }
                ". One at a time is exchanged here for what other programs do when not told otherwise; a change is "
                "given in percent of the larger number."
            }
            @if comparison.differences.is_empty() { p { "No figure of this study depends on them." } }
            @for results in &study.analyses {
                @let own: Vec<_> =
                    comparison.differences.iter().filter(|found| found.analysis == results.analysis).collect();
                @if !own.is_empty() {
                    h3 { (results.title) }
                    ul {
                        @for found in own {
                            li { b { (found.question) } " " (dialect_table::sentence(results, found)) }
                        }
                    }
                }
            }
            @if !without.is_empty() {
                p { "Exchanged too, without changing a figure: " (without.join(", ").replace('_', " ")) "." }
            }
        }
    }
}
