//! Colours that the colour-blind can tell apart, and dashes for those who print in grey.
//!
//! The hues are those of Okabe and Ito (blue, vermilion, bluish green, reddish purple, orange), darkened until each
//! can be read as text on white, and lightened until it can be read on a dark screen: contrast at least 4.5 to 1
//! (WCAG 2.2, criterion 1.4.3), which a test computes.
//!
//! # References
//! Okabe & Ito 2008, Color universal design; Wong 2011, doi:10.1038/nmeth.1618.

/// Text and axes.
pub(crate) const INK: &str = "#111111";
/// Ground.
pub(crate) const PAPER: &str = "#ffffff";
/// Grid lines.
pub(crate) const PALE: &str = "#d9d9d9";
/// Ground of every second row.
pub(crate) const SHADE: &str = "#f4f4f2";
/// Text and axes on a dark screen.
pub(crate) const DARK_INK: &str = "#e9e7e2";
/// Ground on a dark screen.
pub(crate) const DARK_PAPER: &str = "#17191c";
/// Grid lines on a dark screen.
pub(crate) const DARK_PALE: &str = "#3a3e44";
/// Ground of every second row on a dark screen.
pub(crate) const DARK_SHADE: &str = "#1f2226";

/// One group's colour, on white and on a dark screen.
pub(crate) struct Series {
    pub(crate) light: &'static str,
    pub(crate) dark: &'static str,
}

/// In the order of the groups.
pub(crate) const SERIES: [Series; 6] = [
    Series { light: "#005a9c", dark: "#6cb8f0" },
    Series { light: "#b84000", dark: "#ff9d5c" },
    Series { light: "#00705a", dark: "#3fd0a8" },
    Series { light: "#94417b", dark: "#e79dce" },
    Series { light: "#7a5a00", dark: "#e6c04d" },
    Series { light: "#444444", dark: "#c9c9c9" },
];

/// In the order of the groups; five against six colours, so that thirty groups differ.
const DASHES: [&str; 5] = ["", "10 3", "2 2.5", "10 3 2 3", "5 2.5"];

/// The colour of a group.
pub(crate) fn series(index: usize) -> &'static Series {
    &SERIES[index % SERIES.len()]
}

/// The class of a group's colour: `series-1`.
pub(crate) fn series_class(index: usize) -> String {
    format!("series-{}", index % SERIES.len() + 1)
}

/// The dash of a group.
pub(crate) fn dash(index: usize) -> &'static str {
    DASHES[index % DASHES.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn luminance(colour: &str) -> f64 {
        let channel = |from: usize| {
            let value = f64::from(u8::from_str_radix(&colour[from..from + 2], 16).unwrap()) / 255.0;
            if value <= 0.04045 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
        };
        0.2126 * channel(1) + 0.7152 * channel(3) + 0.0722 * channel(5)
    }

    fn contrast(one: &str, other: &str) -> f64 {
        let (one, other) = (luminance(one), luminance(other));
        (one.max(other) + 0.05) / (one.min(other) + 0.05)
    }

    #[test]
    fn every_colour_can_be_read() {
        for series in &SERIES {
            assert!(contrast(series.light, PAPER) >= 4.5, "{}", series.light);
            assert!(contrast(series.dark, DARK_PAPER) >= 4.5, "{}", series.dark);
        }
        assert!(contrast(INK, PAPER) >= 7.0);
        assert!(contrast(DARK_INK, DARK_PAPER) >= 7.0);
    }

    #[test]
    fn groups_differ_in_colour_and_dash() {
        let pairs: std::collections::BTreeSet<_> = (0..30).map(|i| (series(i).light, dash(i))).collect();
        assert_eq!(pairs.len(), 30);
    }
}
