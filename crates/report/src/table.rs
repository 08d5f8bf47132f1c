//! The table model: cells of text, and what each row is. Formats decide how it looks.

/// How the cells of a column stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Align {
    /// Words.
    Left,
    /// Figures.
    Right,
}

/// What a row is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RowKind {
    /// Stands by itself: a variable with its figures in the same row.
    Single,
    /// Names what follows: a variable above its levels.
    Heading,
    /// One level, or one statistic, of the heading above.
    Level,
    /// How many have no value.
    Missing,
}

/// A cell: its text, and the footnotes it points to.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Cell {
    /// What is printed.
    pub text: String,
    /// Positions in the table's footnotes.
    pub notes: Vec<usize>,
}

impl From<&str> for Cell {
    fn from(text: &str) -> Self {
        Self { text: text.into(), notes: Vec::new() }
    }
}

impl From<String> for Cell {
    fn from(text: String) -> Self {
        Self { text, notes: Vec::new() }
    }
}

impl Cell {
    /// The cell with a footnote.
    #[must_use]
    pub fn note(mut self, note: Option<usize>) -> Self {
        if let Some(note) = note.filter(|note| !self.notes.contains(note)) {
            self.notes.push(note);
        }
        self
    }
}

/// A cell of the heading, over one or more columns.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeaderCell {
    /// What is printed.
    pub text: String,
    /// A second line, for example `N = 30`.
    pub detail: Option<String>,
    /// How many columns it stands over.
    pub span: usize,
}

impl HeaderCell {
    /// Over one column.
    pub fn new(text: impl Into<String>) -> Self {
        Self { text: text.into(), detail: None, span: 1 }
    }

    /// Over several columns.
    pub fn over(text: impl Into<String>, span: usize) -> Self {
        Self { span, ..Self::new(text) }
    }

    /// With a second line.
    #[must_use]
    pub fn detail(mut self, detail: impl Into<String>) -> Self {
        self.detail = Some(detail.into());
        self
    }
}

/// One row of the body: one cell a column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// What it is.
    pub kind: RowKind,
    /// Its cells, the first of which names the row.
    pub cells: Vec<Cell>,
}

/// A footnote; one without a marker speaks of the whole table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Footnote {
    /// `a`, `b`, …, `aa`.
    pub marker: Option<String>,
    /// What it says.
    pub text: String,
}

/// A table.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Table {
    /// What the figures are, for example `Values are n (%)`.
    pub caption: Option<String>,
    /// One alignment a column.
    pub columns: Vec<Align>,
    /// The rows of the heading, each spanning all columns.
    pub header: Vec<Vec<HeaderCell>>,
    /// The rows of the body.
    pub rows: Vec<Row>,
    /// In the order of their markers, those of the whole table last.
    pub footnotes: Vec<Footnote>,
}

impl Table {
    /// A table with a first column of names and so many columns of figures.
    pub fn with_columns(figures: usize) -> Self {
        let columns =
            std::iter::once(Align::Left).chain(std::iter::repeat_n(Align::Right, figures)).collect();
        Self { columns, ..Self::default() }
    }

    /// Adds a row, filled up with empty cells.
    pub fn push(&mut self, kind: RowKind, cells: impl IntoIterator<Item = Cell>) {
        let mut cells: Vec<Cell> = cells.into_iter().collect();
        cells.resize(self.columns.len(), Cell::default());
        self.rows.push(Row { kind, cells });
    }

    /// The position of a marked footnote, added where no other says the same.
    pub fn note(&mut self, text: impl Into<String>) -> usize {
        let text = text.into();
        let known = self.footnotes.iter().position(|note| note.marker.is_some() && note.text == text);
        known.unwrap_or_else(|| {
            let marker = marker(self.footnotes.iter().filter(|note| note.marker.is_some()).count());
            self.footnotes.push(Footnote { marker: Some(marker), text });
            self.footnotes.len() - 1
        })
    }

    /// Adds a footnote on the whole table, unless it stands there already.
    pub fn remark(&mut self, text: impl Into<String>) {
        let text = text.into();
        if !text.is_empty() && !self.footnotes.iter().any(|note| note.text == text) {
            self.footnotes.push(Footnote { marker: None, text });
        }
    }

    /// Orders the markers as they are met, row by row, and moves remarks on the whole table behind them.
    #[must_use]
    pub fn finish(mut self) -> Self {
        let mut order: Vec<usize> = Vec::new();
        for note in self.rows.iter().flat_map(|row| &row.cells).flat_map(|cell| &cell.notes) {
            if !order.contains(note) {
                order.push(*note);
            }
        }
        let remarks = (0..self.footnotes.len()).filter(|index| self.footnotes[*index].marker.is_none());
        let whole: Vec<Footnote> = remarks.map(|index| self.footnotes[index].clone()).collect();
        let marked = order.iter().enumerate().map(|(place, index)| Footnote {
            marker: Some(marker(place)),
            text: self.footnotes[*index].text.clone(),
        });
        let footnotes: Vec<Footnote> = marked.chain(whole).collect();
        for note in self.rows.iter_mut().flat_map(|row| &mut row.cells).flat_map(|cell| &mut cell.notes) {
            *note = order.iter().position(|index| index == note).unwrap_or_default();
        }
        self.footnotes = footnotes;
        self
    }

    /// What speaks of the whole table, as one paragraph.
    pub fn remarks(&self) -> String {
        let whole = self.footnotes.iter().filter(|note| note.marker.is_none());
        whole.map(|note| note.text.as_str()).collect::<Vec<_>>().join(" ")
    }

    /// The markers of a cell, joined by commas.
    pub fn markers(&self, cell: &Cell) -> String {
        let mut places = cell.notes.clone();
        places.sort_unstable();
        let markers = places.iter().filter_map(|index| self.footnotes.get(*index)?.marker.clone());
        markers.collect::<Vec<_>>().join(",")
    }
}

/// `a` … `z`, `aa` …: letters, because figures would be read as numbers.
fn marker(index: usize) -> String {
    let mut index = index;
    let mut letters = Vec::new();
    loop {
        letters.push(char::from(b'a' + (index % 26) as u8));
        if index < 26 {
            break;
        }
        index = index / 26 - 1;
    }
    letters.iter().rev().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markers_follow_the_rows_and_equal_notes_share_one() {
        let mut table = Table::with_columns(1);
        table.remark("On the whole.");
        let welch = table.note("Welch’s t-test.");
        let fisher = table.note("Fisher’s exact test.");
        assert_eq!(table.note("Welch’s t-test."), welch);
        table.push(RowKind::Single, ["x".into(), Cell::from("0.1").note(Some(fisher))]);
        table.push(RowKind::Single, ["y".into(), Cell::from("0.2").note(Some(welch)).note(Some(fisher))]);
        let table = table.finish();
        let notes: Vec<_> =
            table.footnotes.iter().map(|note| (note.marker.as_deref(), note.text.as_str())).collect();
        assert_eq!(
            notes,
            [(Some("a"), "Fisher’s exact test."), (Some("b"), "Welch’s t-test."), (None, "On the whole.")]
        );
        assert_eq!(table.markers(&table.rows[0].cells[1]), "a");
        assert_eq!(table.markers(&table.rows[1].cells[1]), "a,b");
    }

    #[test]
    fn markers_go_on_after_z() {
        assert_eq!(
            (marker(0), marker(25), marker(26), marker(52)),
            ("a".into(), "z".into(), "aa".into(), "ba".into())
        );
    }
}
