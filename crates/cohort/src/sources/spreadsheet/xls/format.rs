//! Which number formats show dates.

use calamine::ExcelDateTimeType;

/// What a format that stands in no file shows, by its number.
pub(super) fn built_in(number: u16) -> Option<ExcelDateTimeType> {
    match number {
        14..=22 | 27..=36 | 45 | 47 | 50..=58 => Some(ExcelDateTimeType::DateTime),
        46 => Some(ExcelDateTimeType::TimeDelta),
        _ => None,
    }
}

/// What a format shows: letters of dates outside quotation marks and brackets, or `[h]` for a length of time.
pub(super) fn custom(format: &str) -> Option<ExcelDateTimeType> {
    let mut letters = format.chars();
    while let Some(letter) = letters.next() {
        match letter {
            '"' => drop(letters.by_ref().find(|letter| *letter == '"')),
            '\\' | '_' | '*' => drop(letters.next()),
            '[' => {
                let within: String = letters.by_ref().take_while(|letter| *letter != ']').collect();
                if !within.is_empty() && within.chars().all(|letter| "hmsHMS".contains(letter)) {
                    return Some(ExcelDateTimeType::TimeDelta);
                }
            }
            'd' | 'D' | 'm' | 'M' | 'y' | 'Y' | 'h' | 'H' | 's' | 'S' => {
                return Some(ExcelDateTimeType::DateTime);
            }
            // The second section is for negative numbers, which are no dates.
            ';' => return None,
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_told_from_numbers() {
        for format in ["dd.mm.yyyy", "[$-407]d. mmmm yyyy;@", "yyyy\\-mm\\-dd", "h:mm AM/PM", "MMM-YY"] {
            assert!(matches!(custom(format), Some(ExcelDateTimeType::DateTime)), "{format}");
        }
        for format in
            ["General", "0.00", "#,##0", "0.00E+00", "[Red]0", "0\" days\"", "_-* #,##0.00\\ _m", "@"]
        {
            assert!(custom(format).is_none(), "{format}");
        }
        assert!(matches!(custom("[h]:mm:ss"), Some(ExcelDateTimeType::TimeDelta)));
    }
}
