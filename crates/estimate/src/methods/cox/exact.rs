//! The discrete partial likelihood of tied events.
//!
//! # Formula
//! Given that d of those at risk have the event at a time, the probability that it is just those who had it is
//! ∏ over them of r / e_d(r), with r = exp(x′β) and e_d(r) the sum over all choices of d patients of the product of
//! their r. e_d and the mean and covariance of Σ x over such a choice follow from a recursion over patients (Gail, Lubin
//! & Rubinstein 1981, doi:10.1093/biomet/68.3.703, eq. 3). It is done here with probabilities instead of products: if
//! each patient were chosen independently with π = cr/(1 + cr), the number chosen would be d with probability
//! e_d cᵈ ∏ (1 − π), and given that, the choice has the very distribution wanted, whatever c is. With c such that d are
//! expected, nothing overflows. m patients of one pattern are chosen by the binomial distribution, in one step.

use faer::Mat;
use std::ops::RangeInclusive;

/// Who is at risk, and sums over the tied events so far.
pub(super) struct Discrete<'a> {
    x: &'a [f64],
    p: usize,
    /// Patients at risk of each pattern, and the patterns that have had any in this stratum.
    at_risk: Vec<f64>,
    present: Vec<u32>,
    listed: Vec<bool>,
    /// Σ of the means and covariances of the choices.
    mean: Vec<f64>,
    covariance: Mat<f64>,
}

/// Moments of a choice: probability that the number chosen is a, and Σ x and its square over such choices; for each a.
struct Moments {
    p: usize,
    probability: Vec<f64>,
    first: Vec<f64>,
    /// The lower triangle, row by row.
    second: Vec<f64>,
}

impl<'a> Discrete<'a> {
    pub(super) fn new(x: &'a [f64], p: usize, patterns: usize) -> Self {
        let (at_risk, listed) = (vec![0.0; patterns], vec![false; patterns]);
        let (mean, covariance) = (vec![0.0; p], Mat::zeros(p, p));
        Self { x, p, at_risk, present: Vec::new(), listed, mean, covariance }
    }

    /// Nobody is at risk.
    pub(super) fn begin(&mut self) {
        for pattern in self.present.drain(..) {
            self.at_risk[pattern as usize] = 0.0;
            self.listed[pattern as usize] = false;
        }
    }

    /// Patients of a pattern come to be at risk, or no longer are.
    pub(super) fn change(&mut self, pattern: u32, n: f64) {
        self.at_risk[pattern as usize] += n;
        if !std::mem::replace(&mut self.listed[pattern as usize], true) {
            self.present.push(pattern);
        }
    }

    /// Adds what the tied times give to the derivatives.
    pub(super) fn add(&self, score: &mut [f64], information: &mut Mat<f64>) {
        score.iter_mut().zip(&self.mean).for_each(|(sum, mean)| *sum -= mean);
        *information += &self.covariance;
    }

    /// ln e_d of those at risk; the moments of the choice are summed.
    pub(super) fn choose(&mut self, d: usize, risk: &[f64]) -> f64 {
        let p = self.p;
        let at_risk = &self.at_risk;
        let members: Vec<(f64, f64, &[f64])> = self
            .present
            .iter()
            .map(|pattern| *pattern as usize)
            .filter(|pattern| at_risk[*pattern] > 0.0)
            .map(|pattern| (at_risk[pattern], risk[pattern], &self.x[pattern * p..(pattern + 1) * p]))
            .collect();
        let total: f64 = members.iter().map(|(n, ..)| n).sum();
        if d as f64 >= total {
            // Everybody: there is no choice.
            for (n, _, x) in &members {
                self.mean.iter_mut().zip(*x).for_each(|(sum, x)| *sum += n * x);
            }
            return members.iter().map(|(n, r, _)| n * libm::log(*r)).sum();
        }
        let c = odds(d as f64, &members);
        let share = |r: f64| c * r / (1.0 + c * r);
        // From the mean of the choice, so that the covariance is no small difference of large numbers.
        let mut centre = vec![0.0; p];
        let expected: f64 = members.iter().map(|(n, r, _)| n * share(*r)).sum();
        for (n, r, x) in &members {
            let part = n * share(*r) / expected;
            centre.iter_mut().zip(*x).for_each(|(sum, x)| *sum += part * x);
        }
        let mut moments = Moments::new(d, p);
        let (mut seen, mut left) = (0, total as usize);
        let mut centred = vec![0.0; p];
        let mut log = -(d as f64) * libm::log(c);
        for (n, r, x) in &members {
            centred.iter_mut().zip(*x).zip(&centre).for_each(|((to, x), centre)| *to = x - centre);
            left -= *n as usize;
            let numbers = d.saturating_sub(left)..=d.min(seen + *n as usize);
            let (chosen, other) = (share(*r), 1.0 / (1.0 + c * r));
            match *n as usize {
                1 => moments.include_one(chosen, other, &centred, numbers),
                n => moments.include(&binomial(n, n.min(d), chosen, other), &centred, seen, numbers),
            }
            seen += *n as usize;
            log += n * libm::log1p(c * r);
        }
        let probability = moments.probability[d];
        log += libm::log(probability);
        let first: Vec<f64> = moments.first[d * p..].iter().map(|sum| sum / probability).collect();
        let second = &moments.second[d * Moments::triangle(p)..];
        for i in 0..p {
            self.mean[i] += first[i] + d as f64 * centre[i];
            for j in 0..=i {
                let covariance = second[i * (i + 1) / 2 + j] / probability - first[i] * first[j];
                self.covariance[(i, j)] += covariance;
                if i != j {
                    self.covariance[(j, i)] += covariance;
                }
            }
        }
        log
    }
}

