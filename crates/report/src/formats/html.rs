//! The report as one page: no script, no network, no font but those that the reader has.
//!
//! The order is that of a paper read by its referee: what was asked, who was studied, what was found, what is wrong
//! with it, how it was done, where it comes from.

mod dialects;
mod findings;
mod methods;
mod provenance;
mod replay;
mod sheet;
mod table;

use crate::display::{Content, Display};
use crate::displays::{dialect_table, is_imputation, replay_table};
use crate::drawing::identifier;
use crate::style::{self, Rounding, Style, rounded};
use maud::{DOCTYPE, Markup, PreEscaped, html};
use study::{Convention, Purpose, Results, Severity, StudyResults};

/// The page of a study.
pub fn render(study: &StudyResults, displays: &[Display]) -> String {
    rounded(Rounding::of(study.convention(Convention::Rounding)), || whole(study, displays))
}

fn whole(study: &StudyResults, displays: &[Display]) -> String {
    let style = Style::of(study);
    let flow: Vec<&Display> = displays
        .iter()
        .filter(|display| {
            let own_section = [replay_table::ID, dialect_table::ID].contains(&display.id.as_str());
            display.analysis.is_none() && !own_section && !is_imputation(display)
        })
        .collect();
    let body = html! {
        header.top {
            h1 { (study.title) }
            @if let Some(warning) = &study.warning {
                p.warning role="note" { strong { "Warning. " } (warning) }
            }
            @if let Some(summary) = &study.summary { p.summary { (summary) } }
            (glance(study))
        }
        (contents(study, !flow.is_empty()))
        main {
            @if !flow.is_empty() {
                section #participants {
                    h2 { "Participants" }
                    @for display in &flow { (part(display, None)) }
                }
            }
            @for results in &study.analyses { (analysis(study, results, displays)) }
            @if let Some(replay) = &study.replay { (replay::section(replay, displays)) }
            @if let Some(comparison) = &study.dialects { (dialects::section(study, comparison)) }
            (findings::section(study))
            (methods::section(study, &style))
            (methods::missing(study, displays))
            (provenance::section(study))
        }
        footer { p { "farr " (study.provenance.farr_version) @if let Some(warning) = &study.warning { " · " (warning) } } }
    };
    page(&study.title, &body)
}

/// A page of one display alone.
pub fn page_of(display: &Display) -> String {
    page(&display.heading(), &html! { main.alone { (block(display, None)) } })
}

fn page(title: &str, body: &Markup) -> String {
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                title { (title) }
                style { (PreEscaped(sheet::sheet())) }
            }
            body { (body) }
        }
    };
    page.into_string()
}

/// The study in one line of figures.
fn glance(study: &StudyResults) -> Markup {
    let serious = study.findings.iter().filter(|finding| finding.severity == Severity::Serious).count();
    html! {
        p.glance {
            @if study.flow.assessed > 0 {
                span { b { (style::count(study.flow.included)) } " patients included" }
            }
            span { b { (study.analyses.len()) } @if study.analyses.len() == 1 { " analysis" } @else { " analyses" } }
            span {
                a href="#review" {
                    b { (study.findings.len()) } @if study.findings.len() == 1 { " finding" } @else { " findings" }
                    " of the review"
                    @if serious > 0 { ", " (serious) " serious" }
                }
            }
        }
    }
}

fn contents(study: &StudyResults, flow: bool) -> Markup {
    html! {
        nav aria-label="Contents" {
            ol {
                @if flow { li { a href="#participants" { "Participants" } } }
                @for results in &study.analyses {
                    li { a href={ "#" (anchor(&results.analysis)) } { (results.title) } }
                }
                @if study.replay.is_some() { li { a href="#replay" { "The printed figures computed anew" } } }
                @if study.dialects.is_some() { li { a href="#dialects" { "What other programs’ conventions would change" } } }
                li { a href="#review" { "Review" } }
                li { a href="#methods" { "Methods" } }
                li { a href="#missing" { "Missing data" } }
                li { a href="#provenance" { "Provenance" } }
            }
        }
    }
}

fn analysis(study: &StudyResults, results: &Results, displays: &[Display]) -> Markup {
    let own: Vec<&Display> =
        displays.iter().filter(|display| display.analysis.as_deref() == Some(&results.analysis)).collect();
    let findings = study.findings.iter().filter(|f| f.analysis.as_deref() == Some(&results.analysis)).count();
    html! {
        section id=(anchor(&results.analysis)) {
            h2 { (results.title) }
            p.purpose {
                (purpose(results.purpose))
                @if results.participants.eligible > 0 {
                    " · " (style::count(results.participants.analysed)) " of "
                    (style::count(results.participants.eligible)) " patients"
                }
                @if findings > 0 {
                    " · " a href="#review" {
                        (findings) @if findings == 1 { " finding of the review" } @else { " findings of the review" }
                    }
                }
            }
            @if own.is_empty() { p { "There is nothing to show for the method " code { (results.method) } "." } }
            @for display in own { (part(display, Some(&results.title))) }
        }
    }
}

/// A display; a table that repeats a figure is folded away beneath it.
fn part(display: &Display, above: Option<&str>) -> Markup {
    if display.number.is_empty() && display.analysis.is_none() && display.table().is_some() {
        return html! { details { summary { (display.title) } (block(display, above)) } };
    }
    block(display, above)
}

fn block(display: &Display, above: Option<&str>) -> Markup {
    match &display.content {
        Content::Table(content) => table::render(display, content, above),
        Content::Figure(figure) => html! {
            figure id=(display_anchor(&display.id)) {
                div.scroll.wide[figure.width > 700.0] tabindex="0" role="group" aria-label=(display.heading()) {
                    (PreEscaped(&figure.svg))
                }
                figcaption { (numbered(display, above)) " " (figure.caption) }
            }
        },
    }
}

/// `Table 1.` in bold, then the title, unless it is the heading just above.
fn numbered(display: &Display, above: Option<&str>) -> Markup {
    let said = above == Some(display.title.as_str());
    // A title that brings its own number keeps it where the rest need not be repeated.
    let own = display.title.split_once(". ").map(|(number, _)| number).filter(|_| said);
    let number = if display.number.is_empty() { own } else { Some(display.number.as_str()) };
    html! {
        @if let Some(number) = number { b.number { (number) "." } " " }
        @if !said || number.is_none() {
            span.title { (display.title) }
            @if !display.title.ends_with(['.', '?', '!']) { "." }
        }
    }
}

fn purpose(purpose: Purpose) -> &'static str {
    match purpose {
        Purpose::Primary => "Primary analysis",
        Purpose::Secondary => "Secondary analysis",
        Purpose::Sensitivity => "Sensitivity analysis",
        Purpose::Exploratory => "Exploratory analysis",
    }
}

/// The id of an analysis' section, which links name; the prefix keeps clear of the page's own sections.
fn anchor(analysis: &str) -> String {
    format!("analysis-{}", identifier(analysis))
}

/// The id of a display.
fn display_anchor(display: &str) -> String {
    format!("display-{}", identifier(display))
}
