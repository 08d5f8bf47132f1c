//! Follow-up that starts anew at a landmark: what is refused, and what is said.

use study::{Analysis, Notice, Problem};

/// Refuses a landmark that is no later time.
pub(crate) fn check_landmark(landmark: Option<f64>, analysis: &Analysis) -> Result<(), Problem> {
    match landmark {
        Some(landmark) if !(landmark > 0.0 && landmark.is_finite()) => Err(analysis
            .refuse(&["landmark".into()], format!("follow-up cannot start anew at time {landmark}"))
            .help("give a time after 0, in the endpoint's unit")),
        _ => Ok(()),
    }
}

/// How many are left out: those who had the event until then, and those who left without it.
pub(crate) fn left_out_at_landmark(events: u64, others: u64) -> Notice {
    let message = format!(
        "Left out at the landmark: {events} with the event by then, {others} without further follow-up."
    );
    Notice::Other { message }
}

/// The sentence of the methods.
pub(crate) fn landmark_sentence(landmark: f64, unit: &str) -> String {
    format!(
        "Only patients followed beyond the landmark of {landmark} {unit} were analysed, with time counted from it."
    )
}
