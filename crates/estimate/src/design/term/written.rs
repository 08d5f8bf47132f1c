//! A term as the plan writes it, in text or in tables.

use super::{KNOTS, Term, listed};
use serde::{Deserialize, Deserializer};

/// A term as the plan writes it: text, or a table that names its parts.
#[derive(Debug, Clone, PartialEq, Deserialize, schemars::JsonSchema)]
#[serde(
    untagged,
    expecting = "a term is a variable, \"a:b\", \"rcs(a, 4)\", \"rcs(a, 4):b\", { interaction = [\"a\", \"b\"] } or \
                 { spline = \"a\", knots = 4 }"
)]
pub enum WrittenTerm {
    /// A variable, `a:b` for an interaction, `rcs(a, 4)` for a spline, or `rcs(a, 4):b`.
    Text(String),
    /// An interaction.
    Interaction(WrittenInteraction),
    /// A restricted cubic spline.
    Spline(WrittenSpline),
}

/// Variables whose effects depend on each other.
#[derive(Debug, Clone, PartialEq, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct WrittenInteraction {
    /// An interaction: two variables or splines or more, each of which is a term too.
    pub interaction: Vec<WrittenPart>,
}

/// A part of an interaction.
#[derive(Debug, Clone, PartialEq, Deserialize, schemars::JsonSchema)]
#[serde(
    untagged,
    expecting = "a part of an interaction is a variable, \"rcs(a, 4)\" or { spline = \"a\", knots = 4 }"
)]
pub enum WrittenPart {
    /// A variable, or `rcs(a, 4)` for a spline.
    Text(String),
    /// A restricted cubic spline.
    Spline(WrittenSpline),
}

/// A number whose effect bends.
#[derive(Debug, Clone, PartialEq, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct WrittenSpline {
    /// A restricted cubic spline: the number whose effect may bend.
    pub spline: String,
    /// How many knots the spline has (3 to 7, at quantiles of the values), or where they are; 4 where absent.
    pub knots: Option<WrittenKnots>,
}

/// How many knots, or where.
#[derive(Debug, Clone, PartialEq, Deserialize, schemars::JsonSchema)]
#[serde(untagged, expecting = "`knots` is a number from 3 to 7, or a list of values")]
pub enum WrittenKnots {
    /// So many.
    Number(u32),
    /// At these values.
    At(Vec<f64>),
}

impl WrittenTerm {
    fn text(self) -> String {
        let text = match self {
            Self::Text(text) => text,
            Self::Interaction(WrittenInteraction { interaction }) => {
                let parts: Vec<String> = interaction.into_iter().map(WrittenPart::text).collect();
                // One name alone keeps its colon, so that it is refused and not taken for a variable.
                if parts.len() < 2 { format!("{}:", parts.concat()) } else { parts.join(":") }
            }
            Self::Spline(spline) => spline.text(),
        };
        Term::parse(&text).map_or(text, |term| term.to_string())
    }
}

impl WrittenPart {
    fn text(self) -> String {
        match self {
            Self::Text(text) => text,
            Self::Spline(spline) => spline.text(),
        }
    }
}

impl WrittenSpline {
    fn text(self) -> String {
        let Self { spline, knots } = self;
        let knots = match knots {
            None => KNOTS.to_string(),
            Some(WrittenKnots::Number(number)) => number.to_string(),
            Some(WrittenKnots::At(at)) if at.len() == 1 => format!("{}, {}", at[0], at[0]),
            Some(WrittenKnots::At(at)) => listed(&at),
        };
        format!("rcs({spline}, {knots})")
    }
}

/// Reads a list of terms; each is kept as its text, from which [`Term::parse`] makes it again.
pub fn term_list<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<String>, D::Error> {
    let written = Vec::<WrittenTerm>::deserialize(deserializer)?;
    Ok(written.into_iter().map(WrittenTerm::text).collect())
}

/// Reads lists of terms.
pub fn term_lists<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Vec<String>>, D::Error> {
    let written = Vec::<Vec<WrittenTerm>>::deserialize(deserializer)?;
    Ok(written.into_iter().map(|list| list.into_iter().map(WrittenTerm::text).collect()).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_say_the_same_as_texts() {
        #[derive(Debug, Deserialize)]
        struct Options {
            #[serde(deserialize_with = "term_list")]
            terms: Vec<String>,
        }
        let read = |terms: serde_json::Value| {
            serde_json::from_value::<Options>(serde_json::json!({ "terms": terms })).map(|read| read.terms)
        };
        let written = serde_json::json!(["rcs(age,3)", { "interaction": ["a", "b"] }, { "spline": "x" },
            { "spline": "y", "knots": [1, 2.5, 4] }]);
        assert_eq!(read(written).unwrap(), ["rcs(age, 3)", "a:b", "rcs(x, 4)", "rcs(y, 1, 2.5, 4)"]);
        let crossed = serde_json::json!([{ "interaction": ["rcs(age,3)", "sex"] },
            { "interaction": ["sex", { "spline": "y", "knots": [1, 2.5, 4] }] }]);
        assert_eq!(read(crossed).unwrap(), ["rcs(age, 3):sex", "sex:rcs(y, 1, 2.5, 4)"]);
        let single = serde_json::json!([{ "interaction": ["a"] }, { "spline": "x", "knots": [4] }]);
        let single = read(single).unwrap();
        assert!(single.iter().all(|term| Term::parse(term).is_err()), "{single:?}");
        assert!(read(serde_json::json!([{ "spline": "x", "knot": 3 }])).is_err());
    }
}
