//! The encoding of the texts in the files of statistics programs.

use super::Grid;
use encoding_rs::Encoding;
use std::borrow::Cow;

/// An encoding, and whether anything says that the file has it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Charset {
    encoding: &'static Encoding,
    is_said: bool,
}

impl Charset {
    /// The file or registry.toml says it.
    pub(super) fn said(encoding: &'static Encoding) -> Self {
        Self { encoding, is_said: true }
    }

    /// Nothing says it, and most such files have it.
    pub(super) fn assumed(encoding: &'static Encoding) -> Self {
        Self { encoding, is_said: false }
    }

    pub(super) fn name(self) -> &'static str {
        self.encoding.name()
    }

    /// The text of bytes, and whether some of them have no meaning.
    ///
    /// Where nothing says the encoding, a text that is UTF-8 is that: R and Python write UTF-8 into files that cannot
    /// say so, and no word of another encoding looks like it.
    pub(super) fn decode(self, bytes: &[u8]) -> (Cow<'_, str>, bool) {
        match std::str::from_utf8(bytes) {
            Ok(text) if !self.is_said => (text.into(), false),
            _ => self.encoding.decode_without_bom_handling(bytes),
        }
    }

    /// Tells of a table with letters whose encoding nothing says.
    pub(super) fn tell(self, grid: &mut Grid) {
        let is_told = |text: &str| !text.is_ascii();
        let is_labelled = |name: &String| {
            grid.entries.get(name).is_some_and(|entry| {
                let labels = entry.codes.iter().map(|code| code.label.as_str()).chain(entry.label.as_deref());
                labels.chain([name.as_str()]).any(is_told)
            })
        };
        let has_letters = || {
            grid.columns.iter().any(|column| column.texts.iter().any(is_told))
                || grid.names.iter().any(is_labelled)
        };
        if !self.is_said && has_letters() {
            let note = format!(
                "the file does not say its encoding: read as {} or UTF-8; `encoding` in registry.toml says otherwise",
                self.encoding.name()
            );
            grid.notes.push((None, note, grid.rows as u64));
        }
    }
}
