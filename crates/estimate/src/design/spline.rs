//! A number as a restricted cubic spline: cubic between knots, linear beyond the outer ones.
//!
//! # Formula
//! With knots t₁ < … < tₖ the columns are x and, for j = 1 … k − 2,
//! [(x − tⱼ)₊³ − (x − tₖ₋₁)₊³ (tₖ − tⱼ)/(tₖ − tₖ₋₁) + (x − tₖ)₊³ (tₖ₋₁ − tⱼ)/(tₖ − tₖ₋₁)] / (tₖ − t₁)²,
//! which have the unit of x. They resemble each other so much that a fit would lose half of its digits; the model matrix
//! holds each less what the earlier ones tell of it among all patients. The span is the same, that of the first columns
//! too, and the coefficients are given back for the columns as written above. Where the plan gives a number of knots they stand at equidistant quantiles (type 7) of all
//! known values of the population: from 0.1 to 0.9 for three knots, 0.05 to 0.95 for four to six, 0.025 to 0.975 for
//! seven; of fewer than 100 patients the outer knots are the fifth smallest and the fifth largest value. Knots that fall
//! together are one. Where values are imputed, all that follows from values is taken from those observed, and is the same in
//! every data set (`imputation/knots.rs`); the columns of the matrix are then those that are orthogonal over the knots, the
//! quartiles and the ends of the curve, so that coefficients of one column can be pooled.
//!
//! # References
//! Stone & Koo 1985, Proc Stat Comp Sect ASA: 45–48. Harrell 2015, Regression Modeling Strategies, §2.4.5–2.4.6,
//! doi:10.1007/978-3-319-19425-7.

/// A restricted cubic spline in the distinct values of a number.
#[derive(Debug, Clone, PartialEq)]
pub struct Spline {
    /// The distinct values, ascending.
    pub values: Vec<f64>,
    /// The knots, ascending; three at least.
    pub knots: Vec<f64>,
    /// How many knots were asked for.
    pub asked: usize,
    /// What each column of the model matrix has of the columns: triangular, its diagonal 1.
    transform: Vec<Vec<f64>>,
    /// The columns of the model matrix at the median.
    at_median: Vec<f64>,
    /// The quartiles of the values of all patients: the third is compared with the first, the curve with the second.
    pub quartiles: [f64; 3],
    /// From where to where the curve is drawn; over the values of the patients of the model where absent.
    pub ends: Option<[f64; 2]>,
}

/// The outermost quantile of so many knots.
fn outer(knots: usize) -> f64 {
    match knots {
        0..=3 => 0.1,
        4..=6 => 0.05,
        _ => 0.025,
    }
}

/// Where so many knots lie: `quantile` gives those of the values, `ranked` the values of the fifth and the fifth last
/// patient where there are fewer than 100.
pub fn default_knots(
    knots: usize,
    quantile: impl Fn(f64) -> Option<f64>,
    ranked: Option<[f64; 2]>,
) -> Option<Vec<f64>> {
    let outer = outer(knots);
    let step = (1.0 - 2.0 * outer) / (knots - 1) as f64;
    let mut at = (0..knots).map(|k| quantile(outer + k as f64 * step)).collect::<Option<Vec<f64>>>()?;
    if let Some([low, high]) = ranked {
        at[0] = low;
        at[knots - 1] = high;
    }
    at.sort_unstable_by(f64::total_cmp);
    at.dedup();
    Some(at)
}

impl Spline {
    /// A spline in distinct values that so many patients have.
    pub fn new(values: Vec<f64>, n: &[f64], knots: Vec<f64>, asked: usize, quartiles: [f64; 3]) -> Self {
        let spline = Self::plainly(values, knots, asked, quartiles);
        let transform = spline.orthogonal(&spline.values, n);
        spline.with_columns(transform)
    }

