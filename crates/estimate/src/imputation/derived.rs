//! Variables that are computed from one column and missing together: a number, its logarithm, whether it is high.
//!
//! # Method
//! Imputed each by itself they would contradict one another, and each would predict the other from itself, so that the
//! chain does not settle. Of those that name no other column than one, and lack their values in the same patients, one
//! leads: that which determines most of the others among the observed, of several the least skewed number. It is imputed;
//! the others take the value that goes with it (passive imputation). They predict other variables, but not one another.
//! Where the plan says how a variable is imputed, or shifts it, it stays by itself.
//! # References
//! van Buuren 2018, Flexible Imputation of Missing Data, doi:10.1201/9780429492259, section 6.4.

use super::frame::Link;
use std::collections::BTreeMap;
use study::{Notice, Plan};

/// What a variable follows.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Follows {
    /// The link that leads.
    pub(super) leader: usize,
    /// Its observed values, as bits, and what goes with each.
    values: BTreeMap<u64, f64>,
}

impl Follows {
    /// What goes with a value of the leader, which is one of those observed.
    pub(super) fn of(&self, value: f64) -> f64 {
        self.values.get(&key(value)).copied().unwrap_or(f64::NAN)
    }
}

fn key(value: f64) -> u64 {
    // Adding 0 makes −0 and 0 one.
    (value + 0.0).to_bits()
}

/// The column from which a variable comes, where it is one.
fn source(name: &str, plan: &Plan) -> Option<String> {
    let sql = plan.variable(name).and_then(|variable| variable.sql.as_deref());
    sql.map_or(Some(name.to_string()), single_column)
}

/// A caveat for each imputed variable that is computed from several columns, some of which are imputed too: it is imputed
/// like any other, since what it is computed by is known to the query engine alone (von Hippel 2009,
/// doi:10.1111/j.1467-9531.2009.01215.x).
pub(super) fn apart(links: &[Link], plan: &Plan) -> Vec<Notice> {
    let imputed = || links.iter().filter(|link| link.returns.is_some() && !link.missing.is_empty());
    let caveat = |link: &Link| {
        let name = &link.label.name;
        let columns = columns_of(plan.variable(name)?.sql.as_deref()?).filter(|columns| columns.len() > 1)?;
        let parts = imputed().filter(|other| {
            other.label.name != *name
                && source(&other.label.name, plan)
                    .is_some_and(|own| columns.iter().any(|column| column.eq_ignore_ascii_case(&own)))
        });
        let parts: Vec<&str> = parts.map(|part| part.label.name.as_str()).collect();
        let message = format!(
            "{name}: computed from {}, and imputed by itself; its imputed values need not agree with those it is computed \
             from.",
            parts.join(" and ")
        );
        (!parts.is_empty()).then_some(Notice::Other { message })
    };
    imputed().filter_map(caveat).collect()
}

/// Finds who follows whom, and writes it into the links.
pub(super) fn find(links: &mut [Link], plan: &Plan) {
    let mut families: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for (index, link) in links.iter().enumerate() {
        let name = &link.label.name;
        let alone = plan.imputation.methods.contains_key(name) || link.delta != 0.0;
        if link.returns.is_some() && !link.missing.is_empty() && !alone {
            // The query engine does not tell small letters from capitals.
            let source = source(name, plan).map(|source| source.to_lowercase());
            source.into_iter().for_each(|source| families.entry(source).or_default().push(index));
        }
    }
    for members in families.into_values().filter(|members| members.len() > 1) {
        for (member, follows) in lead(links, &members) {
            links[member].follows = Some(follows);
        }
    }
}

/// The followers of the best leader.
fn lead(links: &[Link], members: &[usize]) -> Vec<(usize, Follows)> {
    let led_by = |leader: usize| -> Vec<(usize, Follows)> {
        let others = members.iter().filter(|member| **member != leader);
        others
            .filter_map(|member| {
                let values = determined(&links[leader], &links[*member])?;
                Some((*member, Follows { leader, values }))
            })
            .collect()
    };
    let led = members.iter().map(|leader| (*leader, led_by(*leader)));
    // Of equals the first.
    let better = |(leader, led): &(usize, Vec<(usize, Follows)>), best: &(usize, Vec<(usize, Follows)>)| {
        let (own, other) = (skewness(&links[*leader]), skewness(&links[best.0]));
        led.len() > best.1.len() || (led.len() == best.1.len() && own < other)
    };
    led.reduce(|best, next| if better(&next, &best) { next } else { best }).map_or(Vec::new(), |(_, led)| led)
}

