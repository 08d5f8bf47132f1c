//! A small seeded generator, so that the same plan gives the same simulated P value on every machine.
//!
//! # References
//! Blackman & Vigna 2021, doi:10.1145/3460772 (xoshiro256++, seeded by splitmix64).

/// xoshiro256++.
#[derive(Debug, Clone)]
pub struct Random([u64; 4]);

impl Random {
    /// A generator of that seed.
    pub fn new(mut seed: u64) -> Self {
        Self([(); 4].map(|()| {
            seed = seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
            let z = (seed ^ (seed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            z ^ (z >> 31)
        }))
    }

    /// A generator for one purpose under a seed: each name has its own stream.
    pub fn named(seed: u64, name: &str) -> Self {
        // FNV-1a.
        let hash = name.bytes().fold(0xcbf2_9ce4_8422_2325, |hash: u64, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
        });
        Self::new(seed ^ hash)
    }

    /// 64 random bits.
    pub fn bits(&mut self) -> u64 {
        let s = &mut self.0;
        let result = s[0].wrapping_add(s[3]).rotate_left(23).wrapping_add(s[0]);
        let t = s[1] << 17;
        s[2] ^= s[0];
        s[3] ^= s[1];
        s[1] ^= s[2];
        s[0] ^= s[3];
        s[2] ^= t;
        s[3] = s[3].rotate_left(45);
        result
    }

    /// Uniform in [0, 1), a multiple of 2⁻⁵³.
    pub fn uniform(&mut self) -> f64 {
        (self.bits() >> 11) as f64 * (1.0 / (1u64 << 53) as f64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_published_sequence() {
        // splitmix64 of seed 1234567 and xoshiro256++ of state 1, 2, 3, 4, from the authors' code.
        assert_eq!(Random::new(1_234_567).0[0], 6_457_827_717_110_365_317);
        let mut random = Random([1, 2, 3, 4]);
        assert_eq!([random.bits(), random.bits()], [41_943_041, 58_720_359]);
    }

    #[test]
    fn uniform_numbers_fill_the_interval() {
        let mut random = Random::named(1, "sex");
        let mean = (0..10_000).map(|_| random.uniform()).sum::<f64>() / 10_000.0;
        assert!((mean - 0.5).abs() < 0.02, "{mean}");
    }
}
