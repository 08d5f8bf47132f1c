//! Rows of one fault: the first of them with their places, and how many more there are.

use crate::sources::TableFile;
use study::{Place, Problem};

/// So many are shown.
const SHOWN: u64 = 100;

#[derive(Default)]
pub(super) struct WrongRows {
    shown: Vec<Problem>,
    n: u64,
}

impl WrongRows {
    pub(super) fn add(&mut self, message: &str, place: Place) {
        if self.n < SHOWN {
            self.shown.push(Problem::input(message).at(place));
        }
        self.n += 1;
    }

    /// Refuses them, if there are any; the first says what to do.
    pub(super) fn close(mut self, table: &TableFile<'_>, fault: &str, help: &str) -> Result<(), Problem> {
        if let Some(first) = self.shown.first_mut() {
            first.help = Some(help.into());
        }
        if self.n > SHOWN {
            self.shown.push(table.problem(format!("and {} more rows with {fault}", self.n - SHOWN)));
        }
        Problem::collect(self.shown)
    }
}
