//! What is shown: a table or a figure, with its name and its number.

use crate::table::Table;

/// A figure: a complete `<svg>` element and the words beneath it.
#[derive(Debug, Clone, PartialEq)]
pub struct Figure {
    /// The element, black on white by its own attributes; its classes let a page restyle it for a dark screen.
    pub svg: String,
    /// What a reader must know to read it.
    pub caption: String,
    /// Width in CSS pixels at full size.
    pub width: f64,
    /// Height in CSS pixels at full size.
    pub height: f64,
}

/// What a display holds.
#[derive(Debug, Clone, PartialEq)]
pub enum Content {
    /// Rows and columns.
    Table(Table),
    /// A drawing.
    Figure(Figure),
}

/// One table or figure of the report.
#[derive(Debug, Clone, PartialEq)]
pub struct Display {
    /// Stable name, also of its file: the analysis' id, with a suffix for the second display of one analysis.
    pub id: String,
    /// The analysis it shows; absent for the flow of participants.
    pub analysis: Option<String>,
    /// `Table 1` or `Figure 2`, counted separately; empty where the title brings its own number.
    pub number: String,
    /// What is printed above it.
    pub title: String,
    /// The table or the figure.
    pub content: Content,
}

impl Display {
    /// Number and title together: `Table 1. Baseline characteristics`.
    pub fn heading(&self) -> String {
        if self.number.is_empty() { self.title.clone() } else { format!("{}. {}", self.number, self.title) }
    }

    /// The table, where it is one.
    pub fn table(&self) -> Option<&Table> {
        match &self.content {
            Content::Table(table) => Some(table),
            Content::Figure(_) => None,
        }
    }

    /// The figure, where it is one.
    pub fn figure(&self) -> Option<&Figure> {
        match &self.content {
            Content::Figure(figure) => Some(figure),
            Content::Table(_) => None,
        }
    }
}

/// Whether a title brings its own number, as `Table 4. Predictors` does.
pub(crate) fn numbers_itself(title: &str) -> bool {
    let mut words = title.split_whitespace();
    let first = words.next().unwrap_or_default();
    let second = words.next().unwrap_or_default();
    matches!(first, "Table" | "Figure" | "Fig.")
        && second.trim_start_matches(['S', 'e', 'A']).starts_with(|c: char| c.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::numbers_itself;

    #[test]
    fn a_title_with_its_own_number_is_known() {
        assert!(numbers_itself("Table 4. Predictors"));
        assert!(numbers_itself("Figure S2: subgroup"));
        assert!(!numbers_itself("Table of contents"));
        assert!(!numbers_itself("Overall survival"));
    }
}
