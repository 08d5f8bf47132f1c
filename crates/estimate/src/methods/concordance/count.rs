//! Concordant and discordant pairs in O(n log n), and the influence of each patient on their share.
//!
//! A tree over the ranks of the score holds sums of patients. Walking back in time it holds those who outlive each event;
//! walking forward it holds the events that came before each patient.

use super::TimeWeights;
use crate::methods::cox::all_alike;

/// Patients of one stratum with one time, event and score.
#[derive(Debug, Clone, Copy)]
pub(in crate::methods) struct Scored {
    /// Position of the time among the distinct ones.
    pub(in crate::methods) time: u32,
    /// Position of the first time at which they are at risk.
    pub(in crate::methods) from: u32,
    /// Whether the event occurred.
    pub(in crate::methods) event: bool,
    /// Position of the score among the distinct ones.
    pub(in crate::methods) score: u32,
    /// How many.
    pub(in crate::methods) n: u64,
    /// What each of them counts.
    pub(in crate::methods) weight: f64,
    /// To which cluster they belong, where there are any.
    pub(in crate::methods) cluster: u32,
}

impl Scored {
    fn total(&self) -> f64 {
        self.n as f64 * self.weight
    }
}

/// Sums over comparable pairs, each with the weight of its event time.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(in crate::methods) struct Pairs {
    /// The higher score has the event first.
    pub(in crate::methods) concordant: f64,
    /// The lower score has.
    pub(in crate::methods) discordant: f64,
    /// The scores are equal.
    pub(in crate::methods) tied: f64,
}

impl Pairs {
    fn total(&self) -> f64 {
        self.concordant + self.discordant + self.tied
    }

    fn add(&mut self, other: &Self, times: f64) {
        self.concordant += times * other.concordant;
        self.discordant += times * other.discordant;
        self.tied += times * other.tied;
    }
}

/// Concordance, its standard error, and the pairs behind it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(in crate::methods) struct Agreement {
    pub(in crate::methods) value: f64,
    pub(in crate::methods) std_error: f64,
    pub(in crate::methods) pairs: Pairs,
}

/// Sums by rank (Fenwick 1994, doi:10.1002/spe.4380240306).
struct Tree {
    sums: Vec<f64>,
    total: f64,
}

impl Tree {
    fn new(ranks: usize) -> Self {
        Self { sums: vec![0.0; ranks + 1], total: 0.0 }
    }

    fn add(&mut self, rank: u32, value: f64) {
        self.total += value;
        let mut at = rank as usize + 1;
        while at < self.sums.len() {
            self.sums[at] += value;
            at += at & at.wrapping_neg();
        }
    }

    /// Sum over ranks below.
    fn below(&self, rank: u32) -> f64 {
        let (mut at, mut sum) = (rank as usize, 0.0);
        while at > 0 {
            sum += self.sums[at];
            at &= at - 1;
        }
        sum
    }

    /// Sums below, at and above a rank.
    fn around(&self, rank: u32) -> (f64, f64, f64) {
        let (below, until) = (self.below(rank), self.below(rank + 1));
        (below, until - below, self.total - until)
    }
}

/// How scores are compared with times.
#[derive(Debug, Clone, Copy)]
pub(in crate::methods) struct Comparing {
    /// Number of distinct scores.
    pub(in crate::methods) ranks: usize,
    /// What a pair counts.
    pub(in crate::methods) weights: TimeWeights,
    /// The last event time that counts.
    pub(in crate::methods) last: Option<u32>,
    /// Number of clusters; without them each patient is one.
    pub(in crate::methods) clusters: Option<usize>,
}

