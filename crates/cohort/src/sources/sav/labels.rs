//! What the file says of its columns, as entries of the dictionary.

use super::cases::{is_moment, number, texts_of_missing};
use super::header::Header;
use crate::sources::Grid;
use crate::sources::binary::double;
use crate::sources::labelled::Described;

/// Notes labels, codes and missing values.
pub(super) fn describe(grid: &mut Grid, header: &Header) {
    for (position, variable) in header.variables.iter().enumerate() {
        let labels = variable.labels.iter().map(|(value, label)| {
            let text = match (variable.width, <[u8; 8]>::try_from(value.as_slice())) {
                (0, Ok(value)) => number(double(value, header.big_endian), variable.format),
                _ => {
                    let text = header.charset.decode(value).0;
                    text.trim_end_matches([' ', '\0']).to_string()
                }
            };
            (text, label.clone())
        });
        let labels: Vec<(String, String)> = labels.collect();
        // A value that no row has may have a label, and be missing all the same.
        let labelled = labels.iter().map(|(value, _)| value.as_str());
        let missing = texts_of_missing(grid.columns[position].texts.iter().chain(labelled), position, header);
        let scale = variable.width == 0 && !matches!(variable.measure, 1 | 2);
        if variable.width == 0 && is_moment(variable.format) {
            grid.dates.insert(position);
        }
        let label = variable.label.clone();
        grid.describe(position, Described { label, labels, missing, text: variable.width > 0, scale });
    }
}
