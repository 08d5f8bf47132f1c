//! Progress on the terminal, for what takes longer than a second.

use indicatif::{ProgressBar, ProgressStyle};
use std::cell::RefCell;
use std::io::IsTerminal;
use std::time::{Duration, Instant};

/// A line with the stage and the elapsed time, which appears after a second and only on a terminal.
pub(crate) struct Spinner {
    started: Instant,
    wanted: bool,
    bar: RefCell<Option<ProgressBar>>,
}

impl Spinner {
    /// A spinner; a quiet one never appears.
    pub(crate) fn new(quiet: bool) -> Self {
        Self {
            started: Instant::now(),
            wanted: !quiet && std::io::stderr().is_terminal(),
            bar: RefCell::new(None),
        }
    }

    /// Takes the line away, before something else is printed.
    pub(crate) fn finish(&self) {
        if let Some(bar) = self.bar.borrow_mut().take() {
            bar.finish_and_clear();
        }
    }

    /// How long it has been there.
    pub(crate) fn elapsed(&self) -> Duration {
        self.started.elapsed()
    }

    fn show(&self, message: &str) {
        if !self.wanted {
            return;
        }
        let mut bar = self.bar.borrow_mut();
        let bar = bar.get_or_insert_with(|| {
            let bar = ProgressBar::new_spinner();
            if let Ok(style) = ProgressStyle::with_template("{spinner} {msg} ({elapsed})") {
                bar.set_style(style);
            }
            bar.enable_steady_tick(Duration::from_secs(1));
            bar
        });
        bar.set_message(message.to_string());
    }
}

impl run::Progress for Spinner {
    fn stage(&self, name: &str) {
        self.show(name);
    }
}
