//! The page of a whole study.

mod sample;

use report::formats::html;
use report::displays;

/// The page, also left among the build's files for those who want to look at it.
fn page() -> String {
    let study = sample::study();
    let page = html::render(&study, &displays(&study));
    let path = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("report.html");
    std::fs::write(path, &page).expect("the build's folder can be written");
    page
}

#[test]
fn the_page_loads_nothing() {
    let page = page();
    for forbidden in ["<script", "<link", "<img", "<iframe", "@import", "url(http", "src=", "javascript:"] {
        assert!(!page.contains(forbidden), "{forbidden}");
    }
    // The one address is the name of SVG's namespace, which nobody fetches.
    let addresses = page.match_indices("http").filter(|(at, _)| !page[*at..].starts_with("http://www.w3.org/2000/svg"));
    assert_eq!(addresses.count(), 0);
}
