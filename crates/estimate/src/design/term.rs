//! How a term of a model is written: a variable, `a:b`, or `rcs(a, 4)`.

use serde::{Deserialize, Deserializer};
use std::fmt;

/// A term.
#[derive(Debug, Clone, PartialEq)]
pub enum Term {
    /// A variable as it is.
    Variable(String),
    /// The product of the columns of several variables, whose own terms stand beside it.
    Interaction(Vec<String>),
    /// A number as a restricted cubic spline.
    Spline {
        /// The number.
        variable: String,
        /// Where its pieces meet.
        knots: Knots,
    },
}

/// The knots of a spline.
#[derive(Debug, Clone, PartialEq)]
pub enum Knots {
    /// So many, at quantiles of the values.
    Number(usize),
    /// At these values, ascending.
    At(Vec<f64>),
    /// As the values say that were observed before others were imputed; no plan has it.
    Observed(Observed),
}

/// What of a spline follows from the values of the patients.
#[derive(Debug, Clone, PartialEq)]
pub struct Observed {
    /// The knots, ascending.
    pub at: Vec<f64>,
    /// The quartiles.
    pub quartiles: [f64; 3],
    /// The first and the last percentile.
    pub ends: [f64; 2],
}

/// Knots where the plan does not say how many.
const KNOTS: usize = 4;

impl Term {
    /// Reads a term; otherwise says what is wrong with it.
    pub fn parse(text: &str) -> Result<Self, String> {
        let text = text.trim();
        if let Some(inside) = text.strip_prefix("rcs(").and_then(|rest| rest.strip_suffix(')')) {
            return spline(inside).map_err(|wrong| format!("`{text}`: {wrong}"));
        }
        if text.contains(':') {
            let names: Vec<String> = text.split(':').map(|name| name.trim().to_string()).collect();
            if names.iter().any(String::is_empty) {
                return Err(format!("`{text}` lacks a variable beside a colon"));
            }
            if let Some(at) = (1..names.len()).find(|at| names[..*at].contains(&names[*at])) {
                return Err(format!("`{text}` names `{}` twice", names[at]));
            }
            return Ok(Self::Interaction(names));
        }
        Ok(Self::Variable(text.into()))
    }

    /// The term of a text that has been examined already.
    pub fn of(text: &str) -> Self {
        Self::parse(text).unwrap_or_else(|_| Self::Variable(text.into()))
    }

    /// Its variables.
    pub fn variables(&self) -> Vec<&str> {
        match self {
            Self::Variable(name) | Self::Spline { variable: name, .. } => vec![name],
            Self::Interaction(names) => names.iter().map(String::as_str).collect(),
        }
    }

    /// The name that its rows have: that of the variable, also of a spline.
    pub fn name(&self) -> String {
        self.variables().join(":")
    }

    /// Whether it is the product of the same variables.
    pub fn is_same(&self, other: &Self) -> bool {
        let sorted = |term: &Self| {
            let mut names: Vec<String> = term.variables().into_iter().map(String::from).collect();
            names.sort_unstable();
            names
        };
        sorted(self) == sorted(other)
    }

    /// Whether all of its variables are among those of an interaction that has more.
    pub fn is_within(&self, interaction: &Self) -> bool {
        let (own, others) = (self.variables(), interaction.variables());
        own.len() < others.len() && own.iter().all(|name| others.contains(name))
    }
}

impl fmt::Display for Term {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Variable(_) | Self::Interaction(_) => f.write_str(&self.name()),
            Self::Spline { variable, knots: Knots::Number(number) } => write!(f, "rcs({variable}, {number})"),
            Self::Spline { variable, knots: Knots::At(at) } => {
                write!(f, "rcs({variable}, {})", listed(at))
            }
            Self::Spline { variable, knots: Knots::Observed(Observed { at, quartiles, ends }) } => {
                write!(f, "rcs({variable}, {}; {}; {})", listed(at), listed(quartiles), listed(ends))
            }
        }
    }
}

fn listed(numbers: &[f64]) -> String {
    numbers.iter().map(f64::to_string).collect::<Vec<_>>().join(", ")
}

/// Numbers that stand between commas.
fn numbers<'a>(parts: impl Iterator<Item = &'a str>) -> Result<Vec<f64>, String> {
    let number = |part: &str| {
        let number = part.trim().parse::<f64>().ok().filter(|number| number.is_finite());
        number.ok_or_else(|| format!("`{}` is no number", part.trim()))
    };
    parts.map(number).collect()
}

