//! Words for the reader: labels instead of names, caveats as sentences.

use crate::style;
use crate::table::Table;
use serde_json::{Map, Value};
use study::{Estimate, Group, Kind, Notice, Results, VariableLabel};

/// A name as a heading where nobody gave a label: `overall_survival` becomes `Overall survival`.
pub(crate) fn heading(results: &Results, variable: &str) -> String {
    let label = results.label(variable);
    if label == variable && is_interaction(variable) {
        return variable.split(':').map(|part| heading(results, part)).collect::<Vec<_>>().join(" × ");
    }
    if let Some((spline, _)) = variable.strip_prefix("rcs(").and_then(|inside| inside.split_once(',')) {
        return format!("{} (spline)", heading(results, spline));
    }
    if label == variable { readable(variable) } else { label.into() }
}

/// Whether a term is the product of several variables.
pub(crate) fn is_interaction(term: &str) -> bool {
    // A column for a part of the time has a colon and a blank.
    term.contains(':') && !term.contains(": ")
}

fn readable(name: &str) -> String {
    let words = name.replace('_', " ");
    // A name in capitals or with a capital inside is an abbreviation or was chosen so: it stays.
    if words.chars().any(char::is_uppercase) { words } else { capitalised(&words) }
}

/// A heading with its unit: `Age, years`.
pub(crate) fn with_unit(results: &Results, variable: &str) -> String {
    match known(results, variable).and_then(|label| label.unit.as_deref()) {
        Some(unit) if !unit.is_empty() => format!("{}, {unit}", heading(results, variable)),
        _ => heading(results, variable),
    }
}

/// What is known of a variable.
pub(crate) fn known<'a>(results: &'a Results, variable: &str) -> Option<&'a VariableLabel> {
    results.variables.iter().find(|label| label.name == variable)
}

/// The name of a column of a term: its level, which column of a spline it is, or both.
pub(crate) fn column(results: &Results, term: &str, level: &str) -> String {
    match level.rsplit_once(":basis ") {
        Some((cell, basis)) => format!("{}: basis {basis}", results.level_label(term, cell)),
        None => results.level_label(term, level).into(),
    }
}

/// A value of a number with its unit: `66.25 years`.
pub(crate) fn value_with_unit(results: &Results, variable: &str, value: f64) -> String {
    let unit = known(results, variable).and_then(|label| label.unit.as_deref());
    format!("{}{}", style::value(value), unit.map_or(String::new(), |unit| format!(" {unit}")))
}

/// Whether a variable is a yes or no.
pub(crate) fn is_flag(results: &Results, variable: &str) -> bool {
    known(results, variable).is_some_and(|label| label.kind == Kind::Flag)
}

/// Whether a level is the one in which a flag holds.
pub(crate) fn is_yes(level: &str) -> bool {
    matches!(level.to_lowercase().as_str(), "yes" | "true" | "1")
}

/// A count with its noun: `1 event`, `3 events`.
pub(crate) fn counted(n: u64, noun: &str) -> String {
    format!("{} {noun}{}", style::count(n), if n == 1 { "" } else { "s" })
}

