//! What is said when the program itself is wrong.
//!
//! The words of a panic may quote data, for example the text in which a position lies: they are left out, and the place in
//! the program is enough to find it.

use std::panic::{Location, catch_unwind, set_hook};
use std::process::ExitCode;

/// Runs the program; where it breaks off, that is told with its place, and the exit code says whose fault it is.
pub(crate) fn guarded(program: impl FnOnce() -> ExitCode + std::panic::UnwindSafe) -> ExitCode {
    set_hook(Box::new(|panic| {
        // One on a thread of the query engine becomes a problem, which is told in plain words.
        if std::thread::current().name() != Some("engine") {
            eprintln!("{}", told(panic.location()));
        }
    }));
    catch_unwind(program).unwrap_or(ExitCode::from(3))
}

fn told(place: Option<&Location<'_>>) -> String {
    let place = place.map_or("an unknown place".into(), |place| format!("{}:{}", place.file(), place.line()));
    format!(
        "error: farr broke off at {place}, which is a fault of the program: please report it with this line and what was \
         run; its data are not shown"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_tells_its_place_and_ends_with_code_3() {
        let code = guarded(|| panic!("Miller, born 1950-05-03"));
        let _ = std::panic::take_hook();
        assert_eq!(format!("{code:?}"), format!("{:?}", ExitCode::from(3)));
        assert!(told(Some(Location::caller())).contains("panic.rs:"));
    }
}
