//! Proofs by hand.
