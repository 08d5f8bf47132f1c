use super::*;
use crate::likelihood::{maximise, maximise_exactly};
use crate::methods::logistic::blocks::BLOCK;

/// Every second derivative, from differences of the score.
fn numerical(model: &Firth, beta: &[f64]) -> Mat<f64> {
    let step = 1e-5;
    let score = |k: usize, by: f64| {
        let mut moved = beta.to_vec();
        moved[k] += by;
        model.evaluate(&moved).score
    };
    let columns: Vec<Vec<f64>> = (0..beta.len())
        .map(|k| {
            let (up, down) = (score(k, step), score(k, -step));
            up.iter().zip(&down).map(|(u, d)| (d - u) / (2.0 * step)).collect()
        })
        .collect();
    Mat::from_fn(beta.len(), beta.len(), |i, j| columns[j][i])
}

fn model(patterns: usize) -> Firth {
    let x: Vec<f64> =
        (0..patterns).flat_map(|i| [(i % 5) as f64 - 2.0, ((i * i) % 7) as f64 / 3.0 - 1.0]).collect();
    let events: Vec<f64> = (0..patterns).map(|i| ((i * 3) % 4) as f64).collect();
    let others: Vec<f64> = (0..patterns).map(|i| 1.0 + ((i + 1) % 3) as f64).collect();
    Firth::new(Binomial::new(x, 2, events, others), 0.0)
}

/// Identity, `logistic`: score and curvature of the penalized likelihood are its derivatives.
#[test]
fn score_and_second_derivative_are_those_of_the_value() {
    let model = model(9);
    let beta = [0.3, -0.8, 0.5];
    let at = model.evaluate(&beta);
    for k in 0..3 {
        let value = |by: f64| {
            let mut moved = beta;
            moved[k] += by;
            model.evaluate(&moved).value
        };
        let slope = (value(1e-5) - value(-1e-5)) / 2e-5;
        assert!((slope - at.score[k]).abs() < 1e-8, "{slope} {:?}", at.score);
    }
    let difference = (&at.information - numerical(&model, &beta)).norm_max();
    assert!(difference < 1e-8, "{difference}");
}

/// Identity, `logistic`: two ways to the curvature of Firth’s penalty agree.
#[test]
fn both_ways_to_the_curvature_agree() {
    let model = model(9);
    let first = model.binomial.pass(&[0.3, -0.8, 0.5]);
    let information = first[0].information.clone();
    let (whitening, _) = whitening(&information).unwrap();
    let over_pairs = model.over_pairs(&first, &whitening);
    let difference = (model.over_tensor(&first, &whitening, &information) - &over_pairs).norm_max();
    assert!(difference < 1e-13 && over_pairs.norm_max() > 0.1, "{difference}");
}

/// By hand, `logistic`: Firth’s estimate of 0 of 5 and 3 of 7 is the log odds ratio with one half more in each cell.
#[test]
fn half_an_observation_in_every_cell_of_a_saturated_model() {
    // With as many parameters as cells, Firth's estimate is the log odds ratio after adding ½ to each cell.
    let (x, events, others) = ([0.0, 1.0], vec![0.0, 3.0], vec![5.0, 4.0]);
    let model = Firth::new(Binomial::new(x.to_vec(), 1, events, others), 0.0);
    let found = maximise_exactly(&model, model.start(), 100);
    let expected = [libm::log(0.5 / 5.5), libm::log(3.5 * 5.5 / (4.5 * 0.5))];
    // Of both searches together.
    assert!(found.converged && found.iterations < 12, "{}", found.iterations);
    for (ours, exact) in found.beta.iter().zip(expected) {
        assert!((ours / exact - 1.0).abs() < 1e-13, "{ours} {exact}");
    }
}

#[test]
fn blocks_add_up_and_large_samples_need_no_tensor() {
    let many = model(12 * BLOCK + 5);
    let many_at = many.evaluate(&[0.1, -0.2, 0.3]);
    let difference = (&many_at.information - numerical(&many, &[0.1, -0.2, 0.3])).norm_max();
    assert!(difference < 1e-4 * many_at.information[(0, 0)], "{difference}");
    let found = maximise(&many, many.start(), &[], 100);
    assert!(found.converged && found.iterations < 8);
}

#[test]
fn a_factor_of_many_levels_has_the_parts_of_the_whole_matrix() {
    // Twelve levels and a number; nobody of one level has the event.
    let patterns = 300;
    let x: Vec<f64> = (0..patterns)
        .flat_map(|i| {
            let level = i * 5 % 12;
            let indicator = move |k: usize| if level == k { 3.5 } else { -0.3 };
            (1..12).map(indicator).chain([(i % 7) as f64 / 2.0 - 1.5])
        })
        .collect();
    let events: Vec<f64> =
        (0..patterns).map(|i| if i * 5 % 12 == 4 { 0.0 } else { (i % 3) as f64 }).collect();
    let others: Vec<f64> = (0..patterns).map(|i| (i % 2) as f64 + 1.0).collect();
    let model = Firth::new(Binomial::new(x, 12, events, others), 0.25);
    assert!(model.rows.is_some());
    let beta: Vec<f64> = (0..13).map(|k| ((k * 5 % 7) as f64 - 3.0) / 9.0).collect();
    let whole = model.whole(&beta).map_err(|_| ()).unwrap().parts;
    let ours = model.parts(&beta).unwrap();
    let close = |a: f64, b: f64| assert!((a - b).abs() < 1e-12 * (1.0 + b.abs()), "{a} {b}");
    close(ours.evaluation.value, whole.evaluation.value);
    for k in 0..13 {
        close(ours.evaluation.score[k], whole.evaluation.score[k]);
        close(ours.pull[k], whole.pull[k]);
        for j in 0..13 {
            close(ours.evaluation.information[(j, k)], whole.evaluation.information[(j, k)]);
        }
    }
}
