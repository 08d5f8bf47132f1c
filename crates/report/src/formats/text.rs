//! A table for the terminal: aligned columns between three rules, no wider than asked where words can be broken.

mod curve;

pub use curve::survival_curve;

use crate::table::{Align, HeaderCell, Row, RowKind, Table};
use crate::wrapping::wrapped;

/// Blanks between columns.
const GAP: usize = 2;
/// How far the second line of a name hangs in.
const HANG: usize = 4;
/// The first column is made no narrower than its longest word, unless that is longer than this.
const LONGEST_WORD: usize = 24;

/// The table in lines of at most `width` columns; wider only where figures leave no room.
pub fn render(table: &Table, width: usize) -> String {
    let grid = body(table);
    let widths = widths(table, &grid, width);
    let whole = widths.iter().sum::<usize>() + GAP * widths.len().saturating_sub(1);
    let rule = format!("{}\n", "─".repeat(whole));
    let mut out = rule.clone();
    for (index, row) in table.header.iter().enumerate() {
        out.push_str(&header(table, row, &widths));
        // Beneath a heading over several columns, a rule as long as they are wide.
        if index + 1 < table.header.len() {
            out.push_str(&spanner_rules(row, &widths));
        }
    }
    out.push_str(&rule);
    for cells in &grid {
        out.push_str(&lines(cells, &table.columns, &widths));
    }
    out.push_str(&rule);
    let marked =
        table.footnotes.iter().filter_map(|note| Some(format!("[{}] {}", note.marker.as_ref()?, note.text)));
    let remarks = Some(table.remarks()).filter(|text| !text.is_empty());
    for note in table.caption.iter().cloned().chain(marked).chain(remarks) {
        for line in wrap(&note, width.max(20)) {
            out.push_str(&line);
            out.push('\n');
        }
    }
    out
}

/// How many terminal columns a text takes.
pub(crate) fn columns(text: &str) -> usize {
    text.chars().map(letter).sum()
}

fn letter(c: char) -> usize {
    match c {
        c if c.is_control() => 0,
        '\u{300}'..='\u{36f}' | '\u{200b}'..='\u{200f}' => 0,
        '\u{1100}'..='\u{115f}' | '\u{2e80}'..='\u{a4cf}' | '\u{ac00}'..='\u{d7a3}' => 2,
        '\u{f900}'..='\u{faff}' | '\u{fe30}'..='\u{fe4f}' | '\u{ff00}'..='\u{ff60}' => 2,
        '\u{1f300}'..='\u{1faff}' | '\u{20000}'..='\u{3fffd}' => 2,
        _ => 1,
    }
}

/// Control characters would move the cursor: a label must not.
fn printable(text: &str) -> String {
    text.chars()
        .map(|c| if matches!(c, '\t' | '\n' | '\r') { ' ' } else { c })
        .filter(|c| !c.is_control())
        .collect()
}

/// The body's texts, indented, with their markers. In a column of figures that has markers, cells without one get
/// as many blanks, so that the figures stay beneath each other.
fn body(table: &Table) -> Vec<Vec<String>> {
    let markers = |row: &Row, index: usize| {
        let markers = row.cells.get(index).map_or(String::new(), |cell| table.markers(cell));
        if markers.is_empty() { String::new() } else { format!(" [{markers}]") }
    };
    let rooms: Vec<usize> = (0..table.columns.len())
        .map(|index| match table.columns[index] {
            Align::Left => 0,
            Align::Right => table.rows.iter().map(|row| columns(&markers(row, index))).max().unwrap_or(0),
        })
        .collect();
    let row = |row: &Row| {
        let cells = row.cells.iter().enumerate().map(|(index, cell)| {
            let indent =
                if index == 0 && matches!(row.kind, RowKind::Level | RowKind::Missing) { "  " } else { "" };
            let markers = markers(row, index);
            let blanks = " ".repeat(rooms[index].saturating_sub(columns(&markers)));
            format!("{indent}{}{markers}{blanks}", printable(&cell.text))
        });
        cells.collect()
    };
    table.rows.iter().map(row).collect()
}

fn widths(table: &Table, grid: &[Vec<String>], width: usize) -> Vec<usize> {
    let whole = |widths: &[usize]| widths.iter().sum::<usize>() + GAP * widths.len().saturating_sub(1);
    let mut widths = with_headings(table, grid, columns);
    if whole(&widths) > width {
        // Headings of figures are broken before any name is.
        widths = with_headings(table, grid, |text| text.split(' ').map(columns).max().unwrap_or(0));
    }
    let words = grid.iter().filter_map(|row| row.first()).flat_map(|cell| cell.split(' '));
    let headings = table.header.iter().filter_map(|row| row.first()).flat_map(|cell| cell.text.split(' '));
    let narrowest = words.chain(headings).map(columns).max().unwrap_or(0).min(LONGEST_WORD) + 2 + HANG;
    let excess = whole(&widths).saturating_sub(width);
    // The names give way: figures are not broken.
    if let Some(first) = widths.first_mut() {
        *first = first.saturating_sub(excess).max(narrowest.min(*first));
    }
    widths
}

/// Widths of the columns: of the body's cells, and of the headings as `measure` has them.
fn with_headings(table: &Table, grid: &[Vec<String>], measure: impl Fn(&str) -> usize) -> Vec<usize> {
    let mut widths = vec![0; table.columns.len()];
    for row in grid {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = columns(cell).max(*width);
        }
    }
    for row in &table.header {
        let mut at = 0;
        for cell in row {
            let text = measure(&cell.text);
            let needed = text.max(cell.detail.as_deref().map_or(0, columns));
            let end = (at + cell.span).min(widths.len());
            if at < end {
                let have = widths[at..end].iter().sum::<usize>() + GAP * (end - at - 1);
                // A heading over several columns makes each of them wider by its share.
                let share = needed.saturating_sub(have).div_ceil(end - at);
                widths[at..end].iter_mut().for_each(|column| *column += share);
            }
            at = end;
        }
    }
    widths
}

