//! Follow-up on a day: who is followed and for how long, how complete it is, and the visits of the schedule.

use crate::display::{Content, Display};
use crate::style::{self, ABSENT, Style};
use crate::table::{HeaderCell, RowKind, Table};
use study::calendar::iso_text;
use study::{Completeness, Dialect, FollowUpState, Standing};

/// Days of a month and of a year.
const MONTH: f64 = 30.4375;
const YEAR: f64 = 365.25;

/// Both tables; `whom` says whose follow-up it is.
pub fn displays(state: &FollowUpState, completeness: &Completeness, whom: &str) -> Vec<Display> {
    let on = iso_text(i64::from(state.on));
    let display = |id: &str, title: String, table: Table| Display {
        id: id.into(),
        analysis: None,
        number: String::new(),
        title,
        content: Content::Table(table),
    };
    vec![
        display("follow-up", format!("Follow-up of {whom} on {on}"), summary(state, completeness)),
        display("follow-up-visits", format!("Scheduled visits on {on}"), visits(state)),
    ]
}

fn summary(state: &FollowUpState, completeness: &Completeness) -> Table {
    let mut table = Table::with_columns(1);
    table.header = vec![vec![HeaderCell::new(""), HeaderCell::new("Value")]];
    let style = Style { dialect: Dialect::Farr, confidence_level: completeness.interval.confidence_level };
    let mut push = |kind, label: &str, value: String| table.push(kind, [label.into(), value.into()]);
    push(RowKind::Single, "Patients followed", style::count(state.patients));
    let parts = [
        ("dead", state.dead),
        ("alive, schedule ended otherwise", state.ended),
        ("alive, past the last scheduled visit", state.past_schedule),
        ("never seen since the start", state.never_seen),
    ];
    for (label, n) in parts {
        let share = (state.patients > 0).then(|| n as f64 / state.patients as f64);
        push(RowKind::Level, label, style::count_percent(n, share));
    }
    push(RowKind::Single, "Follow-up begins later", style::count(state.not_started));
    push(RowKind::Single, "Due", style::count(state.count(Standing::Due) as u64));
    push(RowKind::Single, "Overdue", style::count(state.count(Standing::Overdue) as u64));
    let overdue = state.due.iter().filter(|one| one.standing == Standing::Overdue);
    let over = overdue.filter(|one| one.next.is_none()).count() as u64;
    push(RowKind::Level, "past the last scheduled visit", style::count(over));
    let years = |days: u64| style::time(days as f64 / YEAR);
    push(RowKind::Single, "Observed person-years", years(completeness.observed_days));
    push(RowKind::Single, "Potential person-years", years(completeness.potential_days));
    let percent = |share: Option<f64>| share.map_or(ABSENT.into(), style::percent);
    push(RowKind::Single, "Completeness (Clark’s C), %", percent(completeness.clark));
    push(RowKind::Single, "Simplified person-time rate, %", percent(completeness.simplified));
    push(
        RowKind::Single,
        "Clark’s C up to the last scheduled visit, %",
        percent(completeness.clark_of_schedule),
    );
    let months = |days: Option<f64>| days.map_or("not reached".into(), |days| style::time(days / MONTH));
    let (lower, upper) = (completeness.interval.lower, completeness.interval.upper);
    let median = match completeness.median_days {
        None => months(None),
        some => format!("{} ({})", months(some), style::range(&months(lower), &months(upper))),
    };
    push(RowKind::Single, &format!("Median follow-up, months ({})", style.interval_name()), median);
    table.remark(
        "Completeness is the observed part of the person-time to death or to the day of the report. The median is by the \
         reverse Kaplan–Meier method.",
    );
    table.finish()
}

fn visits(state: &FollowUpState) -> Table {
    let mut table = Table::with_columns(4);
    let header = ["Month", "Expected", "Made, n (%)", "Missed, n (%)", "Open"];
    table.header = vec![header.into_iter().map(HeaderCell::new).collect()];
    for visit in &state.visits {
        let share = |n: u64| (visit.expected > 0).then(|| n as f64 / visit.expected as f64);
        let cells = [
            visit.month.to_string(),
            style::count(visit.expected),
            style::count_percent(visit.made, share(visit.made)),
            style::count_percent(visit.missed, share(visit.missed)),
            style::count(visit.open),
        ];
        table.push(RowKind::Single, cells.map(Into::into));
    }
    table.remark("A visit is expected once it is made or its window is closed, unless death or the end of the schedule came first; open: the window is, and the visit is not made yet.");
    table.finish()
}
