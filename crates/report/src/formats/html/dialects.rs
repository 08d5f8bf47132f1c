//! What the conventions of other programs would change.

use super::block;
use crate::display::Display;
use crate::displays::dialect_table;
use maud::{Markup, html};
use study::{DialectComparison, StudyResults};

pub(super) fn section(study: &StudyResults, comparison: &DialectComparison, displays: &[Display]) -> Markup {
    let table = displays.iter().find(|display| display.id == dialect_table::ID);
    let without: Vec<&str> =
        comparison.without_difference.iter().map(|convention| convention.name()).collect();
    html! {
        section #dialects {
            h2 { "What other programs’ conventions would change" }
            p {
                "The study follows the conventions of " (study.dialect.name())
                @if !study.conventions.is_empty() { ", with single ones of other programs" }
                ". Each row exchanges one of them for what other programs do when not told otherwise."
            }
            @if comparison.differences.is_empty() { p { "No figure of this study depends on them." } }
            @else if let Some(table) = table { (block(table, None)) }
            @if !without.is_empty() {
                p { "Exchanged too, without changing a figure: " (without.join(", ")) "." }
            }
        }
    }
}