/// The c at which d are expected: Σ n cr/(1 + cr) = d. A few digits are enough.
fn odds(d: f64, members: &[(f64, f64, &[f64])]) -> f64 {
    let excess = |log: f64| {
        let c = libm::exp(log);
        members.iter().map(|(n, r, _)| n * (c * r / (1.0 + c * r))).sum::<f64>() - d
    };
    let (mut low, mut high) = (-1.0, 1.0);
    while excess(low) > 0.0 && low > -700.0 {
        low *= 2.0;
    }
    while excess(high) < 0.0 && high < 700.0 {
        high *= 2.0;
    }
    while high - low > 1e-2 {
        let middle = 0.5 * (low + high);
        if excess(middle) > 0.0 { high = middle } else { low = middle }
    }
    libm::exp(0.5 * (low + high))
}

impl Moments {
    fn triangle(p: usize) -> usize {
        p * (p + 1) / 2
    }

    /// Nobody is chosen yet; up to d may be.
    fn new(d: usize, p: usize) -> Self {
        let mut probability = vec![0.0; d + 1];
        probability[0] = 1.0;
        Self { p, probability, first: vec![0.0; (d + 1) * p], second: vec![0.0; (d + 1) * Self::triangle(p)] }
    }

    /// Includes a patient. Only the `numbers` of chosen ones that still can become d matter.
    fn include_one(&mut self, share: f64, other: f64, x: &[f64], numbers: RangeInclusive<usize>) {
        let (p, triangle) = (self.p, Self::triangle(self.p));
        // From the largest number down, so that what is read has not been written.
        for a in numbers.rev() {
            let before = if a > 0 { self.probability[a - 1] } else { 0.0 };
            self.probability[a] = other * self.probability[a] + share * before;
            if a == 0 {
                self.first[..p].iter_mut().for_each(|sum| *sum *= other);
                self.second[..triangle].iter_mut().for_each(|sum| *sum *= other);
                continue;
            }
            let (firsts, now) = self.first.split_at_mut(a * p);
            let first = &firsts[(a - 1) * p..];
            let (seconds, squares) = self.second.split_at_mut(a * triangle);
            let second = &seconds[(a - 1) * triangle..];
            let mut at = 0;
            for i in 0..p {
                for j in 0..=i {
                    let cross = x[i] * (first[j] + x[j] * before) + first[i] * x[j];
                    squares[at] = other * squares[at] + share * (second[at] + cross);
                    at += 1;
                }
            }
            for ((now, first), x) in now.iter_mut().zip(first).zip(x) {
                *now = other * *now + share * (first + x * before);
            }
        }
    }

