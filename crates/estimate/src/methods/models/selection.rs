//! The rule by which terms enter a multivariable model.

use std::fmt;

/// Terms whose univariable Wald P value is small enough enter. For a factor of several levels that is the joint test
/// of all its levels, the one that SPSS prints in the factor's first line.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct EntryRule {
    limit: f64,
    inclusive: bool,
}

impl EntryRule {
    /// Reads `univariable_p < X` or `univariable_p <= X`; otherwise says what is wrong.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let wrong = || format!("`{text}` is not an entry rule");
        let rest = text.trim().strip_prefix("univariable_p").ok_or_else(wrong)?.trim_start();
        let (rest, inclusive) = match rest.strip_prefix("<=").or_else(|| rest.strip_prefix('≤')) {
            Some(rest) => (rest, true),
            None => (rest.strip_prefix('<').ok_or_else(wrong)?, false),
        };
        let limit: f64 = rest.trim().parse().map_err(|_| wrong())?;
        if !(limit > 0.0 && limit <= 1.0) {
            return Err(format!("the limit {limit} is not a P value between 0 and 1"));
        }
        Ok(Self { limit, inclusive })
    }

    /// Whether a term with this P value enters. One without a P value does not.
    pub(crate) fn admits(self, p_value: Option<f64>) -> bool {
        p_value.is_some_and(|p| p < self.limit || (self.inclusive && p == self.limit))
    }
}

impl fmt::Display for EntryRule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "univariable Wald P {} {}", if self.inclusive { "≤" } else { "<" }, self.limit)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_grammar() {
        let rule = EntryRule::parse(" univariable_p<0.05 ").unwrap();
        assert!(rule.admits(Some(0.049)) && !rule.admits(Some(0.05)) && !rule.admits(None));
        assert!(EntryRule::parse("univariable_p <= 0.1").unwrap().admits(Some(0.1)));
        for wrong in ["p < 0.05", "univariable_p > 0.05", "univariable_p < five", "univariable_p < 0", ""] {
            assert!(EntryRule::parse(wrong).is_err(), "{wrong}");
        }
        assert_eq!(rule.to_string(), "univariable Wald P < 0.05");
    }
}
