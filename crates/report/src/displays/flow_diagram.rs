//! The flow of participants: who was assessed, who left by which criterion, who is in the analyses.
//!
//! # References
//! STROBE, item 13 (c): consider use of a flow diagram. von Elm et al. 2007, doi:10.1371/journal.pmed.0040296.

use crate::display::{Content, Display, Figure};
use crate::drawing::{Anchor, Drawing, Stroke, Words, palette, point, typeface};
use crate::{style, wording};
use study::{Group, Purpose, Results, StudyResults};

const SIZE: f64 = 13.5;
const LINE: f64 = 18.0;
const PAD: f64 = 10.0;
const WIDTH: f64 = 660.0;
/// Boxes of the trunk.
const TRUNK: (f64, f64) = (44.0, 264.0);
/// Boxes of those who left.
const ASIDE: (f64, f64) = (332.0, 322.0);
const GAP: f64 = 16.0;

/// Lines of text in a frame.
struct Frame {
    x: f64,
    width: f64,
    lines: Vec<String>,
}

impl Frame {
    fn new((x, width): (f64, f64), label: &str, n: u64) -> Self {
        // The count stays on one line, and with the last word of its label where there is room.
        let text = format!("{label} (n\u{a0}=\u{a0}{})", style::count(n));
        Self { x, width, lines: typeface::wrap(&text, SIZE, width - 2.0 * PAD) }
    }

    fn height(&self) -> f64 {
        self.lines.len() as f64 * LINE + 2.0 * PAD - 2.0
    }

    fn centre(&self) -> f64 {
        self.x + self.width / 2.0
    }

    fn draw(&self, drawing: &mut Drawing, y: f64, anchor: Anchor) {
        drawing.frame(self.x, y, self.width, self.height());
        for (index, line) in self.lines.iter().enumerate() {
            let x = if anchor == Anchor::Middle { self.centre() } else { self.x + PAD };
            let baseline = y + PAD + index as f64 * LINE + 0.76 * SIZE + 1.0;
            drawing.words(Words::at(x, baseline, SIZE).anchor(anchor), line);
        }
    }
}

pub(super) fn display(study: &StudyResults) -> Display {
    let id = "flow";
    let flow = &study.flow;
    let mut drawing = Drawing::new(id);
    let start = Frame::new(TRUNK, &flow.label, flow.assessed);
    let trunk = start.centre();
    start.draw(&mut drawing, 1.0, Anchor::Middle);
    let mut y = 1.0 + start.height();
    let trunk_from = y;
    for step in &flow.steps {
        let aside = Frame::new(ASIDE, &step.label, step.excluded);
        y += GAP;
        aside.draw(&mut drawing, y, Anchor::Start);
        let middle = y + aside.height() / 2.0;
        arrow(&mut drawing, (trunk, middle), (ASIDE.0, middle));
        y += aside.height();
    }
    y += GAP + 8.0;
    let end = Frame::new(TRUNK, "Included in the analyses", flow.included);
    arrow(&mut drawing, (trunk, trunk_from), (trunk, y));
    end.draw(&mut drawing, y, Anchor::Middle);
    y += end.height();
    let groups = groups(study);
    if let Some((_, groups)) = &groups {
        y = branches(&mut drawing, trunk, y, groups);
    }
    let height = y + 1.0;
    let title = "Flow of participants".to_string();
    let figure = Figure {
        svg: drawing.finish(WIDTH, height, &title, &description(study)),
        caption: caption(study, groups.map(|(results, _)| results)),
        width: WIDTH,
        height,
    };
    Display { id: id.into(), analysis: None, number: String::new(), title, content: Content::Figure(figure) }
}

/// The groups of the first analysis that parts all included patients: the primary one, where it does.
fn groups(study: &StudyResults) -> Option<(&Results, Vec<&Group>)> {
    let parted = |results: &&Results| {
        let groups = results.groups.iter().filter(|group| group.level.is_some());
        let n: u64 = groups.clone().map(|group| group.n).sum();
        (2..=4).contains(&groups.count()) && n == study.flow.included
    };
    let primary = study.analyses.iter().filter(|results| results.purpose == Purpose::Primary).find(parted);
    let results = primary.or_else(|| study.analyses.iter().find(parted))?;
    Some((results, results.groups.iter().filter(|group| group.level.is_some()).collect()))
}

/// One box a group, side by side beneath the trunk; returns where they end.
fn branches(drawing: &mut Drawing, trunk: f64, from: f64, groups: &[&Group]) -> f64 {
    let gap = 14.0;
    let count = groups.len() as f64;
    let width = ((WIDTH - 4.0 - gap * (count - 1.0)) / count).min(164.0);
    let whole = width * count + gap * (count - 1.0);
    let left = (trunk - whole / 2.0).clamp(2.0, (WIDTH - 2.0 - whole).max(2.0));
    let frames: Vec<Frame> = groups
        .iter()
        .enumerate()
        .map(|(index, group)| {
            let x = left + index as f64 * (width + gap);
            Frame::new((x, width), wording::group_label(group), group.n)
        })
        .collect();
    let (bar, top) = (from + GAP, from + 2.0 * GAP + 4.0);
    drawing.line((trunk, from), (trunk, bar), Stroke::ink(1.0));
    if let (Some(first), Some(last)) = (frames.first(), frames.last()) {
        drawing.line((first.centre().min(trunk), bar), (last.centre().max(trunk), bar), Stroke::ink(1.0));
    }
    for frame in &frames {
        arrow(drawing, (frame.centre(), bar), (frame.centre(), top));
        frame.draw(drawing, top, Anchor::Middle);
    }
    top + frames.iter().map(Frame::height).fold(0.0, f64::max)
}

/// A line with a head at its end, rightwards or downwards.
fn arrow(drawing: &mut Drawing, from: (f64, f64), to: (f64, f64)) {
    drawing.line(from, to, Stroke::ink(1.0));
    let (x, y) = to;
    let corners = if from.1 == to.1 {
        [(x - 7.0, y - 3.5), (x - 7.0, y + 3.5)]
    } else {
        [(x - 3.5, y - 7.0), (x + 3.5, y - 7.0)]
    };
    let d = format!("M{}L{}L{}Z", point(to), point(corners[0]), point(corners[1]));
    drawing.area(&d, "ink", palette::INK, 1.0);
}

fn caption(study: &StudyResults, groups: Option<&Results>) -> String {
    let mut parts = Vec::new();
    if !study.flow.steps.is_empty() {
        parts.push(
            "Each patient is counted at the first criterion that holds, from top to bottom.".to_string(),
        );
    }
    if let Some(by) = groups.and_then(|results| Some(wording::heading(results, results.by.as_deref()?))) {
        parts.push(format!("Groups: {by}."));
    }
    parts.join(" ")
}

fn description(study: &StudyResults) -> String {
    let flow = &study.flow;
    let mut text = format!("{}: {}.", flow.label, style::count(flow.assessed));
    for step in &flow.steps {
        text.push_str(&format!(
            " Excluded, {}: {}; {} remain.",
            step.label,
            style::count(step.excluded),
            style::count(step.remaining)
        ));
    }
    text.push_str(&format!(" Included in the analyses: {}.", style::count(flow.included)));
    text
}
