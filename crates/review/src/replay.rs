//! A printed paper computed anew: which figures the data give, which they do not, and which cannot be right.
//!
//! A figure is *impossible* when the paper contradicts itself: an odds ratio that is not the geometric middle of its
//! own Wald limits, or a figure that follows from printed counts which the data reproduce while the figure differs.

use std::collections::BTreeMap;
use study::published::PublishedField as Field;
use study::{
    Comparison, Estimate, Model, Published, PublishedFigure, Quantity, Replay, StudyResults, Verdict,
};

/// Compares every printed figure with the results.
pub fn replay(published: &Published, results: &StudyResults) -> Replay {
    let mut comparisons: Vec<Comparison> =
        published.figures.iter().map(|figure| compare(figure, results)).collect();
    let counted = terms_with_reproduced_counts(published, &comparisons);
    for (figure, comparison) in published.figures.iter().zip(&mut comparisons) {
        if comparison.verdict != Verdict::Different {
            continue;
        }
        let reason = middle_of_limits(figure, published).or_else(|| follows_from_counts(figure, &counted));
        if reason.is_some() {
            comparison.verdict = Verdict::Impossible;
            comparison.reason = reason;
        }
    }
    Replay { source: published.source.clone(), comparisons }
}

fn compare(figure: &PublishedFigure, results: &StudyResults) -> Comparison {
    let computed = locate(figure, results).map(|value| value * figure.scale);
    let (below, printed) = printed_number(&figure.printed);
    let decimals = figure.printed.split('.').nth(1).map_or(0, str::len);
    let verdict = match (computed, printed) {
        (Some(computed), Some(printed)) if below => {
            if computed < printed {
                Verdict::Reproduced
            } else {
                Verdict::Different
            }
        }
        (Some(computed), Some(printed)) => {
            if rounds_to(computed, printed, decimals) {
                Verdict::Reproduced
            } else {
                Verdict::Different
            }
        }
        _ => Verdict::NotFound,
    };
    Comparison {
        id: figure.id.clone(),
        label: figure.label.clone(),
        printed: figure.printed.clone(),
        computed,
        decimals,
        verdict,
        reason: None,
    }
}

/// `<0.001` is a bound, everything else a number; `None` where it is neither.
fn printed_number(text: &str) -> (bool, Option<f64>) {
    let bound = text.strip_prefix('<');
    (bound.is_some(), bound.unwrap_or(text).trim().parse().ok())
}

/// Whether a number rounds to what was printed; a half may have been rounded either way.
fn rounds_to(computed: f64, printed: f64, decimals: usize) -> bool {
    let half = 0.5 * 10f64.powi(-(decimals as i32));
    (computed - printed).abs() <= half * (1.0 + 1e-9) + 1e-12 * printed.abs()
}

/// The computed number that a printed figure names.
pub fn locate(figure: &PublishedFigure, study: &StudyResults) -> Option<f64> {
    let results = study.analyses.iter().find(|results| results.analysis == figure.analysis)?;
    if matches!(figure.field, Field::GroupSize | Field::GroupEvents) {
        let group = results.groups.iter().find(|group| group.level == figure.group)?;
        let count = if figure.field == Field::GroupSize { Some(group.n) } else { group.events };
        return count.map(|count| count as f64);
    }
    let estimate = results.estimates.iter().find(|estimate| is_meant(figure, estimate))?;
    match figure.field {
        Field::Value => estimate.value,
        Field::N => estimate.n.map(|n| n as f64),
        Field::Of => estimate.of.map(|of| of as f64),
        Field::Lower => estimate.interval?.lower,
        Field::Upper => estimate.interval?.upper,
        Field::PValue => estimate.test.as_ref()?.p_value,
        Field::GroupSize | Field::GroupEvents => None,
    }
}

fn is_meant(figure: &PublishedFigure, estimate: &Estimate) -> bool {
    let at = match (figure.at, estimate.at) {
        (Some(a), Some(b)) => (a - b).abs() <= 1e-9 * a.abs().max(1.0),
        (a, b) => a.is_none() && b.is_none(),
    };
    Some(estimate.quantity) == figure.quantity
        && estimate.model == figure.model
        && estimate.term == figure.term
        && (estimate.level == figure.level)
        && estimate.group == figure.group
        && at
}

