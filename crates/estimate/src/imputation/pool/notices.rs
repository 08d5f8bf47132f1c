//! The caveats of the completed data sets, each told once.

use serde_json::Value;
use study::{Notice, Results};

/// Caveats that hold in at least half of the data sets, in their order, with the figures of the first that has each.
pub(super) fn merge(sets: &[Results]) -> Vec<Notice> {
    let mut merged: Vec<(Value, Notice, usize)> = Vec::new();
    for set in sets {
        let mut seen: Vec<Value> = Vec::new();
        for notice in &set.notices {
            let key = without_figures(notice);
            if seen.contains(&key) {
                continue;
            }
            match merged.iter_mut().find(|(known, ..)| *known == key) {
                Some((_, _, times)) => *times += 1,
                None => merged.push((key.clone(), notice.clone(), 1)),
            }
            seen.push(key);
        }
    }
    let often = merged.into_iter().filter(|(_, _, times)| 2 * times >= sets.len());
    often.map(|(_, notice, _)| notice).collect()
}

/// What a notice is about: two that differ in their figures only are about the same.
fn without_figures(notice: &Notice) -> Value {
    let at = match notice {
        // Times and probabilities that the plan names are no figures.
        Notice::BeyondFollowUp { at, .. } | Notice::FewAtRisk { at, .. } => Some(*at),
        Notice::QuantileNotReached { probability, .. } => Some(*probability),
        _ => None,
    };
    let mut value = serde_json::to_value(notice).unwrap_or(Value::Null);
    if let Some(fields) = value.as_object_mut() {
        fields.retain(|_, field| !field.is_number());
        if let Some(message) = fields.get_mut("message") {
            let text = message.as_str().unwrap_or_default();
            *message = text.chars().filter(|c| !c.is_ascii_digit()).collect::<String>().into();
        }
        fields.insert("at".into(), at.into());
    }
    value
}