    /// Includes patients of one x, so many of whom are chosen with the probabilities given, after `seen` others.
    fn include(&mut self, chosen: &[f64], x: &[f64], seen: usize, numbers: RangeInclusive<usize>) {
        let (p, triangle) = (self.p, Self::triangle(self.p));
        let (mut first, mut first_k, mut second) = (vec![0.0; p], vec![0.0; p], vec![0.0; triangle]);
        for a in numbers.rev() {
            let (mut m0, mut m0k, mut m0kk) = (0.0, 0.0, 0.0);
            first.fill(0.0);
            first_k.fill(0.0);
            second.fill(0.0);
            for (k, chance) in chosen.iter().enumerate().take(a + 1).skip(a.saturating_sub(seen)) {
                let before = a - k;
                let times = chance * k as f64;
                let e = self.probability[before];
                m0 += chance * e;
                m0k += times * e;
                m0kk += times * k as f64 * e;
                for (i, sum) in self.first[before * p..(before + 1) * p].iter().enumerate() {
                    first[i] += chance * sum;
                    first_k[i] += times * sum;
                }
                let from = &self.second[before * triangle..(before + 1) * triangle];
                second.iter_mut().zip(from).for_each(|(to, from)| *to += chance * from);
            }
            self.probability[a] = m0;
            let mut at = 0;
            for i in 0..p {
                self.first[a * p + i] = first[i] + m0k * x[i];
                for j in 0..=i {
                    let cross = x[i] * first_k[j] + first_k[i] * x[j] + m0kk * x[i] * x[j];
                    self.second[a * triangle + at] = second[at] + cross;
                    at += 1;
                }
            }
        }
    }
}

/// Probabilities that 0, 1, … most of n are chosen.
fn binomial(n: usize, most: usize, share: f64, other: f64) -> Vec<f64> {
    let (log_share, log_other) = (libm::log(share), libm::log(other));
    let mut log_choices = 0.0;
    (0..=most)
        .map(|k| {
            if k > 0 {
                log_choices += libm::log((n - k + 1) as f64 / k as f64);
            }
            libm::exp(log_choices + k as f64 * log_share + (n - k) as f64 * log_other)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two of three patients with risks 1, 2, 3 and x = 1, 2, 4: by listing. e₂ = 1·2 + 1·3 + 2·3 = 11; Σ x is 3, 5, 6
    /// with probability 2/11, 3/11, 6/11: mean 57/11, mean square (18 + 75 + 216)/11 = 309/11.
    ///
    /// By hand, `cox`: mean and variance of the covariate over the choices of two of three patients.
    #[test]
    fn a_choice_of_two_of_three() {
        let x = [1.0, 2.0, 4.0];
        let mut discrete = Discrete::new(&x, 1, 3);
        (0..3).for_each(|pattern| discrete.change(pattern, 1.0));
        let log = discrete.choose(2, &[1.0, 2.0, 3.0]);
        assert!((log - 11f64.ln()).abs() < 1e-14, "{log}");
        assert!((discrete.mean[0] - 57.0 / 11.0).abs() < 1e-14);
        let variance = 309.0 / 11.0 - (57.0 / 11.0) * (57.0 / 11.0);
        assert!((discrete.covariance[(0, 0)] - variance).abs() < 1e-13);
    }

    /// Patients of one pattern may be counted together: 40 of 100, half of them with x = 1, is hypergeometric, with mean
    /// 20 and variance 40 · ½ · ½ · 60/99; and e₄₀ is the number of choices.
    ///
    /// Identity, `cox`: patients counted together have the moments of patients one by one, which are hypergeometric.
    #[test]
    fn counted_patients_are_chosen_together() {
        let x = [0.0, 1.0];
        let mut whole = Discrete::new(&x, 1, 2);
        whole.change(0, 50.0);
        whole.change(1, 50.0);
        let log = whole.choose(40, &[1.0, 1.0]);
        let choices: f64 = (1..=40).map(|k| ((100 - 40 + k) as f64 / k as f64).ln()).sum();
        assert!((log / choices - 1.0).abs() < 1e-13, "{log} {choices}");
        assert!((whole.mean[0] - 20.0).abs() < 1e-12);
        assert!((whole.covariance[(0, 0)] - 10.0 * 60.0 / 99.0).abs() < 1e-12);
        let x: Vec<f64> = (0..100).map(|i| f64::from(i % 2)).collect();
        let mut single = Discrete::new(&x, 1, 100);
        (0..100).for_each(|pattern| single.change(pattern, 1.0));
        assert!((single.choose(40, &[1.0; 100]) - log).abs() < 1e-11);
        assert!((single.covariance[(0, 0)] - whole.covariance[(0, 0)]).abs() < 1e-11);
    }
}