    /// A spline of which everything but the values is known from those that were observed: its knots, the quartiles and
    /// the ends of its curve.
    pub fn observed(values: Vec<f64>, knots: Vec<f64>, quartiles: [f64; 3], ends: [f64; 2]) -> Self {
        let points = [&knots[..], &quartiles, &ends].concat();
        let asked = knots.len();
        let spline = Self { ends: Some(ends), ..Self::plainly(values, knots, asked, quartiles) };
        let transform = spline.orthogonal(&points, &vec![1.0; points.len()]);
        spline.with_columns(transform)
    }

    /// A spline of which it is not yet known what its columns in the matrix are.
    fn plainly(values: Vec<f64>, knots: Vec<f64>, asked: usize, quartiles: [f64; 3]) -> Self {
        let (transform, at_median) = (Vec::new(), Vec::new());
        Self { values, knots, asked, transform, at_median, quartiles, ends: None }
    }

    fn with_columns(mut self, transform: Vec<Vec<f64>>) -> Self {
        self.transform = transform;
        self.at_median = (0..self.columns()).map(|column| self.basis(self.quartiles[1], column)).collect();
        self
    }

    /// What each column of the matrix has of the columns, so that they are orthogonal over so many patients at some
    /// points.
    fn orthogonal(&self, points: &[f64], n: &[f64]) -> Vec<Vec<f64>> {
        let total: f64 = n.iter().sum();
        let mean = |x: &[f64]| x.iter().zip(n).map(|(x, n)| x * (n / total)).sum::<f64>();
        let product = |a: &[f64], b: &[f64]| a.iter().zip(b).zip(n).map(|((a, b), n)| a * b * n).sum::<f64>();
        // Columns at unit size, so that their squares are numbers.
        let size = self.knots[self.knots.len() - 1] - self.knots[0];
        let (mut made, mut transform) = (Vec::<Vec<f64>>::new(), Vec::<Vec<f64>>::new());
        for column in 0..self.columns() {
            let mut own: Vec<f64> = points.iter().map(|x| self.plain(*x, column) / size).collect();
            let centre = mean(&own);
            own.iter_mut().for_each(|x| *x -= centre);
            let mut parts = vec![0.0; self.columns()];
            parts[column] = 1.0;
            for (earlier, of_earlier) in made.iter().zip(&transform) {
                let square = product(earlier, earlier);
                let share = if square > 0.0 { product(&own, earlier) / square } else { 0.0 };
                own.iter_mut().zip(earlier).for_each(|(x, earlier)| *x -= share * earlier);
                parts.iter_mut().zip(of_earlier).for_each(|(part, earlier)| *part -= share * earlier);
            }
            made.push(own);
            transform.push(parts);
        }
        transform
    }

    /// How much of a column of the formula a column of the model matrix has.
    pub fn share(&self, plain: usize, column: usize) -> f64 {
        self.transform[column][plain]
    }

    /// How many columns it has: the first is the number itself.
    pub fn columns(&self) -> usize {
        self.knots.len() - 1
    }

    /// The value of a column of the model matrix.
    pub fn basis(&self, x: f64, column: usize) -> f64 {
        (0..=column).map(|plain| self.share(plain, column) * self.plain(x, plain)).sum()
    }

    /// The value of a column of the matrix at the median.
    pub fn at_median(&self, column: usize) -> f64 {
        self.at_median[column]
    }

    /// The value of a column of the matrix less that at the median, which an interaction multiplies.
    pub fn from_median(&self, x: f64, column: usize) -> f64 {
        self.basis(x, column) - self.at_median[column]
    }

