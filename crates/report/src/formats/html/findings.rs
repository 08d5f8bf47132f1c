//! What the review found, gravest first.

use super::anchor;
use maud::{Markup, html};
use study::{Finding, Severity, StudyResults};

pub(super) fn section(study: &StudyResults) -> Markup {
    let mut findings: Vec<&Finding> = study.findings.iter().collect();
    findings.sort_by_key(|finding| std::cmp::Reverse(finding.severity));
    html! {
        section #review {
            h2 { "Review" }
            @if findings.is_empty() {
                p { "No rule of the review found anything to remark." }
            } @else {
                p { "What a statistical referee would say of these results." }
                ol.findings { @for finding in findings { (entry(study, finding)) } }
            }
        }
    }
}

fn entry(study: &StudyResults, finding: &Finding) -> Markup {
    let analysis = finding.analysis.as_deref();
    let title = analysis.map(|id| {
        study
            .analyses
            .iter()
            .find(|results| results.analysis == id)
            .map_or(id, |results| results.title.as_str())
    });
    html! {
        li {
            p {
                b class=(class(finding.severity)) { (word(finding.severity)) }
                @if let (Some(id), Some(title)) = (analysis, title) { " · " a href={ "#" (anchor(id)) } { (title) } }
                " · " code { (finding.rule) }
            }
            p { (finding.message) }
            @if !finding.advice.is_empty() { p.advice { (finding.advice) } }
        }
    }
}

fn word(severity: Severity) -> &'static str {
    match severity {
        Severity::Remark => "Remark",
        Severity::Caution => "Caution",
        Severity::Serious => "Serious",
    }
}

fn class(severity: Severity) -> &'static str {
    match severity {
        Severity::Remark => "severity remark",
        Severity::Caution => "severity caution",
        Severity::Serious => "severity serious",
    }
}
