//! The style sheet, with the colours of the figures for light and dark screens.

use crate::drawing::palette;
use std::fmt::Write;

/// The whole sheet.
pub(super) fn sheet() -> String {
    let mut sheet = String::new();
    let light = (palette::INK, palette::PAPER, palette::PALE, palette::SHADE);
    let dark = (palette::DARK_INK, palette::DARK_PAPER, palette::DARK_PALE, palette::DARK_SHADE);
    let _ = writeln!(
        sheet,
        ":root{{color-scheme:light dark;{}--muted:#5c5a55;--accent:#005a9c;--serious:#a3141c;--caution:#8a5300;\
         --notice:#fff4d6}}",
        colours(light, |series| series.light)
    );
    // Paper is white whatever the screen was.
    let _ = writeln!(
        sheet,
        "@media screen and (prefers-color-scheme:dark){{:root{{{}--muted:#a9a59c;--accent:#8cc4f2;--serious:#ff8f8f;\
         --caution:#f0b860;--notice:#3a2f17}}}}",
        colours(dark, |series| series.dark)
    );
    for index in 1..=palette::SERIES.len() {
        let _ = writeln!(
            sheet,
            "svg path.series-{index}[fill=none]{{stroke:var(--series-{index})}}\
             svg path.series-{index}:not([fill=none]),svg .series-{index}-text{{fill:var(--series-{index})}}"
        );
    }
    sheet.push_str(include_str!("page.css"));
    sheet
}

fn colours(
    (ink, paper, pale, shade): (&str, &str, &str, &str),
    series: impl Fn(&palette::Series) -> &'static str,
) -> String {
    let mut text = format!("--ink:{ink};--paper:{paper};--pale:{pale};--shade:{shade};");
    for (index, entry) in palette::SERIES.iter().enumerate() {
        let _ = write!(text, "--series-{}:{};", index + 1, series(entry));
    }
    text
}