    /// The value of a column of the formula.
    pub fn plain(&self, x: f64, column: usize) -> f64 {
        let Some(j) = column.checked_sub(1) else { return x };
        let (first, last) = (self.knots[0], self.knots[self.knots.len() - 1]);
        let spread = last - first;
        // Within 0 and 1 first: cubes of 1e-200 would vanish.
        let place = |x: f64| (x - first) / spread;
        let cube = |from: f64| {
            let above = (place(x) - from).max(0.0);
            above * above * above
        };
        let (own, before) = (place(self.knots[j]), place(self.knots[self.knots.len() - 2]));
        let rest = 1.0 - before;
        spread * (cube(own) - cube(before) * (1.0 - own) / rest + cube(1.0) * (before - own) / rest)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spline(knots: &[f64]) -> Spline {
        let n: Vec<f64> = knots.iter().enumerate().map(|(at, _)| 1.0 + at as f64).collect();
        Spline::new(knots.to_vec(), &n, knots.to_vec(), knots.len(), [0.0; 3])
    }

    #[test]
    fn the_columns_by_hand() {
        // Knots 0, 1, 2: [x₊³ − 2 (x − 1)₊³ + (x − 2)₊³] / 4.
        let three = spline(&[0.0, 1.0, 2.0]);
        for (x, expected) in [(-1.0, 0.0), (1.0, 0.25), (2.0, 1.5), (3.0, 3.0), (4.0, 4.5)] {
            assert_eq!((three.plain(x, 0), three.plain(x, 1)), (x, expected));
        }
        // Beyond the outer knots every column is straight, in whatever unit.
        for unit in [1e-200, 1e-12, 1.0, 1e12, 1e200] {
            let five = spline(&[1.0, 2.0, 4.0, 5.0, 9.0].map(|knot| knot * unit));
            for column in 1..five.columns() {
                let at = |x: f64| five.plain(x * unit, column) / unit;
                assert_eq!((at(0.5), at(1.0)), (0.0, 0.0));
                assert!((at(10.0) - 2.0 * at(11.0) + at(12.0)).abs() < 1e-12 * at(12.0), "{unit} {column}");
                assert!((at(3.0) - 2.0 * at(3.5) + at(4.0)).abs() > 1e-4 || column > 1);
            }
        }
    }

    #[test]
    fn columns_of_the_matrix_are_orthogonal_and_span_the_same() {
        for unit in [1e-200, 1.0, 1e200] {
            let five = spline(&[1.0, 2.0, 4.0, 5.0, 9.0].map(|knot| knot * unit));
            let column = |k: usize| -> Vec<f64> {
                let values: Vec<f64> = five.values.iter().map(|x| five.basis(*x, k) / unit).collect();
                let mean = (0..5).map(|at| values[at] * (1.0 + at as f64) / 15.0).sum::<f64>();
                values.iter().map(|value| value - mean).collect()
            };
            for (a, b) in [(0, 1), (0, 2), (1, 3), (2, 3)] {
                let (a, b) = (column(a), column(b));
                let product: f64 = (0..5).map(|at| a[at] * b[at] * (1.0 + at as f64)).sum();
                assert!(product.abs() < 1e-10, "{product}");
            }
            assert_eq!((five.share(2, 2), five.share(3, 2)), (1.0, 0.0));
        }
        // From what was observed: the same columns, whatever values were imputed.
        let [one, other] = [vec![1.0, 7.0], vec![0.0, 2.0, 3.0]]
            .map(|x| Spline::observed(x, vec![1.0, 2.0, 4.0], [1.5, 2.0, 3.0], [0.5, 6.0]));
        assert_eq!(one.basis(5.0, 1), other.basis(5.0, 1));
        assert_eq!((one.from_median(2.0, 1), one.asked, one.ends), (0.0, 3, Some([0.5, 6.0])));
    }

    #[test]
    fn knots_at_quantiles() {
        // Of 0 … 1000 the quantile of p is 1000 p.
        let of = |p: f64| Some(1000.0 * p);
        let near = |knots: Vec<f64>, expected: &[f64]| {
            assert_eq!(knots.len(), expected.len());
            knots.iter().zip(expected).for_each(|(a, b)| assert!((a - b).abs() < 1e-9, "{a} {b}"));
        };
        near(default_knots(3, of, None).unwrap(), &[100.0, 500.0, 900.0]);
        near(default_knots(4, of, None).unwrap(), &[50.0, 350.0, 650.0, 950.0]);
        near(default_knots(5, of, None).unwrap(), &[50.0, 275.0, 500.0, 725.0, 950.0]);
        near(default_knots(3, of, Some([5.0, 996.0])).unwrap(), &[5.0, 500.0, 996.0]);
        assert_eq!(default_knots(4, |p| Some(f64::from(p > 0.5)), None).unwrap(), [0.0, 1.0]);
    }
}
