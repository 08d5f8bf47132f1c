//! A table as comma-separated values (RFC 4180): the cells as printed, footnotes beneath.
//!
//! Raw numbers are in results.json; this file is for those who paste a table into a manuscript. It begins with a
//! byte-order mark, because without one spreadsheet programs read “–” and “≥” as gibberish.
//!
//! A label that begins as a formula would is preceded by an apostrophe, so that no spreadsheet runs what came from a
//! registry. Our own figures never begin so: their minus is U+2212.

use crate::table::Table;
use std::fmt::Write;

/// The file.
pub fn render(table: &Table) -> String {
    let mut out = String::from("\u{feff}");
    for row in &table.header {
        let mut cells: Vec<String> = Vec::new();
        for cell in row {
            let text = match &cell.detail {
                Some(detail) => format!("{}, {detail}", cell.text),
                None => cell.text.clone(),
            };
            cells.push(text);
            cells.extend(std::iter::repeat_n(String::new(), cell.span.saturating_sub(1)));
        }
        line(&mut out, &cells);
    }
    for row in &table.rows {
        let indent = match row.kind {
            crate::table::RowKind::Level | crate::table::RowKind::Missing => "  ",
            _ => "",
        };
        let cells: Vec<String> = row
            .cells
            .iter()
            .enumerate()
            .map(|(index, cell)| {
                let markers = table.markers(cell);
                let text = if index == 0 { format!("{indent}{}", cell.text) } else { cell.text.clone() };
                if markers.is_empty() { text } else { format!("{text} [{markers}]") }
            })
            .collect();
        line(&mut out, &cells);
    }
    for text in table.caption.iter() {
        line(&mut out, std::slice::from_ref(text));
    }
    for note in &table.footnotes {
        let marker = note.marker.as_ref().map_or(String::new(), |marker| format!("[{marker}] "));
        line(&mut out, &[format!("{marker}{}", note.text)]);
    }
    out
}

fn line(out: &mut String, cells: &[String]) {
    for (index, cell) in cells.iter().enumerate() {
        if index > 0 {
            out.push(',');
        }
        let cell = harmless(cell);
        if cell.contains([',', '"', '\n', '\r']) || cell.starts_with(' ') {
            let _ = write!(out, "\"{}\"", cell.replace('"', "\"\""));
        } else {
            out.push_str(&cell);
        }
    }
    out.push_str("\r\n");
}

fn harmless(cell: &str) -> String {
    let first = cell.trim_start_matches([' ', '\u{a0}']).chars().next();
    match first {
        Some('=' | '+' | '-' | '@' | '\t' | '\r' | '\n' | '＝' | '＋' | '－' | '＠') => {
            format!("'{cell}")
        }
        _ => cell.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::table::{HeaderCell, RowKind};

    #[test]
    fn quotes_commas_and_formulas() {
        let mut table = Table::with_columns(1);
        table.header = vec![vec![HeaderCell::new(""), HeaderCell::new("a \"b\", c").detail("N = 3")]];
        table.push(RowKind::Heading, ["=HYPERLINK(\"x\")".into()]);
        table.push(RowKind::Level, ["-1".into(), "−0.5 (−1.0 to 0.2)".into()]);
        table.push(RowKind::Single, ["@sum".into(), "line\nbreak".into()]);
        let expected = "\u{feff},\"a \"\"b\"\", c, N = 3\"\r\n\"'=HYPERLINK(\"\"x\"\")\",\r\n\
                        '  -1,−0.5 (−1.0 to 0.2)\r\n'@sum,\"line\nbreak\"\r\n";
        assert_eq!(render(&table), expected);
    }
}
