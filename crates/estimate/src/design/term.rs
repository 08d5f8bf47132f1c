//! How a term of a model is written: a variable, `a:b`, `rcs(a, 4)`, or `rcs(a, 4):b`.

mod written;

pub use written::{
    WrittenInteraction, WrittenKnots, WrittenPart, WrittenSpline, WrittenTerm, term_list, term_lists,
};

use std::fmt;

/// A term.
#[derive(Debug, Clone, PartialEq)]
pub enum Term {
    /// A variable as it is.
    Variable(String),
    /// The product of the columns of several variables and splines, whose own terms stand beside it.
    Interaction(Vec<Term>),
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
}

/// Knots where the plan does not say how many.
const KNOTS: usize = 4;

impl Term {
    /// Reads a term; otherwise says what is wrong with it.
    pub fn parse(text: &str) -> Result<Self, String> {
        let text = text.trim();
        let parts = outside_parentheses(text);
        if parts.len() == 1 {
            return match inside(text, "rcs") {
                Some(inside) => spline(inside).map_err(|wrong| format!("`{text}`: {wrong}")),
                None => Ok(Self::Variable(text.into())),
            };
        }
        if parts.iter().any(|part| part.is_empty()) {
            return Err(format!("`{text}` lacks a variable beside a colon"));
        }
        let parts = parts.into_iter().map(Self::parse).collect::<Result<Vec<_>, _>>()?;
        let term = Self::Interaction(parts);
        let names = term.variables();
        if let Some(at) = (1..names.len()).find(|at| names[..*at].contains(&names[*at])) {
            return Err(format!("`{text}` names `{}` twice", names[at]));
        }
        Ok(term)
    }

    /// The term of a text that has been examined already.
    pub fn of(text: &str) -> Self {
        Self::parse(text).unwrap_or_else(|_| Self::Variable(text.into()))
    }

    /// Its variables.
    pub fn variables(&self) -> Vec<&str> {
        match self {
            Self::Variable(name) | Self::Spline { variable: name, .. } => vec![name],
            Self::Interaction(parts) => parts.iter().flat_map(Self::variables).collect(),
        }
    }

    /// The name that its rows have: that of the variable, also of a spline and where that is part of an interaction.
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

    /// Whether it is a spline or has one among its parts.
    pub fn bends(&self) -> bool {
        match self {
            Self::Spline { .. } => true,
            Self::Interaction(parts) => parts.iter().any(Self::bends),
            Self::Variable(_) => false,
        }
    }

    /// Whether a variable has the columns of another term: the same spline, or none. Of interactions their variables say it.
    pub fn has_columns_of(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Spline { .. }, _) | (_, Self::Spline { .. }) => self == other,
            _ => true,
        }
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
            Self::Variable(name) => f.write_str(name),
            Self::Interaction(parts) => {
                f.write_str(&parts.iter().map(Self::to_string).collect::<Vec<_>>().join(":"))
            }
            Self::Spline { variable, knots: Knots::Number(number) } => write!(f, "rcs({variable}, {number})"),
            Self::Spline { variable, knots: Knots::At(at) } => {
                write!(f, "rcs({variable}, {})", listed(at))
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

/// What stands between the colons of a text; those within parentheses are none.
fn outside_parentheses(text: &str) -> Vec<&str> {
    let mut depth = 0i32;
    let apart = |letter: char| {
        depth += i32::from(letter == '(') - i32::from(letter == ')');
        letter == ':' && depth <= 0
    };
    text.split(apart).map(str::trim).collect()
}

/// What stands within the parentheses of a function of that name.
fn inside<'a>(text: &'a str, function: &str) -> Option<&'a str> {
    text.strip_prefix(function)?.strip_prefix('(')?.strip_suffix(')')
}

fn spline(inside: &str) -> Result<Term, String> {
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
    Ok(Term::Spline { variable, knots })
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
            ("rcs(age,4) : sex", "rcs(age, 4):sex", "age:sex"),
            ("sex:rcs(age):rcs(bmi,3)", "sex:rcs(age, 4):rcs(bmi, 3)", "sex:age:bmi"),
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
            "rcs(a, 1, 2, 3; 1, 2, 3; 0, 4)",
            "rcs(a, 4):a",
            "rcs(a, 2):b",
            "rcs(a, 4):",
        ] {
            assert!(Term::parse(wrong).is_err(), "{wrong}");
        }
        let [ab, ba, abc] = ["a:b", "b:a", "a:b:c"].map(Term::of);
        assert!(ab.is_same(&ba) && ab.is_within(&abc) && !abc.is_within(&abc));
    }
}
