//! Columns of a forest plot, as wide as their texts.

use crate::drawing::typeface;

pub(super) const SIZE: f64 = 13.5;
pub(super) const LINE: f64 = 17.0;
/// Labels wider than this are broken into lines.
const WIDEST_LABEL: f64 = 230.0;
const GAP: f64 = 18.0;
const PLOT_WIDTH: f64 = 230.0;
const EDGE: f64 = 6.0;

/// Horizontal places; of right-aligned columns, the right end.
pub(super) struct Layout {
    pub(super) top: f64,
    pub(super) label: f64,
    pub(super) counts: f64,
    pub(super) plot: f64,
    pub(super) plot_width: f64,
    pub(super) figures: f64,
    pub(super) p: f64,
    pub(super) width: f64,
    pub(super) lowest: f64,
    pub(super) highest: f64,
}

impl Layout {
    pub(super) fn of<'t>(
        labels: impl Iterator<Item = (&'t str, f64)>,
        counts: impl Iterator<Item = &'t str>,
        figures: impl Iterator<Item = &'t str>,
        p: impl Iterator<Item = &'t str>,
        ticks: &[f64],
    ) -> Self {
        // Headings are bold, and every text is given the room of a bold one.
        let widest = |texts: &mut dyn Iterator<Item = &'t str>| {
            texts.map(|text| typeface::bold_width(text, SIZE)).fold(0.0, f64::max)
        };
        let label_width = labels
            .map(|(text, indent)| typeface::width(text, SIZE) + indent)
            .fold(typeface::bold_width("Characteristic", SIZE), f64::max);
        let (mut counts, mut figures, mut p) = (counts, figures, p);
        let counts_end = EDGE + label_width + GAP + widest(&mut counts);
        let plot = counts_end + GAP;
        let figures_end = plot + PLOT_WIDTH + GAP + widest(&mut figures);
        let p_end = figures_end + GAP + widest(&mut p);
        Self {
            top: 30.0,
            label: EDGE,
            counts: counts_end,
            plot,
            plot_width: PLOT_WIDTH,
            figures: figures_end,
            p: p_end,
            width: (p_end + EDGE).ceil(),
            lowest: ticks.first().copied().unwrap_or(0.5),
            highest: ticks.last().copied().unwrap_or(2.0),
        }
    }

    /// The place of a ratio.
    pub(super) fn x(&self, ratio: f64) -> f64 {
        let share = (ratio / self.lowest).log10() / (self.highest / self.lowest).log10();
        self.plot + share * self.plot_width
    }
}

/// A label in lines.
pub(super) fn lines(text: &str, indent: f64) -> Vec<String> {
    typeface::wrap(text, SIZE, WIDEST_LABEL - indent)
}
