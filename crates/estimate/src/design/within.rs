//! Within which levels and values of its other variables a spline of an interaction is told.
//!
//! Single columns of the product say nothing to a reader. What does is the ratio between two values of the number, as the
//! spline alone is told, among those who have a level of each factor; another number, or another spline, is held at its
//! quartiles.

use super::{Interaction, Scale};

/// A spline of an interaction, and where the other variables are held.
#[derive(Debug, Clone, PartialEq)]
pub struct Within {
    /// Position of the spline among the variables.
    pub spline: usize,
    /// The cell of the factors; 0 without any.
    pub cell: u32,
    /// Of each variable the number, or the code of the level, at which it is held; the spline itself is held nowhere.
    pub held: Vec<f64>,
}

impl Interaction {
    /// Every spline within every cell that occurs and at every value of the other numbers.
    pub fn within(&self, occurs: &dyn Fn(u32) -> bool) -> Vec<Within> {
        let splines = (0..self.parts.len()).filter(|at| matches!(self.parts[*at].scale, Scale::Spline(_)));
        splines.flat_map(|spline| self.of_spline(spline, occurs)).collect()
    }

    fn of_spline(&self, spline: usize, occurs: &dyn Fn(u32) -> bool) -> Vec<Within> {
        let cells = (0..self.cells() as u32).filter(|cell| !self.has_levels() || occurs(*cell));
        let outline = cells.map(|cell| {
            let mut codes = self.codes_of(cell).into_iter();
            let held = self.parts.iter().map(|part| match &part.scale {
                Scale::Factor { .. } => codes.next().map_or(0.0, f64::from),
                Scale::Number(_) | Scale::Spline(_) | Scale::Interaction(_) => 0.0,
            });
            Within { spline, cell, held: held.collect() }
        });
        let mut all: Vec<Within> = outline.collect();
        for (at, part) in self.parts.iter().enumerate().filter(|(at, _)| *at != spline) {
            let mut values = match &part.scale {
                Scale::Number(_) => part.held_at.clone(),
                Scale::Spline(other) => other.quartiles.to_vec(),
                Scale::Factor { .. } | Scale::Interaction(_) => continue,
            };
            values.dedup();
            let held = |within: &Within, value: f64| {
                let mut within = within.clone();
                within.held[at] = value;
                within
            };
            all = all.iter().flat_map(|one| values.iter().map(move |value| held(one, *value))).collect();
        }
        all
    }

    /// Whether a number is held: the patients of the row are then those of no group.
    pub fn holds_a_number(&self, within: &Within) -> bool {
        let number = |at: usize| !matches!(self.parts[at].scale, Scale::Factor { .. });
        (0..self.parts.len()).any(|at| at != within.spline && number(at))
    }

    /// The level of a row: the number that is compared, being `x`, then the other numbers, then the cell, with colons
    /// between them: `age=66:bmi=24:female`.
    pub fn level_within(&self, within: &Within, x: f64) -> String {
        let number =
            |at: &usize| *at != within.spline && !matches!(self.parts[*at].scale, Scale::Factor { .. });
        let text = |at: usize, value: f64| format!("{}={value}", self.parts[at].name);
        let others = (0..self.parts.len()).filter(number).map(|at| text(at, within.held[at]));
        let cell = self.has_levels().then(|| self.level(within.cell).to_string());
        let own = std::iter::once(text(within.spline, x));
        own.chain(others).chain(cell).collect::<Vec<_>>().join(":")
    }

    /// The variables beside the spline, each with its level or value.
    pub fn held(&self, within: &Within) -> Vec<(String, String)> {
        let others = self.parts.iter().enumerate().filter(|(at, _)| *at != within.spline);
        let held = others.map(|(at, part)| {
            let text = match &part.scale {
                Scale::Factor { levels, .. } => {
                    levels.get(within.held[at] as usize).cloned().unwrap_or_default()
                }
                Scale::Number(_) | Scale::Spline(_) | Scale::Interaction(_) => within.held[at].to_string(),
            };
            (part.name.clone(), text)
        });
        held.collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::design::{Covariate, Spline};
    use std::borrow::Cow;

    fn covariate(name: &str, scale: Scale) -> Covariate<'static> {
        Covariate { name: name.into(), of: None, scale, codes: Cow::Owned(vec![0, 1, 1]) }
    }

    #[test]
    fn a_row_for_each_cell_and_each_value_that_is_held() {
        let levels = vec!["no".to_string(), "yes".to_string()];
        let flag = covariate("f", Scale::Factor { levels, reference: 0 });
        let [x, y] = [("x", [1.0, 2.0, 3.0]), ("y", [5.0, 5.0, 6.5])].map(|(name, quartiles)| {
            let values = vec![1.0, 2.0];
            covariate(name, Scale::Spline(Spline::new(values, &[1.0; 2], vec![1.0, 2.0, 3.0], 3, quartiles)))
        });
        let (crossed, _) = Interaction::new(&[&flag, &x]);
        let all = crossed.within(&|_| true);
        let texts: Vec<String> = all.iter().map(|one| crossed.level_within(one, 3.0)).collect();
        assert_eq!(texts, ["x=3:no", "x=3:yes"]);
        assert_eq!(crossed.held(&all[1]), [("f".to_string(), "yes".to_string())]);
        assert!(!crossed.holds_a_number(&all[0]));
        assert_eq!(crossed.within(&|cell| cell == 1), all[1..]);
        // Each of two splines at the quartiles of the other, which are told once where they are the same.
        let (crossed, _) = Interaction::new(&[&x, &y]);
        let all = crossed.within(&|_| true);
        let texts: Vec<String> = all.iter().map(|one| crossed.level_within(one, 9.0)).collect();
        assert_eq!(texts, ["x=9:y=5", "x=9:y=6.5", "y=9:x=1", "y=9:x=2", "y=9:x=3"]);
        assert!(all.iter().all(|one| crossed.holds_a_number(one)));
        assert_eq!((crossed.bases(), crossed.basis_name(3)), (4, "2 × 2".to_string()));
        assert_eq!(crossed.share(1, 3), x.scale.share(0, 1) * y.scale.share(1, 1));
    }
}