/// The first letter as a capital.
pub(crate) fn capitalised(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// A heading inside a sentence: its first letter small, unless it begins with an abbreviation or a name in capitals.
pub(crate) fn inside(text: &str) -> String {
    let mut letters = text.chars();
    match (letters.next(), letters.clone().next()) {
        (Some(first), Some(second)) if second.is_lowercase() => first.to_lowercase().chain(letters).collect(),
        _ => text.into(),
    }
}

/// What a ratio is about, for a heading: the level of the outcome that counts as the event where its label says
/// something, else the outcome.
pub(crate) fn event(results: &Results) -> Option<String> {
    let outcome = results.outcome.as_deref()?;
    let level = results.options.get("event").and_then(serde_json::Value::as_str);
    let label = level.map(|level| results.level_label(outcome, level));
    let telling = label.filter(|label| !is_yes(label));
    Some(telling.map_or_else(|| heading(results, outcome), String::from))
}

/// The same inside a sentence: `pCR (pathological response)`.
pub(crate) fn event_inside(results: &Results) -> Option<String> {
    let outcome = heading(results, results.outcome.as_deref()?);
    let event = event(results)?;
    Some(if event == outcome { inside(&outcome) } else { format!("{event} ({})", inside(&outcome)) })
}

/// The label of a group; all patients together where it has no level.
pub(crate) fn group_label(group: &Group) -> &str {
    if group.label.is_empty() { group.level.as_deref().unwrap_or("All patients") } else { &group.label }
}

/// The label of a cause of an endpoint with a competing event.
pub(crate) fn cause(results: &Results, cause: &str) -> String {
    let Some(outcome) = results.outcome.as_deref() else { return cause.into() };
    if cause == "event" {
        return heading(results, outcome);
    }
    results.level_label(&format!("{outcome}.cause"), cause).into()
}

/// The unit of times, with a capital, for an axis; `Time` where there is none.
pub(crate) fn time_axis(results: &Results) -> String {
    let landmark = results.options.get("landmark").and_then(Value::as_f64);
    let time =
        landmark.map_or("Time".into(), |landmark| format!("Time from {} on", at_time(results, landmark)));
    results.time_unit.as_deref().map_or(time.clone(), |unit| format!("{time}, {unit}"))
}

/// A time the plan names, with its unit: `12 months`, `1 year`.
pub(crate) fn at_time(results: &Results, at: f64) -> String {
    let time = style::named_time(at);
    match results.time_unit.as_deref() {
        Some(unit) if at == 1.0 => format!("{time} {}", unit.strip_suffix('s').unwrap_or(unit)),
        Some(unit) => format!("{time} {unit}"),
        None => time,
    }
}

/// A time that was observed, with its unit: `89.3 months`.
pub(crate) fn lasting(results: &Results, time: f64) -> String {
    let time = style::time(time);
    results.time_unit.as_deref().map_or(time.clone(), |unit| format!("{time} {unit}"))
}

/// A law of time in prose.
pub(crate) fn law(name: &str) -> &str {
    match name {
        "weibull" => "Weibull",
        "lognormal" => "log-normal",
        "loglogistic" => "log-logistic",
        _ => name,
    }
}

/// The warning that a model deserves whose terms were chosen step by step; it stands wherever its ratios do.
pub(crate) fn chosen(results: &Results) -> &'static str {
    match results.notices.iter().any(|notice| matches!(notice, Notice::StepwiseSelection { .. })) {
        true => {
            " The terms were chosen step by step on these patients: P values and intervals are too optimistic."
        }
        false => "",
    }
}

/// The estimates of one quantity.
pub(crate) fn rows(results: &Results, quantity: study::Quantity) -> impl Iterator<Item = &Estimate> {
    results.estimates.iter().filter(move |row| row.quantity == quantity)
}

/// The variable that a notice speaks of, and the level, as values.
pub(crate) fn place(notice: &Notice) -> Option<(String, Option<String>)> {
    let fields = fields(notice)?;
    let text = |key: &str| fields.get(key).and_then(Value::as_str).map(String::from);
    Some((text("term").or_else(|| text("variable"))?, text("level")))
}

/// A notice as a sentence, with labels in place of names and values.
pub(crate) fn sentence(notice: &Notice, results: &Results) -> String {
    let group_words = |group: &Option<String>| {
        group
            .as_deref()
            .map_or(String::new(), |level| format!(" in the group “{}”", label_of_group(results, level)))
    };
    match notice {
        // Its time has a unit that only the results know.
        Notice::BeyondFollowUp { group, at, last } => format!(
            "No estimate at {}{}: follow-up ends at {}.",
            at_time(results, *at),
            group_words(group),
            style::time(*last)
        ),
        Notice::Extrapolated { group, at, last } => format!(
            "At {}{} the model extrapolates: follow-up ends at {}.",
            at_time(results, *at),
            group_words(group),
            style::time(*last)
        ),
        Notice::LateStart { group, at } => format!(
            "Nobody is under observation before {}{}: estimates hold for those free of the event by then.",
            at_time(results, *at),
            group_words(group)
        ),
        Notice::NoPlateau { group, at } => format!(
            "The last follow-up{}, at {}, is an event: survival has no plateau, and nothing shows that anybody is cured.",
            group_words(group),
            lasting(results, *at)
        ),
        Notice::InsufficientFollowUp { group, alpha, at, last } => format!(
            "Follow-up does not suffice to speak of cure{}: it ends at {}, and the last event was at {} (Maller and Zhou, \
             α = {}).",
            group_words(group),
            lasting(results, *last),
            lasting(results, *at),
            style::number(*alpha, 3)
        ),
        Notice::UncuredRemain { group, ratio, last } => format!(
            "Follow-up does not suffice to speak of cure{}: at its end, {}, survival of those not cured is still {}% of \
             that of all.",
            group_words(group),
            lasting(results, *last),
            style::number(ratio * 100.0, 0)
        ),
        Notice::CurveEmptied { group, at, n } => format!(
            "At {} the only {} at risk{} had the event, before others entered: survival is 0 from then on.",
            at_time(results, *at),
            style::count(*n),
            group_words(group)
        ),
        Notice::NobodyAtRisk { group, from, until } => format!(
            "Nobody is under observation from {} to {}{}: no event is taken to happen then.",
            style::named_time(*from),
            at_time(results, *until),
            group_words(group)
        ),
        _ => labelled(notice, results).to_string(),
    }
}

