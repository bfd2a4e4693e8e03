//! How much is looked at while a message is read, counted in tests: a stranger chooses the message, so that may grow no
//! faster than the message does.

#[cfg(test)]
thread_local! {
    static DONE: std::cell::Cell<usize> = const { std::cell::Cell::new(0) };
}

/// So many words, parts of words, spans or bytes were looked at.
#[cfg(test)]
pub(super) fn add(steps: usize) {
    DONE.set(DONE.get() + steps);
}

/// Counted in tests alone.
#[cfg(not(test))]
pub(super) fn add(_: usize) {}

/// What was added since it was last asked.
#[cfg(test)]
pub(super) fn take() -> usize {
    DONE.replace(0)
}
