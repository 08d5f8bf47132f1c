//! Work on all processors whose result does not depend on how many there are.

use std::num::NonZero;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread::{available_parallelism, scope};

/// The results of numbered tasks, in the order of their numbers, whichever thread made them and when.
pub fn in_order<T: Send>(tasks: usize, work: impl Fn(usize) -> T + Sync) -> Vec<T> {
    let threads = available_parallelism().map_or(1, NonZero::get).min(tasks);
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

#[cfg(test)]
mod tests {
    use super::in_order;

    #[test]
    fn results_stand_in_the_order_of_their_tasks() {
        let squares: Vec<usize> = (0..1000).map(|task| task * task).collect();
        assert_eq!(in_order(1000, |task| task * task), squares);
        assert_eq!(in_order(1, |task| task), [0]);
        assert!(in_order(0, |task| task).is_empty());
    }
}
