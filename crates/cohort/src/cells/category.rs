//! Codes and their aliases.

use crate::dictionary::ColumnEntry;
use std::collections::BTreeMap;
use study::nearest::nearest;

/// The codes of a column, by every spelling.
pub(crate) struct Codes<'a> {
    entry: &'a ColumnEntry,
    spellings: BTreeMap<String, &'a str>,
}

impl<'a> Codes<'a> {
    /// The codes of a column.
    pub(crate) fn new(entry: &'a ColumnEntry) -> Self {
        let mut spellings = BTreeMap::new();
        for code in &entry.codes {
            for text in std::iter::once(&code.value).chain(&code.aliases) {
                spellings.insert(entry.folded(text), code.value.as_str());
            }
        }
        Self { entry, spellings }
    }

    /// The text with each code in its proper spelling; as it stands where the column has no codes.
    ///
    /// # Errors
    /// A text, or an element of a list, that is no code.
    pub(crate) fn apply(&self, text: &str, changes: &mut Vec<String>) -> Result<String, String> {
        if self.spellings.is_empty() {
            return Ok(text.to_string());
        }
        let Some(separator) = &self.entry.separator else {
            return self.one(text, changes).map(str::to_string);
        };
        let elements = text.split(separator.as_str()).map(str::trim).filter(|element| !element.is_empty());
        let read = elements.map(|element| self.one(element, changes)).collect::<Result<Vec<_>, _>>()?;
        Ok(read.join(separator))
    }

    fn one(&self, text: &str, changes: &mut Vec<String>) -> Result<&'a str, String> {
        match self.spellings.get(&self.entry.folded(text)) {
            Some(value) => {
                if *value != text {
                    changes.push(format!("`{text}` read as `{value}`"));
                }
                Ok(value)
            }
            None => {
                let near = nearest(text, self.entry.codes.iter().map(|code| code.value.as_str()));
                let near = near.map_or(String::new(), |near| format!("; the nearest is `{near}`"));
                Err(format!("`{text}` is none of the codes{near}"))
            }
        }
    }
}
