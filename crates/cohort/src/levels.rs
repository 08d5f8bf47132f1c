//! The order in which levels stand when the plan does not say.

use std::cmp::Ordering;

/// Sorts texts as a person would: numbers by their size, and digits within texts too (`T2` before `T10`).
pub(crate) fn natural_order(texts: &mut [(&str, u32)]) {
    let numbers: Option<Vec<f64>> = texts.iter().map(|(text, _)| text.parse().ok()).collect();
    if numbers.is_some_and(|numbers| numbers.iter().all(|number| !number.is_nan())) {
        let value = |text: &str| text.parse::<f64>().unwrap_or(f64::INFINITY);
        texts.sort_by(|a, b| value(a.0).total_cmp(&value(b.0)).then_with(|| a.0.cmp(b.0)));
    } else {
        texts.sort_by(|a, b| natural(a.0, b.0));
    }
}

/// Compares runs of digits by their value, everything else by characters.
fn natural(a: &str, b: &str) -> Ordering {
    let (mut x, mut y) = (a.as_bytes(), b.as_bytes());
    while let (Some(first), Some(second)) = (x.first(), y.first()) {
        let (m, n) = (digits(x), digits(y));
        let ordering = if m > 0 && n > 0 {
            let (p, q) = (significant(&x[..m]), significant(&y[..n]));
            let ordering = p.len().cmp(&q.len()).then_with(|| p.cmp(q));
            (x, y) = (&x[m..], &y[n..]);
            ordering
        } else {
            let ordering = first.cmp(second);
            (x, y) = (&x[1..], &y[1..]);
            ordering
        };
        if ordering != Ordering::Equal {
            return ordering;
        }
    }
    x.len().cmp(&y.len()).then_with(|| a.cmp(b))
}

fn digits(text: &[u8]) -> usize {
    text.iter().take_while(|byte| byte.is_ascii_digit()).count()
}

fn significant(digits: &[u8]) -> &[u8] {
    let zeros = digits.iter().take_while(|byte| **byte == b'0').count();
    &digits[zeros..]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sorted<'a>(texts: &[&'a str]) -> Vec<&'a str> {
        let mut pairs: Vec<(&str, u32)> = texts.iter().map(|text| (*text, 0)).collect();
        natural_order(&mut pairs);
        pairs.iter().map(|pair| pair.0).collect()
    }

    #[test]
    fn levels_stand_in_the_order_of_a_person() {
        assert_eq!(sorted(&["10", "9", "-1", "2.5"]), ["-1", "2.5", "9", "10"]);
        assert_eq!(sorted(&["T10", "T2", "T1b", "T1"]), ["T1", "T1b", "T2", "T10"]);
        assert_eq!(sorted(&["b", "a2", "a", "ä"]), ["a", "a2", "b", "ä"]);
        assert_eq!(sorted(&["x01", "x1", "x2"]), ["x01", "x1", "x2"]);
    }
}
