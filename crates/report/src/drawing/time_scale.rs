//! From days to places: one time axis, of which stretches with little to tell may be drawn more narrowly.

use super::typeface;
use crate::style;
use study::calendar::{day_of, parts};

/// What the axis counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TimeAxis {
    /// Days from the zero.
    Days,
    /// Months from the zero, of 30.4375 days.
    Months,
    /// Days of the calendar.
    Dates,
}

/// Days of a month: a twelfth of 365.25.
const MONTH: f64 = 30.4375;
/// A stretch keeps the scale of the days around the treatment where it would not need more than this share.
const NARROW: f64 = 0.2;

/// A stretch of days on a stretch of the drawing.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Stretch {
    from: f64,
    until: f64,
    left: f64,
    right: f64,
}

/// The whole axis.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct TimeScale {
    stretches: Vec<Stretch>,
    axis: TimeAxis,
    zero: i32,
}

/// A tick.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Tick {
    pub(crate) x: f64,
    pub(crate) label: String,
}

impl TimeScale {
    /// An axis for these days, in order, on a stretch of the drawing. `focus` are the days around the treatment: where
    /// they would have little room, what comes before and after is drawn on a scale of its own.
    pub(crate) fn new(
        axis: TimeAxis,
        zero: i32,
        days: &[i32],
        focus: Option<(i32, i32)>,
        place: (f64, f64),
    ) -> Self {
        let first = f64::from(days.first().copied().unwrap_or(zero));
        let last = f64::from(days.last().copied().unwrap_or(zero)).max(first + 1.0);
        let stretches = focus.and_then(|(from, until)| {
            let within = days.iter().filter(|day| (from..=until).contains(*day)).count();
            parted((first, last), (f64::from(from), f64::from(until)), within, place)
        });
        let margin = 0.012 * (last - first);
        let whole = Stretch { from: first - margin, until: last + margin, left: place.0, right: place.1 };
        let stretches = stretches.unwrap_or_else(|| vec![whole]);
        Self { stretches, axis, zero }
    }

    /// Where a day is.
    pub(crate) fn x(&self, day: f64) -> f64 {
        let stretch = self.stretches.iter().find(|stretch| day <= stretch.until).or(self.stretches.last());
        let Some(stretch) = stretch else { return 0.0 };
        let share = ((day - stretch.from) / (stretch.until - stretch.from)).clamp(0.0, 1.0);
        stretch.left + share * (stretch.right - stretch.left)
    }

    /// Where the scale changes.
    pub(crate) fn breaks(&self) -> impl Iterator<Item = f64> + '_ {
        self.stretches.iter().skip(1).map(|stretch| stretch.left)
    }

    /// Ticks with their labels, which do not touch each other.
    pub(crate) fn ticks(&self, size: f64) -> Vec<Tick> {
        let mut ticks: Vec<Tick> = Vec::new();
        let mut free = f64::NEG_INFINITY;
        let ends = self.stretches.first().map_or(0.0, |stretch| stretch.left);
        let end = self.stretches.last().map_or(0.0, |stretch| stretch.right);
        for stretch in &self.stretches {
            for (day, label) in self.marks(stretch, size) {
                let x = self.x(day);
                let half = typeface::width(&label, size) / 2.0;
                if x - half < free + 8.0 || x - half < ends - 12.0 || x + half > end + 12.0 {
                    continue;
                }
                free = x + half;
                ticks.push(Tick { x, label });
            }
        }
        ticks
    }

    fn marks(&self, stretch: &Stretch, size: f64) -> Vec<(f64, String)> {
        let per_day = (stretch.right - stretch.left) / (stretch.until - stretch.from);
        let room = match self.axis {
            TimeAxis::Dates => typeface::width("Nov 2000", size) + 12.0,
            _ => typeface::width("−00", size) + 18.0,
        };
        let zero = f64::from(self.zero);
        let counted = |unit: f64, steps: &[f64]| {
            let step = steps.iter().copied().find(|step| step * unit * per_day >= room);
            let step = step.or(steps.last().copied()).unwrap_or(1.0);
            let first = ((stretch.from - zero) / (step * unit)).ceil() as i64;
            let last = ((stretch.until - zero) / (step * unit)).floor() as i64;
            let mark = |n: i64| (zero + n as f64 * step * unit, style::number(n as f64 * step, 0));
            (first..=last).map(mark).collect()
        };
        match self.axis {
            TimeAxis::Months => counted(MONTH, &[1.0, 2.0, 3.0, 6.0, 12.0, 24.0, 36.0, 60.0, 120.0, 240.0]),
            TimeAxis::Days => counted(
                1.0,
                &[
                    1.0, 2.0, 5.0, 7.0, 14.0, 28.0, 50.0, 100.0, 200.0, 500.0, 1000.0, 2000.0, 5000.0,
                    10_000.0,
                ],
            ),
            TimeAxis::Dates => calendar_marks(stretch, per_day, room),
        }
    }

    /// What stands below the axis.
    pub(crate) fn title(&self, zero: &str) -> String {
        match self.axis {
            TimeAxis::Days => format!("Days from {zero}"),
            TimeAxis::Months => format!("Months from {zero}"),
            TimeAxis::Dates => "Date".into(),
        }
    }

    /// Whether the axis counts from the zero.
    pub(crate) fn counts(&self) -> bool {
        self.axis != TimeAxis::Dates
    }
}

