//! A limit to what compressed files expand to.

/// Adds up what a compressed file has expanded to, and refuses what no table of patients does.
///
/// Deflate expands to a thousand times at most, which only files reach that are made to fill the memory; tables expand
/// to three to fifty times.
pub(crate) struct Expansion {
    compressed: u64,
    expanded: u64,
}

/// So much may be expanded without asking how small it was.
const FREE: u64 = 64 << 20;
/// Beyond it, so many times the compressed size.
const TIMES: u64 = 200;
/// And never more than this.
const MOST: u64 = 16 << 30;

impl Expansion {
    /// Of a file of so many bytes.
    pub(crate) fn new(compressed: u64) -> Self {
        Self { compressed, expanded: 0 }
    }

    /// So many more bytes have come out.
    pub(crate) fn add(&mut self, expanded: u64) -> Result<(), String> {
        self.expanded = self.expanded.saturating_add(expanded);
        let most = FREE.max(self.compressed.saturating_mul(TIMES)).min(MOST);
        if self.expanded <= most {
            return Ok(());
        }
        Err(format!(
            "the file of {} kB expands to more than {} MB: it is made to fill the memory",
            self.compressed.div_ceil(1 << 10),
            most >> 20
        ))
    }
}
