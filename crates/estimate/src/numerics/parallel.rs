//! Work on all processors whose result does not depend on how many there are.

use std::num::NonZero;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, OnceLock, PoisonError};
use std::thread::{available_parallelism, scope};

/// How many processors there are. The system is asked once: it answers by reading files, which costs a small model more
/// than its likelihood does.
fn processors() -> usize {
    static PROCESSORS: OnceLock<usize> = OnceLock::new();
    *PROCESSORS.get_or_init(|| available_parallelism().map_or(1, NonZero::get))
}

/// The results of numbered tasks, in the order of their numbers, whichever thread made them and when.
pub fn in_order<T: Send>(tasks: usize, work: impl Fn(usize) -> T + Sync) -> Vec<T> {
    let threads = processors().min(tasks);
    if threads < 2 {
        return (0..tasks).map(work).collect();
    }
    let next = AtomicUsize::new(0);
    let share = || {
        let mut done = Vec::new();
        loop {
            let task = next.fetch_add(1, Ordering::Relaxed);
            if task >= tasks {
                return done;
            }
            done.push((task, work(task)));
        }
    };
    let mut all: Vec<(usize, T)> = scope(|scope| {
        let others: Vec<_> = (1..threads).map(|_| scope.spawn(share)).collect();
        let mut all = share();
        for other in others {
            match other.join() {
                Ok(done) => all.extend(done),
                Err(panic) => std::panic::resume_unwind(panic),
            }
        }
        all
    });
    all.sort_unstable_by_key(|(task, _)| *task);
    all.into_iter().map(|(_, result)| result).collect()
}

/// Fills numbers in blocks of `size`; `work` is given the position of the first of a block and the block.
pub fn fill<T: Send>(numbers: &mut [T], size: usize, work: impl Fn(usize, &mut [T]) + Sync) {
    let blocks = numbers.len().div_ceil(size.max(1));
    let threads = processors().min(blocks);
    let open = Mutex::new(numbers.chunks_mut(size.max(1)).enumerate());
    let next = || open.lock().unwrap_or_else(PoisonError::into_inner).next();
    let share = || {
        while let Some((block, numbers)) = next() {
            work(block * size, numbers);
        }
    };
    if threads < 2 {
        return share();
    }
    scope(|scope| {
        (1..threads).for_each(|_| drop(scope.spawn(share)));
        share();
    });
}

/// Sorts; each processor sorts a part.
pub fn sort<T: Ord + Send>(values: &mut [T]) {
    let threads = processors();
    fill(values, values.len().div_ceil(threads).max(1 << 14), |_, part| part.sort_unstable());
    // A sort that finds what is in order already only merges.
    values.sort();
}

#[cfg(test)]
mod tests {
    use super::{fill, in_order, sort};

    #[test]
    fn every_number_is_filled_at_its_place() {
        for n in [0, 1, 7, 1000] {
            let mut numbers = vec![0; n];
            fill(&mut numbers, 7, |first, block| {
                block.iter_mut().enumerate().for_each(|(at, number)| *number = first + at);
            });
            assert_eq!(numbers, (0..n).collect::<Vec<usize>>());
        }
    }

    #[test]
    fn parts_are_merged() {
        let mut numbers: Vec<u64> = (0..100_000).map(|i| i * 7919 % 65_537).collect();
        let mut expected = numbers.clone();
        expected.sort_unstable();
        sort(&mut numbers);
        assert_eq!(numbers, expected);
    }

    #[test]
    fn results_stand_in_the_order_of_their_tasks() {
        let squares: Vec<usize> = (0..1000).map(|task| task * task).collect();
        assert_eq!(in_order(1000, |task| task * task), squares);
        assert_eq!(in_order(1, |task| task), [0]);
        assert!(in_order(0, |task| task).is_empty());
    }
}
