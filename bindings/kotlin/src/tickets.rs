//! How a running check is given up: the caller numbers it beforehand and names the number to cancel it.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, LazyLock, Mutex, MutexGuard, PoisonError};

use lachan_core::guard::{Stage, Watcher};

static RUNNING: LazyLock<Mutex<HashMap<u64, Arc<AtomicBool>>>> = LazyLock::new(Mutex::default);

fn running() -> MutexGuard<'static, HashMap<u64, Arc<AtomicBool>>> {
    RUNNING.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A check that can be given up between its stages while this value lives.
pub struct Ticket {
    number: u64,
    cancelled: Arc<AtomicBool>,
}

impl Ticket {
    /// Registers a check under a number that the caller uses once.
    pub fn open(number: u64) -> Self {
        let cancelled = Arc::new(AtomicBool::new(false));
        running().insert(number, Arc::clone(&cancelled));
        Self { number, cancelled }
    }
}

impl Drop for Ticket {
    fn drop(&mut self) {
        running().remove(&self.number);
    }
}

impl Watcher for Ticket {
    fn done(&mut self, _: Stage) -> bool {
        !self.cancelled.load(Ordering::Relaxed)
    }
}

/// Gives up the check with this number, if it is running.
pub fn cancel(number: u64) {
    if let Some(cancelled) = running().get(&number) {
        cancelled.store(true, Ordering::Relaxed);
    }
}
