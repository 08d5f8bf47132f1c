//! Waiting for the engine's threads.

use crate::Fault;
use std::sync::mpsc;
use tokio::runtime::Handle;

/// Runs a task on the engine's threads and waits for it, also when the caller itself runs in an asynchronous program;
/// a panic of the engine becomes a fault.
pub(crate) fn wait<T: Send + 'static>(
    runtime: &Handle,
    task: impl Future<Output = Result<T, Fault>> + Send + 'static,
) -> Result<T, Fault> {
    let (sender, receiver) = mpsc::channel();
    runtime.spawn(async move {
        // The receiver waits below until the sender is gone.
        let _ = sender.send(task.await);
    });
    receiver.recv().unwrap_or_else(|_| Err(Fault::broken()))
}