/// That the figures are pooled over imputed data sets, where they are.
pub(crate) fn pooled(results: &Results) -> Option<String> {
    let imputed = results.imputed.as_ref()?;
    let named: Vec<String> = imputed
        .variables
        .iter()
        .map(|one| format!("{} {}", heading(results, &one.variable), style::count(one.n)))
        .collect();
    Some(format!("Pooled over {} imputed data sets (imputed: {}).", imputed.sets, named.join("; ")))
}

/// Every notice that has no row of its own, as remarks of the table; missing values are told together in one
/// sentence, and so are times with few at risk, and differences that are not tested.
pub(crate) fn remarks<'a>(table: &mut Table, results: &Results, notices: impl Iterator<Item = &'a Notice>) {
    let mut missing = Vec::new();
    let mut at_risk: Vec<(String, Vec<String>)> = Vec::new();
    let mut untested: Vec<(String, Vec<String>)> = Vec::new();
    let mut sentences = Vec::new();
    for notice in notices {
        match notice {
            Notice::MissingExcluded { variable, n } => {
                missing.push(format!("{} {}", heading(results, variable), style::count(*n)));
            }
            Notice::FewAtRisk { group, at, at_risk: n } => {
                let group = group.as_deref().map_or("all patients", |level| label_of_group(results, level));
                let words = format!("{} at {}", style::count(*n), at_time(results, *at));
                match at_risk.last_mut().filter(|(known, _)| known == group) {
                    Some((_, times)) => times.push(words),
                    None => at_risk.push((group.into(), vec![words])),
                }
            }
            Notice::NoDifferenceTest { cause, group, reference, at } => {
                let whose = |group: &Option<String>| {
                    group
                        .as_deref()
                        .map_or("all patients", |level| label_of_group(results, level))
                        .to_string()
                };
                let which = cause
                    .as_deref()
                    .map_or(String::new(), |cause| format!("{}, ", self::cause(results, cause)));
                let pair = format!("{which}{} and {}", whose(group), whose(reference));
                let time = at_time(results, *at);
                match untested.iter_mut().find(|(known, _)| *known == pair) {
                    Some((_, times)) => times.push(time),
                    None => untested.push((pair, vec![time])),
                }
            }
            _ => sentences.push(sentence(notice, results)),
        }
    }
    if let Some(words) = pooled(results) {
        table.remark(words);
    }
    if !missing.is_empty() {
        table.remark(format!("Left out for missing values: {}.", missing.join("; ")));
    }
    if !at_risk.is_empty() {
        let groups = at_risk.iter().map(|(group, times)| format!("{group}, {}", times.join(", ")));
        table.remark(format!("Few at risk: {}.", groups.collect::<Vec<_>>().join("; ")));
    }
    if !untested.is_empty() {
        let pairs = untested.iter().map(|(pair, times)| format!("{pair} at {}", times.join(", ")));
        table.remark(format!(
            "No test or limits of a difference where nobody or everybody of a group has had the event by then: {}.",
            pairs.collect::<Vec<_>>().join("; ")
        ));
    }
    for sentence in sentences {
        table.remark(sentence);
    }
}

fn label_of_group<'a>(results: &'a Results, level: &'a str) -> &'a str {
    let group = results.groups.iter().find(|group| group.level.as_deref() == Some(level));
    match (group, &results.by) {
        (Some(group), _) => group_label(group),
        (None, Some(by)) => results.level_label(by, level),
        (None, None) => level,
    }
}

fn fields(notice: &Notice) -> Option<Map<String, Value>> {
    match serde_json::to_value(notice) {
        Ok(Value::Object(fields)) => Some(fields),
        _ => None,
    }
}

/// The same notice with labels in place of names and values, wherever it holds one.
fn labelled(notice: &Notice, results: &Results) -> Notice {
    let level_label = |variable: &str, level: &str| {
        let label = if variable.is_empty() {
            label_of_group(results, level)
        } else {
            results.level_label(variable, level)
        };
        label.to_string()
    };
    let mut notice = notice.relabelled(&|variable| heading(results, variable), &level_label);
    match &mut notice {
        Notice::NothingEntered { rule } | Notice::DataDrivenSelection { rule } => {
            *rule = rule.replace("univariable_p", "univariable P");
        }
        // “Univariable model of NAME”
        Notice::NotConverged { model, .. } | Notice::NoSpread { model } => {
            if let Some((model_of, variable)) = model.rsplit_once(" of ") {
                *model = format!("{model_of} of {}", heading(results, variable));
            }
            *model = capitalised(model);
        }
        // “NAME: what is the matter with it”
        Notice::Other { message } => {
            if let Some((variable, rest)) = message.split_once(':')
                && known(results, variable).is_some()
            {
                *message = format!("{}:{rest}", heading(results, variable));
            }
        }
        _ => {}
    }
    notice
}