/// What goes with each value of one variable, where both lack the same patients and there is one value of the other.
fn determined(leader: &Link, other: &Link) -> Option<BTreeMap<u64, f64>> {
    if leader.missing != other.missing {
        return None;
    }
    let mut values = BTreeMap::new();
    let pairs = leader.values.iter().zip(&other.values).filter(|(value, _)| !value.is_nan());
    for (value, own) in pairs {
        if *values.entry(key(*value)).or_insert(*own) != *own {
            return None;
        }
    }
    Some(values)
}

/// How skewed a number is, either way; infinite for levels.
fn skewness(link: &Link) -> f64 {
    if link.codes.is_some() {
        return f64::INFINITY;
    }
    let known = || link.values.iter().copied().filter(|value| !value.is_nan());
    let n = known().count() as f64;
    let mean = known().sum::<f64>() / n;
    let moment = |power: i32| known().map(|value| (value - mean).powi(power)).sum::<f64>() / n;
    let skewness = moment(3) / (moment(2) * moment(2).sqrt());
    if skewness.is_nan() { f64::INFINITY } else { skewness.abs() }
}

/// Words of SQL that are no columns.
const WORDS: [&str; 21] = [
    "and", "as", "between", "case", "cast", "double", "else", "end", "false", "float", "in", "int",
    "integer", "is", "like", "not", "null", "or", "then", "true", "when",
];

/// The only column that an expression names; none where it names several or none.
fn single_column(sql: &str) -> Option<String> {
    <[String; 1]>::try_from(columns_of(sql)?).ok().map(|[only]| only)
}

/// The columns that an expression names, each once; none where it may name others, or follows from more than columns.
fn columns_of(sql: &str) -> Option<Vec<String>> {
    let mut columns: Vec<String> = Vec::new();
    let letters: Vec<char> = sql.chars().collect();
    let mut at = 0;
    while let Some(letter) = letters.get(at).copied() {
        let run = |from: usize, within: &dyn Fn(char) -> bool| {
            from + letters[from..].iter().take_while(|letter| within(**letter)).count()
        };
        if letter == '\'' || letter == '"' {
            let end = run(at + 1, &|other| other != letter);
            if letter == '"' {
                columns.push(letters[at + 1..end].iter().collect());
            }
            at = end + 1;
        } else if letter.is_alphabetic() || letter == '_' {
            let end = run(at, &|other| other.is_alphanumeric() || other == '_');
            let word: String = letters[at..end].iter().collect::<String>().to_lowercase();
            let next = letters.get(run(end, &char::is_whitespace));
            if next == Some(&'(') {
                // A subquery may name any column; what is drawn or read from a clock is none of the column's.
                if ["exists", "random", "now", "uuid"].contains(&word.as_str()) {
                    return None;
                }
            } else if ["select", "from", "over"].contains(&word.as_str()) {
                return None;
            } else if !WORDS.contains(&word.as_str()) {
                columns.push(word);
            }
            at = end;
        } else if letter.is_ascii_digit() {
            at = run(at, &|other| other.is_alphanumeric() || other == '.');
        } else {
            at += 1;
        }
    }
    columns.sort();
    columns.dedup();
    Some(columns)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn expressions_of_one_column_are_told() {
        for (sql, column) in [
            ("ln(cea)", Some("cea")),
            ("case when CEA >= 20 then 'high' when cea < 20 then 'not high' end", Some("cea")),
            ("\"CEA before\" / 1e3", Some("CEA before")),
            ("greatest(cea, 0.5)", Some("cea")),
            ("cea / weight", None),
            ("case when age > 65 and sex = 'm' then 1 else 0 end", None),
            ("cea + random()", None),
            ("(select max(cea) from t)", None),
            ("1 + 1", None),
        ] {
            assert_eq!(single_column(sql).as_deref(), column, "{sql}");
        }
    }
}
