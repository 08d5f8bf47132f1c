//! The rows and the curves of an interaction with a spline.
//!
//! # Formula
//! Within a level of each factor, and with every other number held at a value, the ratio of x against r is exp c′β, c being
//! the row of the model matrix of a patient who has x less that of one who has r and is alike otherwise; the variance is
//! c′Vc and the interval Wald's. Variables that have no part in the interaction are at their reference level, at 0 or, of
//! another spline, at the median, which matters only where they interact with the number too. The test of the interaction is
//! that of all its columns, the test of non-linearity that of all but the product of the numbers themselves.
//!
//! A ratio is told only where the columns that it rests on are all there: what is left of a spline after columns that depend
//! on others were dropped would be a curve that nobody's values have determined.
//! # References
//! Harrell 2015, Regression Modeling Strategies, §2.7.2, doi:10.1007/978-3-319-19425-7.

use super::modelling::{Count, Modelling, Outcome};
use super::rows::{Fitted, ratio_row};
use super::spline_rows::{Contrast, Drawn};
use crate::design::{Covariate, Interaction, Scale, Term, Within};
use crate::methods::tests::Frequencies;
use study::{EffectCurve, Estimate, Held, Model, Notice};

impl<O: Outcome> Modelling<'_, O> {
    /// Rows, coefficients, tests and curves of an interaction with a spline.
    pub(super) fn write_within(&mut self, report: &Fitted<'_, O::Model>, model: &O::Model, index: usize) {
        let covariate = report.covariates[index];
        let Scale::Interaction(interaction) = &covariate.scale else { return };
        let all = interaction.within(&|cell| report.counts[index][cell as usize].of > 0);
        for within in &all {
            let mut row = within_row::<O>(report.kind, covariate, interaction, within, &report.counts[index]);
            let [low, _, high] = quartiles(interaction, within);
            if low < high
                && let Some(found) = self.contrast_within(report, index, within, high, low)
            {
                self.fill_ratio(&mut row, &found);
            }
            self.results.estimates.push(row);
        }
        self.note_separated(report, index);
        for cell in interaction.compared(report.design.references[index]) {
            let level = interaction.has_levels().then_some(cell);
            if level.is_none_or(|cell| report.counts[index][cell as usize].of > 0) {
                self.write_basis(report, index, level);
            }
        }
        self.write_bends(report, model, index);
        let whole = Term::of(&covariate.name);
        let larger = |other: &&Covariate| whole.is_within(&Term::of(&other.name));
        if !report.covariates.iter().any(larger) {
            let curves = all.iter().filter_map(|within| self.curve_within(report, index, within));
            let curves: Vec<EffectCurve> = curves.collect();
            self.results.effects.extend(curves);
        }
    }

    /// The same where there are no estimates.
    pub(super) fn without_ratios_within(
        &mut self,
        kind: Model,
        covariate: &Covariate,
        interaction: &Interaction,
        counts: &[Count],
    ) {
        for within in interaction.within(&|cell| counts[cell as usize].of > 0) {
            let row = within_row::<O>(kind, covariate, interaction, &within, counts);
            self.results.estimates.push(row);
        }
    }

    fn note_separated(&mut self, report: &Fitted<'_, O::Model>, index: usize) {
        let covariate = report.covariates[index];
        let first = usize::from(O::INTERCEPT);
        for at in report.design.columns_of(index) {
            let level = report.design.columns[at].level.map(|code| covariate.level(code).to_string());
            let term = covariate.name.clone();
            let kept = report.kept_finite.iter().find(|(kept, _)| *kept == at + first);
            if let Some((_, kind)) = kept {
                self.note(Notice::PenalizedSeparation { term, level, kind: *kind });
            } else if let Some(kind) = report.fit.separation
                && report.fit.position(at + first).is_none()
            {
                self.note(Notice::Separation { term, level, kind, toward: None });
            }
        }
    }

    /// The logarithm of the ratio of a value of the spline against another.
    fn contrast_within(
        &self,
        report: &Fitted<'_, O::Model>,
        index: usize,
        within: &Within,
        x: f64,
        from: f64,
    ) -> Option<Contrast> {
        let Scale::Interaction(interaction) = &report.covariates[index].scale else { return None };
        if !is_determined(report, index, interaction, within) {
            return None;
        }
        let at = |x: f64| {
            move |name: &str| match interaction.parts.iter().position(|part| part.name == name) {
                Some(own) if own == within.spline => x,
                Some(own) => within.held[own],
                None => origin(report, name),
            }
        };
        let (to, from) = (at(x), at(from));
        let first = usize::from(O::INTERCEPT);
        let mut factors = vec![0.0; report.design.columns.len() + first];
        for (factor, column) in factors[first..].iter_mut().zip(&report.design.columns) {
            let covariate = report.covariates[column.covariate];
            *factor = covariate.standardised_at(column, &to) - covariate.standardised_at(column, &from);
        }
        self.contrast(report, &factors)
    }

    fn curve_within(
        &self,
        report: &Fitted<'_, O::Model>,
        index: usize,
        within: &Within,
    ) -> Option<EffectCurve> {
        let covariate = report.covariates[index];
        let Scale::Interaction(interaction) = &covariate.scale else { return None };
        let part = &interaction.parts[within.spline];
        let Scale::Spline(spline) = &part.scale else { return None };
        let own = report.covariates.iter().find(|other| other.name == part.name)?;
        let n = self.table.n();
        let of_cell = |row: &&u32| covariate.level_of(covariate.codes[**row as usize]) == within.cell;
        let value = |row: &u32| spline.values[own.codes[*row as usize] as usize];
        let known = report.rows.iter().filter(of_cell).map(|row| (value(row), n[*row as usize]));
        let held = interaction.held(within).into_iter().map(|(variable, level)| Held { variable, level });
        let drawn = Drawn { name: &part.name, spline, known: Frequencies::new(known), held: held.collect() };
        let median = spline.quartiles[1];
        self.curve(report, drawn, &|x| self.contrast_within(report, index, within, x, median))
    }
}

