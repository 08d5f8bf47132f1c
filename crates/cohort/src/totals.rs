//! Rows below a table that are sums of it, as spreadsheets have them, and would be read as patients.

use crate::dictionary::{ColumnEntry, TotalRow};
use crate::sources::{Grid, TableFile};
use crate::{cleaning::Ledger, typed::entry};
use study::Problem;

/// What such rows call themselves.
const WORDS: [&str; 30] = [
    "total",
    "totals",
    "grand total",
    "overall total",
    "subtotal",
    "sum",
    "sums",
    "sum total",
    "average",
    "mean",
    "median",
    "count",
    "summe",
    "summen",
    "gesamt",
    "gesamtsumme",
    "insgesamt",
    "zwischensumme",
    "mittelwert",
    "durchschnitt",
    "anzahl",
    "somme",
    "moyenne",
    "totale",
    "somma",
    "totaal",
    "som",
    "suma",
    "summa",
    "totalt",
];

/// So many rows below a table are looked at.
const LAST: usize = 5;

/// The grid without the rows below it that are sums of it. They are refused unless the dictionary says that they are to be
/// left out, or that they are rows like any other.
pub(crate) fn left_out(grid: Grid, table: &TableFile<'_>, ledger: &mut Ledger) -> Result<Grid, Problem> {
    let said = table.entry().and_then(|entry| entry.total_row);
    if said == Some(TotalRow::Keep) {
        return Ok(grid);
    }
    let found: Vec<(usize, usize, &str)> = (grid.rows.saturating_sub(LAST)..grid.rows)
        .rev()
        .map_while(|row| word(&grid, table, row).map(|(position, word)| (row, position, word)))
        .collect();
    let Some((first, ..)) = found.last().copied() else { return Ok(grid) };
    for (row, position, word) in &found {
        let name = &grid.names[*position];
        if said == Some(TotalRow::Drop) {
            ledger.change(None, format!("left out: `{word}` below the table"), 1);
            continue;
        }
        ledger.refuse(grid.file_row(*row), *position, name, || {
            format!(
                "`{word}` stands below the last row: a sum of the others, which would be read as one of them"
            )
        });
    }
    if said.is_none() {
        ledger.help(format!(
            "remove it from the file, or write total_row = \"drop\" under [tables.{}] of registry.toml (\"keep\" if it is a \
             row like the others)",
            table.name
        ));
    }
    let all: Vec<usize> = (0..grid.names.len()).collect();
    grid.part(&all, &(0..first).collect::<Vec<_>>())
}

/// The word by which the first value of a row says that it is a sum, and its column.
fn word(grid: &Grid, table: &TableFile<'_>, row: usize) -> Option<(usize, &'static str)> {
    let text = |position: usize, row: usize| {
        let column = &grid.columns[position];
        column.texts.text(column.codes[row]).trim()
    };
    let is_read = |position: &usize| !grid.ready.contains_key(position);
    let position = (0..grid.names.len()).filter(is_read).find(|position| !text(*position, row).is_empty())?;
    let own = text(position, row);
    let word = total(own)?;
    // A word that other rows have too, or that the dictionary knows, is a value.
    let column = &grid.columns[position];
    let same: Vec<bool> = column.texts.iter().map(|text| total(text.trim()) == Some(word)).collect();
    let is_alone = column.codes.iter().filter(|code| same[**code as usize]).count() == 1;
    let entry: ColumnEntry = entry(grid, table, &grid.names[position]);
    let is_code = entry.codes.iter().any(|code| {
        std::iter::once(&code.value)
            .chain(&code.aliases)
            .any(|known| entry.folded(known) == entry.folded(own))
    });
    (is_alone && !is_code && grid.rows > 1).then_some((position, word))
}

/// The word of a sum, where a text is one, with numbers and marks behind it at most: `Total (n = 494)`.
fn total(text: &str) -> Option<&'static str> {
    let text = text.to_lowercase();
    let letters = text.trim_end_matches(|c: char| !c.is_alphabetic());
    let letters = letters.strip_suffix('n').map_or(letters, |before| {
        if before.ends_with(|c: char| !c.is_alphabetic()) {
            before.trim_end_matches(|c: char| !c.is_alphabetic())
        } else {
            letters
        }
    });
    WORDS.into_iter().find(|word| *word == letters)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_are_known_by_their_words() {
        for text in
            ["Total", "TOTAL:", "Total (n = 494)", "Grand total", "Summe 12", "Gesamt", "sum", "Total n=3"]
        {
            assert!(total(text).is_some(), "{text}");
        }
        for text in
            ["total colectomy", "subtotal resection", "P001", "Tot", "", "12", "n", "Mean, age", "Summer"]
        {
            assert_eq!(total(text), None, "{text}");
        }
    }
}
