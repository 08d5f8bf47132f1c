//! Progress on the terminal, for what takes longer than a second.

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::io::IsTerminal;
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::time::{Duration, Instant};

/// Work that takes less is not worth a word.
const PATIENCE: Duration = Duration::from_secs(1);

/// A line with the stage and the elapsed time, which appears after a second and only on a terminal.
pub(crate) struct Spinner {
    started: Instant,
    bar: ProgressBar,
    /// Dropped with the spinner, which ends the wait for the line to appear.
    _waiting: Option<Sender<()>>,
}

impl Spinner {
    /// A spinner; a quiet one never appears.
    pub(crate) fn new(quiet: bool) -> Self {
        let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::hidden());
        if let Ok(style) = ProgressStyle::with_template("{spinner} {msg} ({elapsed})") {
            bar.set_style(style);
        }
        let wanted = !quiet && std::io::stderr().is_terminal();
        let waiting = wanted.then(|| {
            let (sender, receiver) = channel::<()>();
            let line = bar.clone();
            std::thread::spawn(move || {
                if receiver.recv_timeout(PATIENCE) == Err(RecvTimeoutError::Timeout) && !line.is_finished() {
                    line.set_draw_target(ProgressDrawTarget::stderr());
                    line.enable_steady_tick(Duration::from_millis(200));
                }
            });
            sender
        });
        Self { started: Instant::now(), bar, _waiting: waiting }
    }

    /// Takes the line away, before something else is printed.
    pub(crate) fn finish(&self) {
        self.bar.finish_and_clear();
    }

    /// How long it has been there.
    pub(crate) fn elapsed(&self) -> Duration {
        self.started.elapsed()
    }
}

impl Drop for Spinner {
    fn drop(&mut self) {
        self.finish();
    }
}

impl run::Progress for Spinner {
    fn stage(&self, name: &str) {
        self.bar.set_message(name.to_string());
    }
}