/// The quartiles of the spline.
fn quartiles(interaction: &Interaction, within: &Within) -> [f64; 3] {
    match &interaction.parts[within.spline].scale {
        Scale::Spline(spline) => spline.quartiles,
        Scale::Factor { .. } | Scale::Number(_) | Scale::Interaction(_) => [f64::NAN; 3],
    }
}

/// The row of one comparison. Nobody is counted where a number is held: few have that very value.
fn within_row<O: Outcome>(
    kind: Model,
    covariate: &Covariate,
    interaction: &Interaction,
    within: &Within,
    counts: &[Count],
) -> Estimate {
    let [low, _, high] = quartiles(interaction, within);
    let row = ratio_row::<O>(kind, covariate, within.cell, None, &counts[within.cell as usize]);
    let counted = !interaction.holds_a_number(within);
    Estimate {
        level: Some(interaction.level_within(within, high)),
        reference: Some(interaction.level_within(within, low)),
        n: row.n.filter(|_| counted),
        of: row.of.filter(|_| counted),
        ..row
    }
}

/// Where a variable stands that has no part in the interaction.
fn origin<M: Clone>(report: &Fitted<'_, M>, name: &str) -> f64 {
    let own = report.covariates.iter().zip(&report.design.references);
    let own = own.into_iter().find(|(covariate, _)| covariate.name == name);
    own.map_or(0.0, |(covariate, reference)| covariate.scale.origin(*reference))
}

/// Whether the values of the patients say all of the curve: every column is there that has a part in it. Within a level
/// other than the reference of all factors those of the other levels do not matter.
fn is_determined<M: Clone>(
    report: &Fitted<'_, M>,
    index: usize,
    interaction: &Interaction,
    within: &Within,
) -> bool {
    let name = &interaction.parts[within.spline].name;
    let takes_part = |covariate: &Covariate| match &covariate.scale {
        Scale::Interaction(other) => other.parts.iter().any(|part| part.name == *name),
        Scale::Factor { .. } | Scale::Number(_) | Scale::Spline(_) => covariate.name == *name,
    };
    let is_whole = |at: usize| {
        let occurs = |level: u32| report.counts[at].get(level as usize).is_some_and(|count| count.of > 0);
        let expected = report.covariates[at].expected_columns(report.design.references[at], &occurs);
        report.design.columns_of(at).len() == expected
    };
    let of_cell = || {
        let own = report.design.columns_of(index).into_iter();
        own.filter(|at| report.design.columns[*at].level == Some(within.cell)).count()
    };
    let others = (0..report.covariates.len()).filter(|at| *at != index && takes_part(report.covariates[*at]));
    others.into_iter().all(is_whole) && (is_whole(index) || of_cell() == interaction.bases())
}
