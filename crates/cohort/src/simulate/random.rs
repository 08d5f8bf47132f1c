//! Random numbers: xoshiro256++, seeded by SplitMix64.
//!
//! Blackman & Vigna 2021, doi:10.1145/3460772. Steele, Lea & Flood 2014, doi:10.1145/2660193.2660195.

/// A stream of random numbers.
#[derive(Debug, Clone)]
pub(super) struct Random([u64; 4]);

impl Random {
    /// The stream of one block of one seed.
    pub(super) fn new(seed: u64, block: u64) -> Self {
        // The seed is mixed before the block is added: neighbouring seeds would otherwise share streams.
        let mut state = split_mix(&mut { seed }).wrapping_add(block);
        let mut state = split_mix(&mut state);
        Self([(); 4].map(|()| split_mix(&mut state)))
    }

    fn next(&mut self) -> u64 {
        let s = &mut self.0;
        let result = s[0].wrapping_add(s[3]).rotate_left(23).wrapping_add(s[0]);
        let shifted = s[1] << 17;
        s[2] ^= s[0];
        s[3] ^= s[1];
        s[1] ^= s[2];
        s[0] ^= s[3];
        s[2] ^= shifted;
        s[3] = s[3].rotate_left(45);
        result
    }

    /// Uniform between 0 and 1, never either.
    pub(super) fn uniform(&mut self) -> f64 {
        ((self.next() >> 12) as f64 + 0.5) / (1u64 << 52) as f64
    }

    /// True with a probability.
    pub(super) fn chance(&mut self, probability: f64) -> bool {
        self.uniform() < probability
    }

    /// Exponential with mean 1.
    pub(super) fn exponential(&mut self) -> f64 {
        -self.uniform().ln()
    }

    /// Standard normal (Box & Muller 1958, doi:10.1214/aoms/1177706645).
    pub(super) fn normal(&mut self) -> f64 {
        let radius = (2.0 * self.exponential()).sqrt();
        radius * (std::f64::consts::TAU * self.uniform()).cos()
    }

    /// A position, with a probability for each; the rest to the last.
    pub(super) fn choose(&mut self, probabilities: &[f64]) -> u8 {
        let mut rest = self.uniform();
        for (position, probability) in (0u8..).zip(probabilities) {
            rest -= probability;
            if rest < 0.0 {
                return position;
            }
        }
        probabilities.len().saturating_sub(1) as u8
    }
}

fn split_mix(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let z = (*state ^ (*state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_generators_give_their_published_numbers() {
        // SplitMix64 from 1234567, and xoshiro256++ from the state 1, 2, 3, 4, as in the authors' reference code.
        let mut state = 1_234_567;
        let first: Vec<u64> = (0..3).map(|_| split_mix(&mut state)).collect();
        assert_eq!(first, [6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423]);
        let mut random = Random([1, 2, 3, 4]);
        let first: Vec<u64> = (0..4).map(|_| random.next()).collect();
        assert_eq!(first, [41_943_041, 58_720_359, 3_588_806_011_781_223, 3_591_011_842_654_386]);
    }

    #[test]
    fn the_distributions_have_their_means() {
        let mut random = Random::new(1, 0);
        let n = 200_000;
        let mean = |values: &mut dyn FnMut() -> f64| (0..n).map(|_| values()).sum::<f64>() / f64::from(n);
        // Ten standard errors of the mean.
        assert!((mean(&mut || random.uniform()) - 0.5).abs() < 0.0065);
        assert!((mean(&mut || random.exponential()) - 1.0).abs() < 0.0224);
        assert!(mean(&mut || random.normal()).abs() < 0.0224);
        assert!((mean(&mut || random.normal().powi(2)) - 1.0).abs() < 0.0317);
        assert!((mean(&mut || f64::from(random.choose(&[0.2, 0.5, 0.3]))) - 1.1).abs() < 0.0157);
    }

    #[test]
    fn blocks_and_seeds_have_streams_of_their_own() {
        let mut firsts: Vec<u64> =
            (0..20).flat_map(|seed| (0..20).map(move |block| Random::new(seed, block).next())).collect();
        firsts.sort_unstable();
        firsts.dedup();
        assert_eq!(firsts.len(), 400);
    }
}
