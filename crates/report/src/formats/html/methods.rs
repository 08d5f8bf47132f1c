//! The methods paragraph, assembled from what each analysis says it did, and what is missing.

use super::part;
use crate::display::Display;
use crate::displays::is_imputation;
use crate::style::{self, Style};
use crate::wording;
use maud::{Markup, html};
use std::collections::BTreeMap;
use study::{Dialect, StudyResults};

pub(super) fn section(study: &StudyResults, style: &Style) -> Markup {
    html! {
        section #methods {
            h2 { "Methods" }
            p { (paragraph(study, style)) }
        }
    }
}

/// Each sentence once, in the order in which it is first said; then what holds for all.
fn paragraph(study: &StudyResults, style: &Style) -> String {
    let mut sentences: Vec<String> = Vec::new();
    let said = study.analyses.iter().flat_map(|results| &results.methods_text).map(|text| text.trim());
    for sentence in said.filter(|text| !text.is_empty()) {
        let stop = if sentence.ends_with(['.', '?', '!']) { "" } else { "." };
        let sentence = format!("{sentence}{stop}");
        if !sentences.contains(&sentence) {
            sentences.push(sentence);
        }
    }
    sentences.push(format!(
        "Confidence intervals are two-sided at the {}% level; P values are two-sided and, unless stated, not adjusted \
         for the number of tests.",
        style.confidence_percent()
    ));
    let conventions = match study.dialect {
        Dialect::Farr => String::new(),
        other => format!(", with the conventions of {} where programs differ", other.name()),
    };
    let provenance = &study.provenance;
    sentences.push(format!(
        "Analyses were made with farr {} ({}){conventions}.",
        provenance.farr_version, provenance.engine
    ));
    sentences.join(" ")
}

pub(super) fn missing(study: &StudyResults, displays: &[Display]) -> Markup {
    let mut variables: BTreeMap<String, Vec<(u64, u64)>> = BTreeMap::new();
    for results in &study.analyses {
        for count in results.participants.missing.iter().filter(|count| count.n > 0) {
            let label = wording::heading(results, &count.variable);
            let entry = variables.entry(label).or_default();
            let pair = (count.n, results.participants.eligible);
            if !entry.contains(&pair) {
                entry.push(pair);
            }
        }
    }
    html! {
        section #missing {
            h2 { "Missing data" }
            @if variables.is_empty() {
                p { "No value is missing in the variables of any analysis." }
            } @else {
                p { "Patients without a value, of those in the analysis: " (list(&variables)) "." }
            }
            (excluded(study))
            @for display in displays.iter().filter(|display| is_imputation(display)) { (part(display, None)) }
        }
    }
}

fn list(variables: &BTreeMap<String, Vec<(u64, u64)>>) -> String {
    let words = variables.iter().map(|(label, counts)| {
        let counts = counts.iter().map(|(n, of)| {
            let share = (*of > 0).then(|| *n as f64 / *of as f64);
            let percent = share.map_or(String::new(), |share| format!(", {}%", style::percent(share)));
            format!("{} of {}{percent}", style::count(*n), style::count(*of))
        });
        format!("{label} ({})", counts.collect::<Vec<_>>().join("; "))
    });
    words.collect::<Vec<_>>().join("; ")
}

/// Analyses that left patients out, each with its numbers.
fn excluded(study: &StudyResults) -> Markup {
    let short =
        study.analyses.iter().filter(|results| results.participants.analysed < results.participants.eligible);
    html! {
        ul {
            @for results in short {
                li {
                    (results.title) ": " (style::count(results.participants.analysed)) " of "
                    (style::count(results.participants.eligible)) " patients had every value that it needs."
                }
            }
        }
    }
}