/// A row of the heading: its texts stand on the rule beneath.
fn header(table: &Table, row: &[HeaderCell], widths: &[usize]) -> String {
    let mut spans: Vec<usize> = Vec::new();
    let mut aligns: Vec<Option<Align>> = Vec::new();
    let mut at = 0;
    for cell in row {
        let end = (at + cell.span).min(widths.len());
        spans.push(widths[at..end].iter().sum::<usize>() + GAP * (end - at).saturating_sub(1));
        aligns.push((cell.span == 1).then(|| table.columns.get(at).copied().unwrap_or(Align::Left)));
        at = end;
    }
    let mut cells: Vec<Vec<String>> = row
        .iter()
        .zip(&spans)
        .map(|(cell, width)| {
            let mut lines = wrap(&printable(&cell.text), (*width).max(1));
            lines.extend(cell.detail.as_deref().map(printable));
            lines
        })
        .collect();
    let height = cells.iter().map(Vec::len).max().unwrap_or(1);
    for lines in &mut cells {
        lines.splice(0..0, std::iter::repeat_n(String::new(), height - lines.len()));
    }
    aligned(&cells, &aligns, &spans)
}

fn spanner_rules(row: &[HeaderCell], widths: &[usize]) -> String {
    let mut out = String::new();
    let mut at = 0;
    for cell in row {
        let end = (at + cell.span).min(widths.len());
        let length = widths[at..end].iter().sum::<usize>() + GAP * (end - at).saturating_sub(1);
        let mark = if cell.span > 1 { "─" } else { " " };
        out.push_str(&mark.repeat(length));
        out.push_str(&" ".repeat(GAP));
        at = end;
    }
    format!("{}\n", out.trim_end())
}

fn lines(cells: &[String], aligns: &[Align], widths: &[usize]) -> String {
    let aligns: Vec<Option<Align>> = aligns.iter().copied().map(Some).collect();
    let broken: Vec<Vec<String>> =
        cells.iter().zip(widths).map(|(cell, width)| hanging(cell, *width)).collect();
    aligned(&broken, &aligns, widths)
}

/// One row, in as many lines as its longest cell has; `None` centres.
fn aligned(cells: &[Vec<String>], aligns: &[Option<Align>], widths: &[usize]) -> String {
    let height = cells.iter().map(Vec::len).max().unwrap_or(1);
    let mut out = String::new();
    for line in 0..height {
        let mut text = String::new();
        for (index, cell) in cells.iter().enumerate() {
            let part = cell.get(line).map_or("", String::as_str);
            let room = widths[index].saturating_sub(columns(part));
            let (before, after) = match aligns.get(index).copied().flatten() {
                Some(Align::Left) => (0, room),
                Some(Align::Right) => (room, 0),
                None => (room / 2, room - room / 2),
            };
            text.push_str(&" ".repeat(before));
            text.push_str(part);
            text.push_str(&" ".repeat(after + if index + 1 < cells.len() { GAP } else { 0 }));
        }
        out.push_str(text.trim_end());
        out.push('\n');
    }
    out
}

/// A cell in lines; those after the first hang further in than a level does.
fn hanging(cell: &str, width: usize) -> Vec<String> {
    if columns(cell) <= width {
        return vec![cell.into()];
    }
    let indent = cell.len() - cell.trim_start().len();
    let mut parts = wrap(cell.trim_start(), width.saturating_sub(indent + HANG).max(4));
    for (index, part) in parts.iter_mut().enumerate() {
        let blanks = if index == 0 { indent } else { indent + HANG };
        *part = format!("{}{part}", " ".repeat(blanks));
    }
    parts
}

fn wrap(text: &str, width: usize) -> Vec<String> {
    wrapped(text, |line| columns(line) <= width)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table() -> Table {
        let mut table = Table::with_columns(2);
        table.header = vec![
            vec![HeaderCell::new(""), HeaderCell::over("Pathological response", 2)],
            vec![
                HeaderCell::new("Characteristic"),
                HeaderCell::new("pCR").detail("N = 30"),
                HeaderCell::new("none").detail("N = 464"),
            ],
        ];
        table.push(RowKind::Heading, ["Response to the last line of chemotherapy".into()]);
        table.push(
            RowKind::Level,
            ["complete or partial 完全".into(), "17 (56.7)".into(), "210 (45.3)".into()],
        );
        table
    }

    #[test]
    fn every_line_fits_and_columns_align() {
        let text = render(&table(), 50);
        assert!(text.lines().all(|line| columns(line) <= 50), "{text}");
        let row = text.lines().find(|line| line.contains("17 (56.7)")).expect("the row");
        let head = text.lines().find(|line| line.contains("N = 30")).expect("the heading");
        let end = |line: &str, part: &str| columns(&line[..line.find(part).unwrap() + part.len()]);
        assert_eq!(end(row, "17 (56.7)"), end(head, "N = 30"));
        assert_eq!(end(row, "210 (45.3)"), end(head, "N = 464"));
    }

    #[test]
    fn no_word_is_lost_in_a_narrow_terminal() {
        let text = render(&table(), 20);
        for word in "Response to the last line of chemotherapy complete partial 17 (56.7)".split(' ') {
            assert!(text.contains(word), "{word} in {text}");
        }
    }
}
