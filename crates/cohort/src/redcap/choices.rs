//! Choices and labels as REDCap writes them.

/// Code and label of each choice of `1, Yes | 2, No`.
pub(super) fn choices(text: &str) -> Vec<(String, String)> {
    let choices = text.split('|').map(str::trim).filter(|choice| !choice.is_empty());
    let choice = |choice: &str| match choice.split_once(',') {
        Some((code, label)) => (code.trim().to_string(), plain(label)),
        None => (choice.to_string(), plain(choice)),
    };
    choices.map(choice).collect()
}

/// The column of a choice of a checkbox.
pub(super) fn checkbox(field: &str, code: &str) -> String {
    let letter = |c: char| if c.is_ascii_alphanumeric() || c == '_' { c.to_ascii_lowercase() } else { '_' };
    format!("{field}___{}", code.chars().map(letter).collect::<String>())
}

/// A text without the marks of HTML, on one line.
pub(super) fn plain(text: &str) -> String {
    let mut plain = String::new();
    let mut rest = text;
    while let Some(at) = rest.find('<') {
        let (before, tag) = rest.split_at(at);
        plain += before;
        let is_tag = tag[1..].starts_with(|c: char| c.is_ascii_alphabetic() || c == '/');
        match tag.find('>').filter(|_| is_tag) {
            Some(end) => {
                plain.push(' ');
                rest = &tag[end + 1..];
            }
            None => {
                plain.push('<');
                rest = &tag[1..];
            }
        }
    }
    plain += rest;
    let entities =
        [("&nbsp;", " "), ("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#39;", "'"), ("&amp;", "&")];
    for (entity, character) in entities {
        plain = plain.replace(entity, character);
    }
    one_line(&plain)
}

/// A text on one line, without control characters.
pub(super) fn one_line(text: &str) -> String {
    let words = text.split(|c: char| c.is_whitespace() || c.is_control()).filter(|word| !word.is_empty());
    words.collect::<Vec<_>>().join(" ")
}

/// Label and unit of `Height (cm)`, where what stands in parentheses at the end is a unit.
pub(super) fn unit(label: &str) -> Option<(&str, &str)> {
    let (name, unit) = label.strip_suffix(')')?.rsplit_once('(')?;
    let (name, unit) = (name.trim(), unit.trim());
    let words = [
        ("years", "years"),
        ("yrs", "years"),
        ("months", "months"),
        ("weeks", "weeks"),
        ("days", "days"),
        ("hours", "hours"),
        ("minutes", "minutes"),
        ("min", "minutes"),
        ("kilograms", "kg"),
        ("kilogram", "kg"),
        ("grams", "g"),
        ("pounds", "lb"),
        ("centimeters", "cm"),
        ("centimetres", "cm"),
        ("millimeters", "mm"),
        ("millimetres", "mm"),
        ("meters", "m"),
        ("metres", "m"),
        ("inches", "in"),
        ("percent", "%"),
    ];
    if let Some((_, short)) = words.iter().find(|(word, _)| unit.eq_ignore_ascii_case(word)) {
        return Some((name, *short)).filter(|_| !name.is_empty());
    }
    let parts = [
        "%", "°C", "C", "m", "cm", "mm", "µm", "m2", "m²", "kg", "g", "mg", "µg", "ug", "ng", "pg", "L", "l",
        "dL", "dl", "mL", "ml", "µL", "uL", "mol", "mmol", "µmol", "umol", "nmol", "pmol", "U", "IU", "kU",
        "mU", "mEq", "mmHg", "mm Hg", "kPa", "Gy", "bpm", "h", "d", "min", "s", "lb", "in", "10^9", "10^3",
        "10^6", "10^12", "1.73m2",
    ];
    let known = unit.split('/').all(|part| parts.contains(&part.trim()));
    (known && !name.is_empty()).then_some((name, unit))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn choices_are_split_at_bars_and_first_commas() {
        let pair = |code: &str, label: &str| (code.to_string(), label.to_string());
        assert_eq!(
            choices("1, one|2, two, or more | -9,<b>not</b> known|a"),
            [pair("1", "one"), pair("2", "two, or more"), pair("-9", "not known"), pair("a", "a")]
        );
        assert!(choices(" ").is_empty());
        assert_eq!([checkbox("race", "1"), checkbox("race", "-9A")], ["race___1", "race____9a"]);
    }

    #[test]
    fn labels_lose_their_marks_and_nothing_else() {
        let found = plain("<div class=\"rich\"><p>Size <b>&lt;3</b>&nbsp;cm,\n if x < 2</p></div>");
        assert_eq!(found, "Size <3 cm, if x < 2");
    }

    #[test]
    fn units_are_taken_from_labels_where_they_are_units() {
        assert_eq!(unit("Height (cm)"), Some(("Height", "cm")));
        assert_eq!(unit("Weight (Kilograms)"), Some(("Weight", "kg")));
        assert_eq!(unit("Normalized rate (g/kg/d)"), Some(("Normalized rate", "g/kg/d")));
        for label in ["Name (last)", "Sex", "(cm)", "Score (0-10)"] {
            assert_eq!(unit(label), None, "{label}");
        }
    }
}
