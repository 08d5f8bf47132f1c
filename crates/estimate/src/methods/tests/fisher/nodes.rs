//! The nodes of one stage, found by what is left of the groups.

/// How the remainders of the groups are packed into one number. Groups with equal remainders can be exchanged, so
/// they are kept sorted.
#[derive(Debug)]
pub(super) struct Packing {
    groups: u32,
    bits: u32,
}

impl Packing {
    /// Nothing where the number would be too long.
    pub(super) fn new(totals: &[u64]) -> Option<Self> {
        let bits = u64::BITS - totals.iter().max()?.leading_zeros();
        let groups = u32::try_from(totals.len()).ok()?;
        (groups.checked_mul(bits)? <= 128).then_some(Self { groups, bits })
    }

    /// How many groups.
    pub(super) fn groups(&self) -> usize {
        self.groups as usize
    }

    /// Sorts the remainders and packs them.
    pub(super) fn key(&self, remainders: &mut [u64]) -> u128 {
        remainders.sort_unstable();
        remainders.iter().fold(0, |key, n| (key << self.bits) | u128::from(*n))
    }

    /// Unpacks them, the largest first.
    pub(super) fn remainders(&self, key: u128) -> Vec<u64> {
        let mask = (1u128 << self.bits) - 1;
        (0..self.groups).map(|group| (key >> (group * self.bits) & mask) as u64).collect()
    }
}

/// Keys in the order in which they came, with a table of places: open addressing, at most half full.
#[derive(Debug, Default)]
pub(super) struct Nodes {
    keys: Vec<u128>,
    /// Positions in `keys`, from 1; 0 is a free place.
    places: Vec<u32>,
}

impl Nodes {
    /// The keys, in the order in which they came.
    pub(super) fn keys(&self) -> &[u128] {
        &self.keys
    }

    /// The position of a key, and whether it is new.
    pub(super) fn find(&mut self, key: u128) -> (usize, bool) {
        if 2 * (self.keys.len() + 1) > self.places.len() {
            self.grow();
        }
        let place = self.place(key);
        match self.places[place] {
            0 => {
                self.keys.push(key);
                self.places[place] = self.keys.len() as u32;
                (self.keys.len() - 1, true)
            }
            known => (known as usize - 1, false),
        }
    }

    /// Where the key stands or may be put.
    fn place(&self, key: u128) -> usize {
        // Multiplication by an odd number mixes upwards: the upper bits are the place.
        let mixed = ((key ^ (key >> 64)) as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        let last = self.places.len() - 1;
        let mut place = (mixed >> 32) as usize & last;
        while self.places[place] != 0 && self.keys[self.places[place] as usize - 1] != key {
            place = (place + 1) & last;
        }
        place
    }

    fn grow(&mut self) {
        self.places = vec![0; (2 * self.places.len()).max(16)];
        for position in 0..self.keys.len() {
            let place = self.place(self.keys[position]);
            self.places[place] = position as u32 + 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_come_back_sorted() {
        let packing = Packing::new(&[5, 300, 7]).unwrap();
        let mut remainders = [200, 0, 7];
        assert_eq!(packing.remainders(packing.key(&mut remainders)), [200, 7, 0]);
        assert!(Packing::new(&[u64::MAX; 3]).is_none());
    }

    #[test]
    fn every_key_has_one_position() {
        let mut nodes = Nodes::default();
        let key = |n: u128| ((n * n) << 60) | n;
        for n in 0..5000 {
            assert_eq!(nodes.find(key(n)), (n as usize, true));
        }
        for n in 0..5000 {
            assert_eq!(nodes.find(key(n)), (n as usize, false));
        }
        assert_eq!(nodes.keys().len(), 5000);
    }
}
