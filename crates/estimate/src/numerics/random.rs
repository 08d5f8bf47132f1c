//! A small seeded generator, so that the same plan gives the same simulated P value on every machine.
//!
//! # References
//! Blackman & Vigna 2021, doi:10.1145/3460772 (xoshiro256++, seeded by splitmix64); Marsaglia & Bray 1964,
//! doi:10.1137/1006063 (normal); Marsaglia & Tsang 2000, doi:10.1145/358407.358414 (gamma).

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

    /// A whole number below `n` (> 0), each with the same chance.
    pub fn below(&mut self, n: u64) -> u64 {
        // Bits beyond the last whole multiple of n would favour small numbers.
        let limit = u64::MAX - u64::MAX % n;
        loop {
            let bits = self.bits();
            if bits < limit {
                return bits % n;
            }
        }
    }

    /// Standard normal.
    pub fn normal(&mut self) -> f64 {
        loop {
            let (u, v) = (2.0 * self.uniform() - 1.0, 2.0 * self.uniform() - 1.0);
            let s = u * u + v * v;
            if s > 0.0 && s < 1.0 {
                return u * (-2.0 * libm::log(s) / s).sqrt();
            }
        }
    }

    /// Chi-squared with `df` > 0 degrees of freedom.
    pub fn chi_squared(&mut self, df: f64) -> f64 {
        2.0 * self.gamma(0.5 * df)
    }

    /// Gamma of a shape and unit scale.
    fn gamma(&mut self, shape: f64) -> f64 {
        if shape < 1.0 {
            let power = libm::pow(1.0 - self.uniform(), 1.0 / shape);
            return self.gamma(shape + 1.0) * power;
        }
        let d = shape - 1.0 / 3.0;
        let c = 1.0 / (9.0 * d).sqrt();
        loop {
            let x = self.normal();
            let v = 1.0 + c * x;
            if v <= 0.0 {
                continue;
            }
            let v = v * v * v;
            if libm::log(1.0 - self.uniform()) < 0.5 * x * x + d - d * v + d * libm::log(v) {
                return d * v;
            }
        }
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

    /// Mean and variance of draws against those of the distribution, within five standard errors.
    fn moments(draw: impl Fn(&mut Random) -> f64, mean: f64, variance: f64, kurtosis: f64) {
        let n = 40_000;
        let mut random = Random::new(11);
        let draws: Vec<f64> = (0..n).map(|_| draw(&mut random)).collect();
        let found = draws.iter().sum::<f64>() / f64::from(n);
        assert!((found - mean).abs() < 5.0 * (variance / f64::from(n)).sqrt(), "{found} is not {mean}");
        let found = draws.iter().map(|x| (x - mean) * (x - mean)).sum::<f64>() / f64::from(n);
        let error = variance * ((kurtosis - 1.0) / f64::from(n)).sqrt();
        assert!((found - variance).abs() < 5.0 * error, "{found} is not {variance}");
    }

    #[test]
    fn moments_of_the_distributions() {
        moments(Random::normal, 0.0, 1.0, 3.0);
        for df in [0.7, 3.0, 50.0] {
            moments(|random| random.chi_squared(df), df, 2.0 * df, 3.0 + 12.0 / df);
        }
        // Of 0 … n − 1: variance (n² − 1)/12, kurtosis (9n² − 21)/(5(n² − 1)).
        moments(|random| random.below(7) as f64, 3.0, 4.0, 420.0 / 240.0);
    }
}
