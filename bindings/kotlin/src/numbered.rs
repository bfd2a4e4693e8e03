//! Objects by number, for JNI calls: a number that is unknown or stale finds nothing.

use std::collections::HashMap;
use std::sync::{Arc, LazyLock, Mutex, PoisonError, Weak};

use crate::shield::Shield;
use crate::talk::Talk;

static SHIELDS: LazyLock<Numbered<Shield>> = LazyLock::new(Numbered::default);
static TALKS: LazyLock<Numbered<Talk>> = LazyLock::new(Numbered::default);

/// The shields that are open.
pub fn shields() -> &'static Numbered<Shield> {
    &SHIELDS
}

/// The conversations that are open.
pub fn talks() -> &'static Numbered<Talk> {
    &TALKS
}

/// Objects of one type, held weakly: the number keeps nothing alive.
pub struct Numbered<T> {
    inner: Mutex<(u64, HashMap<u64, Weak<T>>)>,
}

impl<T> Default for Numbered<T> {
    fn default() -> Self {
        Self { inner: Mutex::new((0, HashMap::new())) }
    }
}

impl<T> Numbered<T> {
    /// Makes an object that knows its own number.
    pub fn insert(&self, make: impl FnOnce(u64) -> T) -> Arc<T> {
        let mut inner = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
        inner.0 += 1;
        let number = inner.0;
        let object = Arc::new(make(number));
        inner.1.insert(number, Arc::downgrade(&object));
        object
    }

    /// The object, if it is still alive.
    pub fn get(&self, number: u64) -> Option<Arc<T>> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner).1.get(&number)?.upgrade()
    }

    /// Forgets the number of an object that ends.
    pub fn remove(&self, number: u64) {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner).1.remove(&number);
    }
}