/// First days of months or years.
fn calendar_marks(stretch: &Stretch, per_day: f64, room: f64) -> Vec<(f64, String)> {
    const NAMES: [&str; 12] =
        ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let steps = [1_i64, 2, 3, 6, 12, 24, 60, 120, 240];
    let step = steps.into_iter().find(|step| *step as f64 * MONTH * per_day >= room).unwrap_or(480);
    let (year, month, _) = parts(stretch.from.ceil() as i64);
    let mut count = (year * 12 + month - 1).div_euclid(step) * step;
    let mut marks = Vec::new();
    loop {
        let (year, month) = (count.div_euclid(12), count.rem_euclid(12));
        let Some(day) = day_of(year as i32, month as i32 + 1, 1).map(f64::from) else { return marks };
        if day > stretch.until {
            return marks;
        }
        if day >= stretch.from {
            let label =
                if step >= 12 { format!("{year}") } else { format!("{} {year}", NAMES[month as usize]) };
            marks.push((day, label));
        }
        count += step;
    }
}

/// The stretch before, around and after the treatment, where the treatment alone would have too little room. Around it there
/// is the more room the more days it holds of which something is told.
fn parted(
    (first, last): (f64, f64),
    (from, until): (f64, f64),
    days: usize,
    (left, right): (f64, f64),
) -> Option<Vec<Stretch>> {
    let margin = (0.05 * (until - from)).max(5.0);
    let (from, until) = (from - margin, until + margin);
    if until - from >= 0.45 * (last - first) {
        return None;
    }
    // A stretch that needs little room at the scale of the focus belongs to it.
    let little = NARROW * (until - from);
    let is_before = from - first > little;
    let is_after = last - until > little;
    let from = if is_before { from } else { from.min(first - margin) };
    let until = if is_after { until } else { until.max(last + margin) };
    let width = right - left;
    let focus = (0.2 + 0.03 * days as f64).clamp(0.3, 0.62) * width;
    let (before, after) = match (is_before, is_after) {
        (true, true) => (0.14 * width, 0.86 * width - focus),
        (true, false) => (0.2 * width, 0.0),
        (false, true) => (0.0, width - focus),
        (false, false) => return None,
    };
    let mut stretches = Vec::new();
    if is_before {
        let start = first - 0.03 * (from - first);
        stretches.push(Stretch { from: start, until: from, left, right: left + before });
    }
    stretches.push(Stretch { from, until, left: left + before, right: right - after });
    if is_after {
        let end = last + 0.03 * (last - until);
        stretches.push(Stretch { from: until, until: end, left: right - after, right });
    }
    Some(stretches)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_short_course_has_one_scale() {
        let scale = TimeScale::new(TimeAxis::Months, 0, &[-100, 0, 200], Some((-90, 60)), (100.0, 800.0));
        assert_eq!(scale.breaks().count(), 0);
        assert!((scale.x(0.0) - scale.x(-100.0) - (scale.x(100.0) - scale.x(0.0))).abs() < 1e-9);
    }

    #[test]
    fn a_long_follow_up_is_drawn_more_narrowly_and_nothing_is_lost() {
        let mut days: Vec<i32> = (-120..=60).step_by(12).collect();
        days.push(4000);
        let scale = TimeScale::new(TimeAxis::Months, 0, &days, Some((-120, 60)), (100.0, 800.0));
        assert_eq!(scale.breaks().count(), 1);
        let places: Vec<f64> = days.iter().map(|day| scale.x(f64::from(*day))).collect();
        assert!(places.windows(2).all(|pair| pair[0] < pair[1]), "{places:?}");
        assert!(places.iter().all(|x| (100.0..=800.0).contains(x)), "{places:?}");
        assert!(scale.x(60.0) - scale.x(-120.0) > 350.0, "the treatment has most of the room: {places:?}");
        let ticks = scale.ticks(12.0);
        assert!(ticks.iter().any(|tick| tick.label == "0"), "{ticks:?}");
        let apart = |pair: &[Tick]| {
            let half = |tick: &Tick| typeface::width(&tick.label, 12.0) / 2.0;
            pair[1].x - half(&pair[1]) >= pair[0].x + half(&pair[0])
        };
        assert!(ticks.windows(2).all(apart), "{ticks:?}");
    }

    #[test]
    fn an_old_diagnosis_is_drawn_more_narrowly_too() {
        let scale = TimeScale::new(TimeAxis::Days, 0, &[-3000, -90, 0, 1500], Some((-90, 0)), (0.0, 700.0));
        assert_eq!(scale.breaks().count(), 2);
        assert!(scale.x(-3000.0) >= 0.0 && scale.x(-3000.0) < 20.0);
        // Nothing stands before the first day: no stretch is made for its margin.
        let scale = TimeScale::new(TimeAxis::Days, 0, &[-29, -18, 0, 3000], Some((-29, 0)), (0.0, 700.0));
        assert_eq!(scale.breaks().count(), 1);
    }

    #[test]
    fn calendar_ticks_are_first_days() {
        // From 2006-01-17 to 2007-01-31.
        let scale = TimeScale::new(TimeAxis::Dates, 13_180, &[13_165, 13_544], None, (0.0, 700.0));
        let ticks = scale.ticks(12.0);
        assert_eq!(ticks.first().map(|tick| tick.label.as_str()), Some("Mar 2006"), "{ticks:?}");
        assert!(ticks.iter().any(|tick| tick.label == "Jan 2007"), "{ticks:?}");
    }

    #[test]
    fn one_day_is_a_course_too() {
        let scale = TimeScale::new(TimeAxis::Months, 5, &[5], Some((5, 5)), (0.0, 700.0));
        assert!(scale.x(5.0).is_finite());
        assert!(scale.ticks(12.0).iter().any(|tick| tick.label == "0"));
    }
}