/// Terms all of whose printed counts the data reproduce: what follows from them alone is then certain.
fn terms_with_reproduced_counts(published: &Published, comparisons: &[Comparison]) -> BTreeMap<String, bool> {
    let mut terms: BTreeMap<String, bool> = BTreeMap::new();
    for (figure, comparison) in published.figures.iter().zip(comparisons) {
        let count = figure.quantity == Some(Quantity::Proportion) && figure.field == Field::N;
        if let Some(term) = figure.term.as_ref().filter(|_| count) {
            *terms.entry(term.clone()).or_insert(true) &= comparison.verdict == Verdict::Reproduced;
        }
    }
    terms
}

fn follows_from_counts(figure: &PublishedFigure, counted: &BTreeMap<String, bool>) -> Option<String> {
    let alone = figure.model == Some(Model::Univariable)
        || matches!(figure.quantity, Some(Quantity::Association | Quantity::Proportion));
    let term = figure.term.as_ref().filter(|_| alone)?;
    let certain = counted.get(term).copied().unwrap_or(false) && figure.field != Field::N;
    certain.then(|| "the printed counts, which the data reproduce, give another figure".to_string())
}

/// The geometric middle of printed Wald limits against the printed ratio.
fn middle_of_limits(figure: &PublishedFigure, published: &Published) -> Option<String> {
    let ratio = figure.quantity.is_some_and(Quantity::is_ratio);
    if !ratio || figure.field != Field::Value {
        return None;
    }
    let limit = |field| {
        let same = |other: &&PublishedFigure| {
            other.field == field
                && (&other.analysis, other.quantity, other.model, &other.term, &other.level)
                    == (&figure.analysis, figure.quantity, figure.model, &figure.term, &figure.level)
        };
        let other = published.figures.iter().find(same)?;
        let half = 0.5 * 10f64.powi(-(other.printed.split('.').nth(1).map_or(0, str::len) as i32));
        let value = printed_number(&other.printed).1?;
        Some((value - half, value + half))
    };
    let (lower, upper) = (limit(Field::Lower)?, limit(Field::Upper)?);
    let (least, most) = ((lower.0.max(0.0) * upper.0).sqrt(), (lower.1 * upper.1).sqrt());
    let printed = printed_number(&figure.printed).1?;
    let half = 0.5 * 10f64.powi(-(figure.printed.split('.').nth(1).map_or(0, str::len) as i32));
    let outside = printed + half < least || printed - half > most;
    outside.then(|| {
        let middle = ((lower.0 + lower.1) * (upper.0 + upper.1)).sqrt() / 2.0;
        format!("its own printed limits have their geometric middle at {middle:.3}")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_rounds_to_what_was_printed_or_not() {
        assert!(rounds_to(29.504347, 29.504, 3) && rounds_to(6.05, 6.0, 1) && rounds_to(6.05, 6.1, 1));
        assert!(!rounds_to(6.19, 6.0, 1) && !rounds_to(8.0779, 8.082, 3));
        assert_eq!(printed_number("<0.001"), (true, Some(0.001)));
    }

    #[test]
    fn a_ratio_that_is_not_the_middle_of_its_limits_cannot_be_right() {
        let text = r#"source = "x"
            [[figures]]
            id = "or"
            label = "timing"
            printed = "0.936"
            analysis = "table-4"
            quantity = "odds_ratio"
            term = "timing"
            [[figures]]
            id = "lower"
            label = "timing"
            printed = "0.462"
            analysis = "table-4"
            quantity = "odds_ratio"
            term = "timing"
            field = "lower"
            [[figures]]
            id = "upper"
            label = "timing"
            printed = "2.314"
            analysis = "table-4"
            quantity = "odds_ratio"
            term = "timing"
            field = "upper"
        "#;
        let mut published = Published::parse(&study::SourceText::new("published.toml", text)).unwrap();
        let reason = middle_of_limits(&published.figures[0], &published).unwrap();
        assert_eq!(reason, "its own printed limits have their geometric middle at 1.034");
        published.figures[0].printed = "1.034".into();
        assert_eq!(middle_of_limits(&published.figures[0], &published), None);
    }
}
