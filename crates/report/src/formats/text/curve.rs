//! Survival curves for the terminal: one sign a group, so that they can be told apart without colour.

use crate::drawing::axis;
use crate::{style, wording};
use study::{Curve, Results};

const SIGNS: [char; 8] = ['*', 'o', '+', 'x', '#', '@', '%', '&'];
/// Lines of the plot: 5 percent each.
const HEIGHT: usize = 21;
/// Columns of the axis' labels.
const LABELS: usize = 5;

/// The curves of an analysis in lines of at most `width` columns; `None` where it has none.
pub fn survival_curve(results: &Results, width: usize) -> Option<String> {
    let shown = |curve: &&Curve| {
        !curve.time.is_empty() && curve.cause.as_deref() != Some("competing") && curve.fitted.is_none()
    };
    let curves: Vec<&Curve> = results.curves.iter().filter(shown).collect();
    let longest = curves.iter().filter_map(|curve| curve.time.last().copied()).fold(0.0, f64::max);
    if curves.is_empty() {
        return None;
    }
    let length = width.saturating_sub(LABELS + 2).max(20);
    let (ticks, end) = axis::time(longest, results.time_unit.as_deref(), length as f64, 8.0);
    let mut plot = vec![vec![' '; length]; HEIGHT];
    for (index, curve) in curves.iter().enumerate() {
        draw(&mut plot, curve, end, SIGNS[index % SIGNS.len()]);
    }

    let outcome =
        results.outcome.as_deref().map_or("Survival".into(), |name| wording::heading(results, name));
    let mut out = format!("{outcome}, %\n");
    for (index, line) in plot.iter().enumerate() {
        let percent = 100 - index * 100 / (HEIGHT - 1);
        let label = if percent.is_multiple_of(25) {
            format!("{percent:>LABELS$}┤")
        } else {
            format!("{:>LABELS$}│", "")
        };
        let line: String = line.iter().collect();
        out.push_str(&format!("{label}{}\n", line.trim_end()));
    }
    out.push_str(&time_axis(&ticks, end, length));
    out.push_str(&format!("{:>LABELS$} {}\n", "", wording::time_axis(results)));
    for (index, curve) in curves.iter().enumerate() {
        let group = results.groups.iter().find(|group| group.level == curve.group);
        let name = group.map_or("All patients", wording::group_label);
        let name: String = name.chars().filter(|c| !c.is_control()).collect();
        out.push_str(&format!("{:>LABELS$} {} {name}\n", "", SIGNS[index % SIGNS.len()]));
    }
    Some(out)
}

/// One sign a column, joined downwards where the curve falls.
fn draw(plot: &mut [Vec<char>], curve: &Curve, end: f64, sign: char) {
    let length = plot.first().map_or(0, Vec::len);
    let last = curve.time.last().copied().unwrap_or(0.0);
    let mut above: Option<usize> = None;
    for column in 0..length {
        let time = end * column as f64 / (length - 1).max(1) as f64;
        if time > last {
            break;
        }
        let step = curve.time.partition_point(|known| *known <= time).saturating_sub(1);
        let Some(estimate) = curve.estimate.get(step) else { break };
        let line = ((1.0 - estimate.clamp(0.0, 1.0)) * (HEIGHT - 1) as f64).round() as usize;
        for row in &mut plot[above.map_or(line, |above| (above + 1).min(line))..=line] {
            row[column] = sign;
        }
        above = Some(line);
    }
}

fn time_axis(ticks: &[f64], end: f64, length: usize) -> String {
    let mut rule: Vec<char> = vec!['─'; length];
    let mut labels: Vec<char> = vec![' '; length + LABELS];
    for tick in ticks {
        let column = (tick / end * (length - 1) as f64).round() as usize;
        if let Some(mark) = rule.get_mut(column) {
            *mark = '┬';
        }
        let text = style::named_time(*tick);
        let start = column.saturating_sub(text.chars().count() / 2);
        for (offset, letter) in text.chars().enumerate() {
            if let Some(place) = labels.get_mut(start + offset) {
                *place = letter;
            }
        }
    }
    let (rule, labels): (String, String) = (rule.iter().collect(), labels.iter().collect());
    format!("{:>LABELS$}└{rule}\n{:>LABELS$} {}\n", "", "", labels.trim_end())
}
