//! What is being done right now, for whoever waits.

/// Hears of each stage as it begins.
pub trait Progress {
    /// A stage begins, for example `reading labs`.
    fn stage(&self, name: &str);
}

/// Nobody waits.
#[derive(Debug, Clone, Copy, Default)]
pub struct Silent;

impl Progress for Silent {
    fn stage(&self, _: &str) {}
}
