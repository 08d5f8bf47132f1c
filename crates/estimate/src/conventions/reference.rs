//! The reference level of a term for which the plan names none.

use super::conventions;
use std::borrow::Cow;
use study::{Column, Convention, CountTable, Dialect, Kind, MISSING, Plan, Values};

/// Which level a program compares the others with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ReferenceRule {
    /// The first in the order of levels.
    First,
    /// The last that occurs.
    Last,
}

impl ReferenceRule {
    pub(super) fn of(dialect: Dialect) -> Self {
        match dialect {
            Dialect::Farr | Dialect::Stata | Dialect::R => Self::First,
            Dialect::Spss | Dialect::Sas => Self::Last,
        }
    }
}

/// The tables of a method, with the references that the dialect asks for. Flags keep `no`, as every program does with
/// a variable of 0 and 1.
pub(crate) fn with_references<'a>(
    method: &str,
    plan: &Plan,
    tables: &'a [CountTable],
) -> Cow<'a, [CountTable]> {
    let rule = ReferenceRule::of(plan.dialect(Convention::ReferenceLevel));
    let follows = |entry: &super::ConventionEntry| {
        entry.convention == Convention::ReferenceLevel && entry.methods.contains(&method)
    };
    if rule == ReferenceRule::First || !conventions().iter().any(follows) {
        return Cow::Borrowed(tables);
    }
    let named = |column: &Column| plan.variable(&column.name).is_some_and(|v| v.reference.is_some());
    let last = |column: &Column| match &column.values {
        Values::Category { codes, .. } if column.kind == Kind::Category && !named(column) => {
            codes.iter().copied().filter(|code| *code != MISSING).max().or(column.reference)
        }
        _ => column.reference,
    };
    Cow::Owned(tables.iter().map(|table| table.with_references(last)).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use study::SourceText;

    #[test]
    fn spss_compares_with_the_last_level_that_occurs_unless_the_plan_names_one() {
        let text = "[study]\ntitle = \"T\"\ndialect = \"spss\"\n[population]\ntable = \"p\"\n\
                    [variables.named]\nreference = \"a\"\nlevels = [{ value = \"a\" }, { value = \"b\" }]\n";
        let plan = Plan::parse(SourceText::new("study.toml", text)).unwrap();
        let column = |name: &str| Column::category(name, &["a", "b", "c"], vec![0, 1, MISSING]);
        let table = CountTable::new(vec![column("free"), column("named")], vec![3, 4, 1]).unwrap();
        let references = |method: &str| {
            let tables = with_references(method, &plan, std::slice::from_ref(&table)).into_owned();
            ["free", "named"].map(|name| tables[0].column(name).unwrap().reference)
        };
        assert_eq!(references("cox"), [Some(1), Some(0)]);
        assert_eq!(references("baseline"), [Some(0), Some(0)]);
    }
}
