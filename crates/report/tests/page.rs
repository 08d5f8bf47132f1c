//! The page of a whole study.

mod sample;

use report::formats::{formats, html};
use report::{displays, displays_of};
use study::*;

/// The page, also left among the build's files for those who want to look at it.
fn page() -> String {
    let study = sample::study();
    let page = html::render(&study, &displays(&study));
    let path = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("report.html");
    std::fs::write(path, &page).expect("the build's folder can be written");
    page
}

/// What stands between two marks.
fn between<'a>(text: &'a str, from: &str, to: &str) -> &'a str {
    let start = text.find(from).unwrap_or_else(|| panic!("no {from}"));
    let end = text[start..].find(to).unwrap_or_else(|| panic!("no {to}")) + start;
    &text[start..end]
}

#[test]
fn the_page_loads_nothing() {
    let page = page();
    for forbidden in
        ["<script", "<link", "<img", "<iframe", "@import", "url(http", "src=", "javascript:", "srcset"]
    {
        assert!(!page.contains(forbidden), "{forbidden}");
    }
    // The one address is the name of SVG's namespace, which nobody fetches.
    let addresses =
        page.match_indices("http").filter(|(at, _)| !page[*at..].starts_with("http://www.w3.org/2000/svg"));
    assert_eq!(addresses.count(), 0);
}

#[test]
fn the_same_results_give_the_same_bytes() {
    assert_eq!(page(), page());
}

