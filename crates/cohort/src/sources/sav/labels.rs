//! What the file says of its columns, as entries of the dictionary.

use super::bytes::double;
use super::cases::{number, texts_of_missing};
use super::header::Header;
use crate::sources::Grid;
use crate::sources::labelled::Described;

/// Notes labels, codes and missing values.
pub(super) fn describe(grid: &mut Grid, header: &Header) {
    for (position, variable) in header.variables.iter().enumerate() {
        let missing = texts_of_missing(grid, position, header, header.big_endian);
        let labels = variable.labels.iter().map(|(value, label)| {
            let text = match (variable.width, <[u8; 8]>::try_from(value.as_slice())) {
                (0, Ok(value)) => number(double(value, header.big_endian), variable.format),
                _ => {
                    let text = header.encoding.decode_without_bom_handling(value).0;
                    text.trim_end_matches([' ', '\0']).to_string()
                }
            };
            (text, label.clone())
        });
        let labels: Vec<(String, String)> = labels.collect();
        let scale = variable.width == 0 && !matches!(variable.measure, 1 | 2);
        let label = variable.label.clone();
        grid.describe(position, Described { label, labels, missing, text: variable.width > 0, scale });
    }
}
