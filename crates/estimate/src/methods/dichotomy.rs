//! A variable of two levels, and which of the two counts.

use study::nearest::suggest;
use study::{Analysis, Column, MISSING, Problem, Values};

/// Levels that speak for themselves.
const OBVIOUS: [&str; 3] = ["yes", "true", "1"];

/// A variable of two levels.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Dichotomy {
    /// The level that counts: the event, or the exposed.
    pub(super) level: String,
    /// The other one.
    pub(super) other: String,
    /// Whether a row has the level; absent where its value is missing.
    pub(super) has: Vec<Option<bool>>,
}

/// Which options name the variable and its level.
pub(super) struct Keys {
    /// The option with the variable's name.
    pub(super) variable: &'static str,
    /// The option with the level's name.
    pub(super) level: &'static str,
    /// Whether the level that is not the reference counts where nothing says so.
    pub(super) other_than_reference: bool,
}

impl Dichotomy {
    /// Reads a column; more than two levels, or a choice that is not clear, are refused.
    pub(super) fn read(
        column: &Column,
        asked: Option<&str>,
        keys: &Keys,
        analysis: &Analysis,
    ) -> Result<Self, Problem> {
        let (levels, codes) = levels_and_codes(column);
        let mut occurs = vec![false; levels.len()];
        codes.iter().flatten().for_each(|code| occurs[*code] = true);
        let occurring: Vec<&String> =
            levels.iter().zip(&occurs).filter(|(_, occurs)| **occurs).map(|(level, _)| level).collect();
        if occurring.len() > 2 {
            let shown = occurring.iter().take(4).map(|level| level.as_str()).collect::<Vec<_>>().join("`, `");
            let message = format!("`{}` has more than two levels: `{shown}`…", column.name);
            return Err(analysis.refuse(&[keys.variable.into()], message).help(
                "derive a variable of two levels from it with `sql`, or restrict the analysis with `where`",
            ));
        }
        let candidates: Vec<&String> =
            if occurring.len() == 2 || levels.len() != 2 { occurring } else { levels.iter().collect() };
        let level = match asked {
            Some(asked) if levels.iter().any(|level| level == asked) => Some(asked.to_string()),
            Some(asked) => {
                let message = format!("`{asked}` is not a level of `{}`", column.name);
                let help = suggest(asked, levels.iter().map(String::as_str));
                return Err(analysis.refuse(&[keys.level.into()], message).help(help));
            }
            None => obvious(&candidates).or_else(|| {
                let reference = column.reference.and_then(|code| levels.get(code as usize));
                let others: Vec<_> = candidates.iter().filter(|level| Some(**level) != reference).collect();
                match others[..] {
                    [one] if keys.other_than_reference && candidates.len() == 2 => Some(one.to_string()),
                    _ => None,
                }
            }),
        };
        let Some(level) = level.or_else(|| (codes.iter().flatten().count() == 0).then(String::new)) else {
            let message = format!("it is not clear which level of `{}` counts", column.name);
            let last = candidates.last().map_or("", |level| level.as_str());
            let help = format!("write `{} = \"{last}\"`, or another level", keys.level);
            return Err(analysis.refuse(&[keys.variable.into()], message).help(help));
        };
        let other = candidates.iter().find(|candidate| ***candidate != level).map(|other| (*other).clone());
        let position = levels.iter().position(|known| *known == level);
        Ok(Self {
            other: other.unwrap_or_else(|| format!("not {level}")),
            level,
            has: codes.iter().map(|code| code.map(|code| Some(code) == position)).collect(),
        })
    }
}

fn obvious(candidates: &[&String]) -> Option<String> {
    let mut speaking =
        candidates.iter().filter(|level| OBVIOUS.iter().any(|known| level.eq_ignore_ascii_case(known)));
    match (speaking.next(), speaking.next()) {
        (Some(one), None) => Some((*one).clone()),
        _ => None,
    }
}

/// The levels, and each row's; distinct numbers are levels too.
fn levels_and_codes(column: &Column) -> (Vec<String>, Vec<Option<usize>>) {
    match &column.values {
        Values::Category { levels, codes } => (
            levels.iter().map(|level| level.value.clone()).collect(),
            codes.iter().map(|code| (*code != MISSING).then_some(*code as usize)).collect(),
        ),
        Values::Number(values) => {
            let mut distinct: Vec<f64> = values.iter().copied().filter(|value| !value.is_nan()).collect();
            distinct.sort_by(f64::total_cmp);
            distinct.dedup();
            let code = |value: &f64| distinct.iter().take(6).position(|known| known == value);
            // A quantity is refused for its third value; there is no need to know all of them.
            let codes = values
                .iter()
                .map(|value| if value.is_nan() { None } else { Some(code(value).unwrap_or(5)) })
                .collect();
            (distinct.iter().take(6).map(f64::to_string).collect(), codes)
        }
    }
}
