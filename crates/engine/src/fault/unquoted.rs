//! Sentences about values, without the values.

/// The text with everything in quotes, and every number, taken out: either may be a value of somebody's row. Digits in a
/// name, as of a type, stay.
pub(crate) fn without_values(message: &str) -> String {
    let mut text = String::new();
    let mut rest = message;
    while let Some(c) = rest.chars().next() {
        let before = text.chars().next_back();
        let is_open = matches!(c, '\'' | '"' | '`') && !before.is_some_and(char::is_alphanumeric);
        let (behind, put) = if is_open {
            // What has no end is taken out whole; a quote within the value ends it no earlier than its last one.
            (rest[1..].rfind(c).map_or("", |end| &rest[end + 2..]), "…")
        } else if c.is_ascii_digit() && !before.is_some_and(|c| c.is_alphanumeric() || c == '_') {
            (rest.trim_start_matches(|c: char| c.is_ascii_digit() || "-.:eE+/".contains(c)), "…")
        } else {
            text.push(c);
            rest = &rest[c.len_utf8()..];
            continue;
        };
        text.push_str(put);
        rest = behind;
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_taken_out_and_names_of_types_stay() {
        for (message, told) in [
            (
                "Error parsing timestamp from '03.05.1950': error parsing date",
                "Error parsing timestamp from …: error parsing date",
            ),
            ("Can't cast value 19500503 to type Int8", "Can't cast value … to type Int8"),
            ("value 'O'Neil' is wrong", "value … is wrong"),
            ("an open 'quote", "an open …"),
            ("Overflow happened on: 1950 * 3", "Overflow happened on: … * …"),
            ("Day 1950-05-03 of \"Miller\"", "Day … of …"),
        ] {
            assert_eq!(without_values(message), told);
        }
    }
}
