//! Degrees of freedom that an estimate would have had with complete data.

use study::{Dialect, Estimate, Model, Quantity, Results, TestName};

/// Whether a program lets complete data limit the degrees of freedom of what is pooled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum PooledDf {
    /// Barnard and Rubin's.
    BarnardRubin,
    /// Barnard and Rubin's where complete data have a t-test, else Rubin's.
    BarnardRubinOfMeans,
    /// Rubin's, which have no limit.
    Rubin,
}

impl PooledDf {
    pub(crate) fn of(dialect: Dialect) -> Self {
        match dialect {
            Dialect::Farr | Dialect::R => Self::BarnardRubin,
            Dialect::Stata => Self::BarnardRubinOfMeans,
            Dialect::Spss | Dialect::Sas => Self::Rubin,
        }
    }

    /// Of an estimate with complete data, as this program has them.
    pub(super) fn complete(self, results: &Results, row: &Estimate) -> f64 {
        self.limit(complete_df(results, row), row.model.is_some())
    }

    /// The same of degrees of freedom that are known.
    pub(super) fn limit(self, complete_df: f64, in_model: bool) -> f64 {
        match self {
            Self::BarnardRubin => complete_df,
            Self::BarnardRubinOfMeans if !in_model => complete_df,
            Self::BarnardRubinOfMeans | Self::Rubin => f64::INFINITY,
        }
    }
}

/// Of the coefficients of a regression: patients less parameters, or events less parameters where the outcome is a time;
/// of a mean: n − 1; of a difference of means: those of its t-test. Infinite where complete data are taken to be normal.
fn complete_df(results: &Results, row: &Estimate) -> f64 {
    let in_model = matches!(
        row.quantity,
        Quantity::Intercept | Quantity::Coefficient | Quantity::GlobalTest | Quantity::Nonlinearity
    );
    match (row.quantity, row.model) {
        (Quantity::Mean, _) => row.n.map_or(f64::INFINITY, |n| (n as f64 - 1.0).max(1.0)),
        // Mantel and Haenszel's ratios are those of tables, which are taken to be large.
        (_, Some(Model::Stratified)) => f64::INFINITY,
        (quantity, Some(model)) if in_model || quantity.is_ratio() => {
            of_model(results, model, row.term.as_ref())
        }
        _ => of_means(results, row),
    }
}

/// Of a regression, by its rows of ratios.
fn of_model(results: &Results, model: Model, term: Option<&String>) -> f64 {
    let in_model = |other: &&Estimate| {
        other.model == Some(model) && (model == Model::Multivariable || other.term.as_ref() == term)
    };
    let ratios = || results.estimates.iter().filter(in_model).filter(|other| other.quantity.is_ratio());
    // The intercept and the test of all terms have none of their own: every term has all patients of the model.
    let own = ratios().find(|other| other.term.as_ref() == term).or_else(|| ratios().next());
    let Some(own) = own else { return f64::INFINITY };
    let of_times = own.quantity != Quantity::OddsRatio;
    let rows = ratios().filter(|other| other.term == own.term);
    let counts: Vec<u64> = rows.filter_map(|other| if of_times { other.n } else { other.of }).collect();
    // Where an interaction with a spline is told at values of a number, no row has patients of its own: all tell of it.
    let all = results.groups.last().map_or(0, |all| if of_times { all.events.unwrap_or(0) } else { all.n });
    let informative: u64 = if counts.is_empty() { all } else { counts.iter().sum() };
    // A test of all coefficients together knows their number; where there is none, each has a row.
    let together = results.estimates.iter().filter(in_model).filter(|other| {
        other.quantity == Quantity::GlobalTest && (model != Model::Multivariable || other.term.is_none())
    });
    let known = together.filter_map(|other| other.test.as_ref()?.df.first().copied()).fold(0.0, f64::max);
    let coefficients =
        if known > 0.0 { known } else { ratios().filter(|other| other.test.is_some()).count() as f64 };
    let parameters = coefficients + f64::from(u8::from(!of_times));
    (informative as f64 - parameters).max(1.0)
}

/// Of the t-test of the row itself, or of the paired test that has a row of its own.
fn of_means(results: &Results, row: &Estimate) -> f64 {
    let t = |name: TestName| matches!(name, TestName::Student | TestName::Welch | TestName::PairedT);
    let of = |row: &Estimate| {
        let own = row.test.as_ref().filter(|test| t(test.name));
        own.and_then(|test| test.df.last().copied())
    };
    let beside = || {
        let same = |other: &&Estimate| {
            other.quantity == Quantity::Association && (&other.term, &other.level) == (&row.term, &row.level)
        };
        let paired = results
            .estimates
            .iter()
            .filter(same)
            .find(|other| other.test.as_ref().is_some_and(|test| test.name == TestName::PairedT));
        paired.filter(|_| row.quantity == Quantity::MeanDifference).and_then(of)
    };
    of(row).or_else(beside).unwrap_or(f64::INFINITY)
}
