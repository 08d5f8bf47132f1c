//! Partial tables of equal length, added up as they come.

/// Lengths that differ by less than one part of this are equal up to rounding.
const PARTS: f64 = 1e11;

/// Lengths with their probabilities: open addressing, at most half full.
#[derive(Debug)]
pub(super) struct Merging {
    /// Rounded length and probability; a length of `FREE` is a free place.
    places: Vec<(u64, f64)>,
    used: usize,
}

const FREE: u64 = u64::MAX;

impl Merging {
    pub(super) fn new() -> Self {
        Self { places: vec![(FREE, 0.0); 1024], used: 0 }
    }

    /// Adds to the probability of a length.
    pub(super) fn add(&mut self, length: f64, p: f64) {
        let key = (length * PARTS + 0.5) as u64;
        let place = self.place(key);
        if self.places[place].0 == key {
            self.places[place].1 += p;
            return;
        }
        self.places[place] = (key, p);
        self.used += 1;
        if 2 * self.used > self.places.len() {
            let doubled = vec![(FREE, 0.0); 2 * self.places.len()];
            for (key, p) in std::mem::replace(&mut self.places, doubled) {
                if key != FREE {
                    let place = self.place(key);
                    self.places[place] = (key, p);
                }
            }
        }
    }

    /// Where the key stands or may be put.
    fn place(&self, key: u64) -> usize {
        let last = self.places.len() - 1;
        // Multiplication by an odd number mixes upwards: the upper bits are the place.
        let mut place = (key.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 32) as usize & last;
        while self.places[place].0 != key && self.places[place].0 != FREE {
            place = (place + 1) & last;
        }
        place
    }

    /// What was added, ascending by length; nothing is left.
    pub(super) fn take(&mut self) -> Vec<(f64, f64)> {
        let mut taken: Vec<(u64, f64)> =
            self.places.iter().filter(|place| place.0 != FREE).copied().collect();
        self.places.fill((FREE, 0.0));
        self.used = 0;
        taken.sort_unstable_by_key(|place| place.0);
        taken.into_iter().map(|(key, p)| (key as f64 / PARTS, p)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_lengths_are_added_up() {
        let mut merging = Merging::new();
        for round in 0..2 {
            for n in 0..20_000u32 {
                let length = f64::from(n % 5000).sqrt() + f64::EPSILON * f64::from(n / 5000);
                merging.add(length, f64::from(n));
            }
            let list = merging.take();
            assert_eq!(list.len(), 5000, "{round}");
            for (index, (length, p)) in list.into_iter().enumerate() {
                assert!((length - (index as f64).sqrt()).abs() < 1e-11);
                assert_eq!(p, 4.0 * index as f64 + 30_000.0);
            }
        }
        assert!(merging.take().is_empty());
    }
}
