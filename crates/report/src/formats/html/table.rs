//! A table in HTML, with three rules and row headings for those who listen to it.

use super::{display_anchor, numbered};
use crate::display::Display;
use crate::table::{Align, Cell, HeaderCell, Row, RowKind, Table};
use maud::{Markup, html};

pub(super) fn render(display: &Display, table: &Table, above: Option<&str>) -> Markup {
    html! {
        figure.table id=(display_anchor(&display.id)) {
            figcaption { (numbered(display, above.filter(|_| table.caption.is_some()))) @if let Some(caption) = &table.caption { " " span.caption { (caption) } } }
            div.scroll tabindex="0" role="group" aria-label=(display.heading()) {
                table {
                    thead {
                        @for (index, row) in table.header.iter().enumerate() {
                            (header(table, row, index + 1 == table.header.len()))
                        }
                    }
                    tbody { @for row in &table.rows { (body(table, row)) } }
                }
            }
            @if !table.footnotes.is_empty() {
                ul.notes {
                    @for note in table.footnotes.iter().filter(|note| note.marker.is_some()) {
                        li { sup { (note.marker.as_deref().unwrap_or_default()) } " " (note.text) }
                    }
                    @let whole = table.remarks();
                    @if !whole.is_empty() { li { (whole) } }
                }
            }
        }
    }
}

fn header(table: &Table, row: &[HeaderCell], last: bool) -> Markup {
    let mut at = 0;
    let places: Vec<usize> = row
        .iter()
        .map(|cell| {
            let place = at;
            at += cell.span;
            place
        })
        .collect();
    html! {
        tr {
            @for (cell, place) in row.iter().zip(places) {
                @if cell.text.is_empty() && cell.detail.is_none() {
                    td colspan=[wide(cell.span)] {}
                } @else {
                    th scope=(if cell.span > 1 { "colgroup" } else { "col" }) colspan=[wide(cell.span)]
                        class=(header_class(table, cell, place, last)) {
                        // The rule under a heading of several columns must not touch its neighbour's.
                        span { (cell.text) @if let Some(detail) = &cell.detail { br; small { (detail) } } }
                    }
                }
            }
        }
    }
}

fn wide(span: usize) -> Option<usize> {
    (span > 1).then_some(span)
}

fn header_class(table: &Table, cell: &HeaderCell, place: usize, last: bool) -> &'static str {
    match table.columns.get(place) {
        _ if cell.span > 1 && !last => "over",
        // A long heading is broken; short ones as “OR (95% CI)” are not.
        Some(Align::Right) if cell.text.chars().count() > 18 => "figure long",
        Some(Align::Right) => "figure",
        _ => "name",
    }
}

fn body(table: &Table, row: &Row) -> Markup {
    let class = match row.kind {
        RowKind::Single => "single",
        RowKind::Heading => "heading",
        RowKind::Level => "level",
        RowKind::Missing => "level missing",
    };
    html! {
        tr class=(class) {
            @for (index, cell) in row.cells.iter().enumerate() {
                @if index == 0 {
                    th scope="row" { (text(table, cell)) }
                } @else {
                    td class=[(table.columns.get(index) == Some(&Align::Right)).then_some("figure")] { (text(table, cell)) }
                }
            }
        }
    }
}

fn text(table: &Table, cell: &Cell) -> Markup {
    let markers = table.markers(cell);
    html! { (cell.text) @if !markers.is_empty() { sup { (markers) } } }
}