/// The agreement of scores with times, over pairs within each stratum; none where no pair can be compared. The patients
/// of a stratum come in ascending order of time.
pub(in crate::methods) fn agreement(strata: &[Vec<Scored>], comparing: Comparing) -> Option<Agreement> {
    let Comparing { ranks, weights, last, clusters } = comparing;
    let mut whole = Pairs::default();
    let mut own: Vec<(Scored, Pairs)> = Vec::new();
    for patients in strata {
        let pairs = pairs_of_each(patients, ranks, &weights.of_times(patients, last));
        let events = patients.iter().zip(&pairs).filter(|(patient, _)| patient.event);
        events.for_each(|(patient, (first, _))| whole.add(first, patient.total()));
        own.extend(patients.iter().zip(pairs).map(|(patient, (mut first, second))| {
            first.add(&second, 1.0);
            (*patient, first)
        }));
    }
    let total = whole.total();
    if total <= 0.0 {
        return None;
    }
    let value = (whole.concordant + 0.5 * whole.tied) / total;
    let influence = |(patient, own): &(Scored, Pairs)| {
        patient.weight * (own.concordant + 0.5 * own.tied - value * own.total()) / total
    };
    let variance: f64 = match clusters {
        None => own.iter().map(|own| own.0.n as f64 * influence(own) * influence(own)).sum(),
        Some(_) if all_alike(own.iter().map(|own| own.0.cluster)) => f64::NAN,
        Some(count) => {
            let mut sums = vec![0.0; count];
            own.iter().for_each(|own| sums[own.0.cluster as usize] += own.0.n as f64 * influence(own));
            sums.iter().map(|sum| sum * sum).sum()
        }
    };
    Some(Agreement { value, std_error: variance.sqrt(), pairs: whole })
}

/// For each patient of a row the pairs in which it has the event first, and those in which it comes second.
fn pairs_of_each(patients: &[Scored], ranks: usize, weights: &[f64]) -> Vec<(Pairs, Pairs)> {
    let mut pairs = vec![(Pairs::default(), Pairs::default()); patients.len()];
    let groups: Vec<&[Scored]> = patients.chunk_by(|a, b| a.time == b.time).collect();
    let late = late(patients);
    let mut later = Tree::new(ranks);
    let mut end = patients.len();
    let mut entering = late.iter().rev().peekable();
    for (group, weight) in groups.iter().zip(weights).rev() {
        let start = end - group.len();
        while let Some(row) = entering.next_if(|row| patients[**row].from > group[0].time) {
            later.add(patients[*row].score, -patients[*row].total());
        }
        // Who is censored at the time of an event outlives it.
        for patient in group.iter().filter(|patient| !patient.event) {
            later.add(patient.score, patient.total());
        }
        for (patient, pairs) in group.iter().zip(&mut pairs[start..end]).filter(|(patient, _)| patient.event)
        {
            let (below, same, above) = later.around(patient.score);
            pairs.0 = Pairs { concordant: weight * below, discordant: weight * above, tied: weight * same };
        }
        for patient in group.iter().filter(|patient| patient.event) {
            later.add(patient.score, patient.total());
        }
        end = start;
    }
    let mut earlier = Tree::new(ranks);
    let mut start = 0;
    let mut entering = late.iter().peekable();
    for (group, weight) in groups.iter().zip(weights) {
        let second = |tree: &Tree, patient: &Scored| {
            let (below, same, above) = tree.around(patient.score);
            Pairs { concordant: above, discordant: below, tied: same }
        };
        // Events before the entry are none that somebody outlived.
        while let Some(row) = entering.next_if(|row| patients[**row].from <= group[0].time) {
            pairs[*row].1.add(&second(&earlier, &patients[*row]), -1.0);
        }
        let own = &mut pairs[start..start + group.len()];
        start += group.len();
        for (patient, pairs) in group.iter().zip(own.iter_mut()).filter(|(patient, _)| patient.event) {
            pairs.1.add(&second(&earlier, patient), 1.0);
        }
        for patient in group.iter().filter(|patient| patient.event) {
            earlier.add(patient.score, weight * patient.total());
        }
        for (patient, pairs) in group.iter().zip(own.iter_mut()).filter(|(patient, _)| !patient.event) {
            pairs.1.add(&second(&earlier, patient), 1.0);
        }
    }
    pairs
}

/// Those who were not at risk from the beginning, the first to enter first.
fn late(patients: &[Scored]) -> Vec<usize> {
    let mut late: Vec<usize> = (0..patients.len()).filter(|row| patients[*row].from > 0).collect();
    late.sort_by_key(|row| patients[*row].from);
    late
}

/// Positions of numbers among the distinct ones, and how many of those there are.
pub(in crate::methods) fn ranks_of(values: &[f64]) -> (Vec<u32>, usize) {
    let mut distinct = values.to_vec();
    distinct.sort_unstable_by(f64::total_cmp);
    distinct.dedup();
    let rank = |value: &f64| distinct.partition_point(|known| known < value) as u32;
    (values.iter().map(rank).collect(), distinct.len())
}