fn spline(inside: &str) -> Result<Term, String> {
    let (inside, observed) = match inside.split_once(';') {
        Some((inside, observed)) => (inside, Some(observed)),
        None => (inside, None),
    };
    let mut parts = inside.split(',').map(str::trim);
    let variable = parts.next().unwrap_or_default().to_string();
    if variable.is_empty() {
        return Err("a spline lacks its variable".into());
    }
    let knots = match numbers(parts)?.as_slice() {
        [] => Knots::Number(KNOTS),
        [number] if (3.0..=7.0).contains(number) && number.fract() == 0.0 => Knots::Number(*number as usize),
        [number] => return Err(format!("{number} knots are not between 3 and 7")),
        at if at.windows(2).any(|pair| pair[0] >= pair[1]) => {
            return Err("the knots are not in ascending order".into());
        }
        at if !(3..=7).contains(&at.len()) => {
            return Err(format!("{} knots are not between 3 and 7", at.len()));
        }
        at => Knots::At(at.to_vec()),
    };
    let knots = match (knots, observed) {
        (knots, None) => knots,
        (Knots::At(at), Some(observed)) => {
            let read = observed.split_once(';').map(|(quartiles, ends)| -> Result<Observed, String> {
                let [quartiles, ends] = [quartiles, ends].map(|part| numbers(part.split(',')));
                let wrong = |_| "a spline has three quartiles and two ends".to_string();
                let (quartiles, ends) =
                    (quartiles?.try_into().map_err(wrong)?, ends?.try_into().map_err(wrong)?);
                Ok(Observed { at, quartiles, ends })
            });
            Knots::Observed(read.ok_or("a spline lacks the ends of its curve")??)
        }
        (Knots::Number(_) | Knots::Observed(_), Some(_)) => return Err("a spline lacks its knots".into()),
    };
    Ok(Term::Spline { variable, knots })
}

/// A term as the plan writes it: text, or a table that names its parts.
#[derive(Debug, Clone, PartialEq, Deserialize, schemars::JsonSchema)]
#[serde(
    untagged,
    expecting = "a term is a variable, \"a:b\", \"rcs(a, 4)\", { interaction = [\"a\", \"b\"] } or \
                 { spline = \"a\", knots = 4 }"
)]
pub enum WrittenTerm {
    /// A variable, `a:b` for an interaction, or `rcs(a, 4)` for a spline.
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
    /// Two variables or more, each of which is a term too.
    pub interaction: Vec<String>,
}

/// A number whose effect bends.
#[derive(Debug, Clone, PartialEq, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct WrittenSpline {
    /// A number.
    pub spline: String,
    /// How many knots (3 to 7, at quantiles of the values), or where they are; 4 where absent.
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
        match self {
            Self::Text(text) => Term::parse(&text).map_or(text, |term| term.to_string()),
            // One name alone keeps its colon, so that it is refused and not taken for a variable.
            Self::Interaction(written) if written.interaction.len() < 2 => {
                format!("{}:", written.interaction.concat())
            }
            Self::Interaction(written) => written.interaction.join(":"),
            Self::Spline(WrittenSpline { spline, knots }) => {
                let knots = match knots {
                    None => KNOTS.to_string(),
                    Some(WrittenKnots::Number(number)) => number.to_string(),
                    Some(WrittenKnots::At(at)) if at.len() == 1 => format!("{}, {}", at[0], at[0]),
                    Some(WrittenKnots::At(at)) => {
                        at.iter().map(f64::to_string).collect::<Vec<_>>().join(", ")
                    }
                };
                format!("rcs({spline}, {knots})")
            }
        }
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

/// The texts at some places of a list of terms that name an interaction, and of every term that it contains.
pub fn with_contained(terms: &[String], term: &str) -> Vec<usize> {
    let whole = Term::of(term);
    (0..terms.len()).filter(|at| terms[*at] == term || Term::of(&terms[*at]).is_within(&whole)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_grammar() {
        for (written, told, name) in [
            ("age", "age", "age"),
            (" age : sex ", "age:sex", "age:sex"),
            ("rcs(age)", "rcs(age, 4)", "age"),
            ("rcs( age ,5)", "rcs(age, 5)", "age"),
            ("rcs(age, 40, 50.5, 60)", "rcs(age, 40, 50.5, 60)", "age"),
            ("rcs(age, 4, 5,6;4.5, 5, 5.5;3,7)", "rcs(age, 4, 5, 6; 4.5, 5, 5.5; 3, 7)", "age"),
        ] {
            let term = Term::parse(written).unwrap();
            assert_eq!((term.to_string().as_str(), term.name().as_str()), (told, name));
            assert_eq!(Term::parse(told), Ok(term));
        }
        for wrong in [
            "a:",
            ":a",
            "a:a",
            "rcs()",
            "rcs(a, 2)",
            "rcs(a, 8)",
            "rcs(a, 3.5)",
            "rcs(a, 2, 1, 3)",
            "rcs(a, x)",
            "rcs(a, 4; 1, 2, 3; 0, 4)",
            "rcs(a, 1, 2, 3; 1, 2, 3)",
            "rcs(a, 1, 2, 3; 1, 2; 0, 4)",
        ] {
            assert!(Term::parse(wrong).is_err(), "{wrong}");
        }
        let [ab, ba, abc] = ["a:b", "b:a", "a:b:c"].map(Term::of);
        assert!(ab.is_same(&ba) && ab.is_within(&abc) && !abc.is_within(&abc));
        let terms = ["a", "b", "c", "rcs(d, 4)", "a:d"].map(String::from);
        assert_eq!(with_contained(&terms, "a:d"), [0, 3, 4]);
    }

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
        let single = serde_json::json!([{ "interaction": ["a"] }, { "spline": "x", "knots": [4] }]);
        let single = read(single).unwrap();
        assert!(single.iter().all(|term| Term::parse(term).is_err()), "{single:?}");
        assert!(read(serde_json::json!([{ "spline": "x", "knot": 3 }])).is_err());
    }
}