#[test]
fn every_link_has_its_target_and_every_id_is_unique() {
    let page = page();
    let ids: Vec<&str> = page.split(" id=\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
    let distinct: std::collections::BTreeSet<&str> = ids.iter().copied().collect();
    assert_eq!(ids.len(), distinct.len());
    let links: Vec<&str> = page.split("href=\"#").skip(1).filter_map(|rest| rest.split('"').next()).collect();
    assert!(links.len() > 12);
    for link in links {
        assert!(distinct.contains(link), "{link}");
    }
}

#[test]
fn every_part_of_the_study_is_on_the_page() {
    let (study, page) = (sample::study(), page());
    assert!(
        page.contains(study.warning.as_deref().unwrap()) && page.contains(study.summary.as_deref().unwrap())
    );
    for results in &study.analyses {
        assert!(page.contains(&format!("<h2>{}</h2>", results.title)), "{}", results.title);
    }
    for finding in &study.findings {
        assert!(page.contains(&finding.message) && page.contains(&finding.advice), "{}", finding.rule);
    }
    for input in &study.provenance.inputs {
        assert!(page.contains(&input.sha256));
    }
    for table in &study.provenance.tables {
        assert!(page.contains(&table.relation) && page.contains(&table.fingerprint));
    }
    assert!(page.contains("having count(*) &gt; 0 and 1 &lt; 2"));
    assert!(page.contains("14 values in µg/L read as ng/mL"));
    assert!(page.contains("with the conventions of SPSS"));
}

#[test]
fn printed_figures_that_are_not_reproduced_stand_apart() {
    let page = page();
    let replay = between(&page, "id=\"replay\"", "<details>");
    assert!(replay.contains(
        "<b>1</b> of 4 printed figures are reproduced to their last digit; 1 different; 1 impossible"
    ));
    assert!(replay.contains("154.139") && replay.contains("154.0858") && replay.contains("geometric middle"));
    assert!(!replay.contains("female"));
}

#[test]
fn grave_findings_come_first() {
    let page = page();
    let review = between(&page, "id=\"review\"", "</section>");
    let place = |word: &str| review.find(word).unwrap_or_else(|| panic!("no {word}"));
    assert!(place("Serious") < place("Caution") && place("Caution") < place("Remark"));
}

#[test]
fn a_sentence_of_the_methods_is_said_once() {
    let page = page();
    let methods = between(&page, "id=\"methods\"", "</section>");
    for sentence in ["compared with Pearson’s chi-squared test.", "compared with the log-rank test."] {
        assert_eq!(methods.matches(sentence).count(), 1, "{sentence}");
    }
}

#[test]
fn missing_values_are_told_by_variable() {
    let page = page();
    let missing = between(&page, "id=\"missing\"", "</section>");
    assert!(missing.contains("CEA before the operation (3 of 494, 0.6%)"), "{missing}");
    assert!(missing.contains("489 of 494 patients had every value that it needs."));
}

/// Replaces every text of the user's by one that would break out of its place.
fn hostile(study: &mut StudyResults) {
    let evil = || "</style><script>alert(1)</script>\"'&\u{0}".to_string();
    study.title = evil();
    study.summary = Some(evil());
    study.warning = Some(evil());
    study.flow.label = evil();
    study.flow.steps.iter_mut().for_each(|step| step.label = evil());
    for finding in &mut study.findings {
        (finding.message, finding.advice, finding.rule) = (evil(), evil(), evil());
    }
    for results in &mut study.analyses {
        results.title = evil();
        results.methods_text = vec![evil()];
        results.time_unit = Some(evil());
        results.options = serde_json::json!({ "where": evil() });
        results.notices.push(Notice::Other { message: evil() });
        results.groups.iter_mut().for_each(|group| group.label = evil());
        for variable in &mut results.variables {
            (variable.label, variable.unit) = (evil(), Some(evil()));
            variable.levels.iter_mut().for_each(|level| level.label = evil());
        }
    }
    let provenance = &mut study.provenance;
    (provenance.engine, provenance.farr_version) = (evil(), evil());
    provenance.cleaning.push(evil());
    provenance.inputs.iter_mut().for_each(|input| (input.path, input.sha256) = (evil(), evil()));
    for table in &mut provenance.tables {
        (table.table, table.relation, table.server, table.fingerprint) = (evil(), evil(), evil(), evil());
    }
    provenance.views.iter_mut().for_each(|view| (view.name, view.sql) = (evil(), evil()));
}

#[test]
fn no_text_of_the_user_becomes_markup() {
    let mut study = sample::study();
    hostile(&mut study);
    let all = displays(&study);
    let page = html::render(&study, &all);
    assert!(!page.contains("<script") && page.contains("&lt;script&gt;"));
    assert_eq!(page.matches("</style>").count(), 1);
    for display in &all {
        for format in formats() {
            let Some(text) = (format.render)(display) else { continue };
            assert!(matches!(format.extension, "csv" | "txt") || !text.contains("<script"), "{}", display.id);
        }
        if let Some(figure) = display.figure() {
            sample::xml::elements(&figure.svg);
        }
    }
}

#[test]
fn an_empty_study_makes_a_page() {
    let mut study = sample::study();
    study.flow = ParticipantFlow::default();
    study.analyses.clear();
    study.findings.clear();
    study.replay = None;
    (study.warning, study.summary, study.provenance) = (None, None, Provenance::default());
    let page = html::render(&study, &displays(&study));
    assert!(page.contains("No rule of the review found anything") && page.contains("No value is missing"));
    assert!(!page.contains("Participants"));
}

#[test]
fn one_display_makes_a_page_by_itself() {
    let displays = displays_of(&sample::survival::overall(), &sample::STYLE);
    let page = html::page_of(&displays[0]);
    assert!(
        page.starts_with("<!DOCTYPE html>") && page.contains("<svg") && !page.contains("id=\"provenance\"")
    );
}

#[test]
fn a_table_in_html() {
    let displays = displays(&sample::study());
    let cox = displays.iter().find(|display| display.id == "cox").expect("the Cox model");
    let page = html::page_of(cox);
    let fragment = between(&page, "<main", "</main>")
        .replace("<tr", "\n<tr")
        .replace("<th", "\n <th")
        .replace("<td", "\n <td");
    insta::assert_snapshot!("cox.html", fragment);
}
