//! A printed paper computed anew: how many of its figures the data give, and which they do not.

use super::block;
use super::table::render;
use crate::display::{Content, Display};
use crate::displays::replay_table;
use crate::style;
use maud::{Markup, html};
use study::Replay;
use study::published::Verdict;

pub(super) fn section(replay: &Replay, displays: &[Display]) -> Markup {
    let count = |verdict: Verdict| replay.comparisons.iter().filter(|c| c.verdict == verdict).count() as u64;
    let others = [Verdict::Different, Verdict::Impossible, Verdict::NotFound];
    let rest = replay.comparisons.iter().filter(|comparison| comparison.verdict != Verdict::Reproduced);
    let table = replay_table::table(rest);
    let all = displays.iter().find(|display| display.id == replay_table::ID);
    html! {
        section #replay {
            h2 { "The printed figures computed anew" }
            p { (replay.source) }
            p {
                b { (style::count(count(Verdict::Reproduced))) } " of "
                (style::count(replay.comparisons.len() as u64)) " printed figures are reproduced to their last digit"
                @for verdict in others {
                    @let n = count(verdict);
                    @if n > 0 { "; " (style::count(n)) " " (replay_table::word(verdict)) }
                }
                "."
            }
            @if count(Verdict::Impossible) > 0 {
                p { "Impossible figures are contradicted by other figures of the same paper, which the data reproduce." }
            }
            @if !table.rows.is_empty() {
                (render(&exceptions(table.clone()), &table, None))
            }
            @if let Some(all) = all { details { summary { "Every printed figure" } (block(all, None)) } }
        }
    }
}

fn exceptions(table: crate::Table) -> Display {
    Display {
        id: "replay-exceptions".into(),
        analysis: None,
        number: String::new(),
        title: "Printed figures that the data do not give".into(),
        content: Content::Table(table),
    }
}
