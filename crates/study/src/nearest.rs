//! The nearest known name to one that is not known.

/// The candidate that a person most likely meant, or `None` where none is near.
///
/// Nearness is the Jaro–Winkler similarity of the names in lower case; below 0.75 a suggestion would mislead. Names
/// that differ by one slip (a letter more, less, another, or two exchanged) are near however short they are.
pub fn nearest<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let name = name.to_lowercase();
    known
        .into_iter()
        .map(|candidate| (similarity(&name, &candidate.to_lowercase()), candidate))
        .filter(|(similarity, _)| *similarity >= 0.75)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, candidate)| candidate)
}

fn similarity(a: &str, b: &str) -> f64 {
    let one_slip = a.len().min(b.len()) > 1 && strsim::damerau_levenshtein(a, b) == 1;
    strsim::jaro_winkler(a, b).max(if one_slip { 0.9 } else { 0.0 })
}

/// The help sentence for an unknown name: the nearest one, or the whole list.
pub fn suggest<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> String {
    let known: Vec<&str> = known.into_iter().collect();
    match nearest(name, known.iter().copied()) {
        Some(candidate) => format!("did you mean `{candidate}`?"),
        None if known.is_empty() => "there is nothing to choose from".into(),
        None if known.len() > 40 => format!("known are `{}`, …", known[..40].join("`, `")),
        None => format!("known are `{}`", known.join("`, `")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_of_the_finger_finds_its_name() {
        assert_eq!(nearest("titel", ["title", "registry"]), Some("title"));
        assert_eq!(nearest("sx", ["id", "sex", "age"]), Some("sex"));
        assert_eq!(nearest("qqq", ["title", "registry"]), None);
        assert_eq!(suggest("qqq", ["a", "b"]), "known are `a`, `b`");
    }
}
