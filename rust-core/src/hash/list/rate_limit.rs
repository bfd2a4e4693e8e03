//! How many questions a list answers in a time.

/// A bucket of tokens: a query takes one, and they come back at a steady pace.
///
/// It stands between the SDK's door and the list: a person scrolling through a chat never notices it, a program that
/// tries a hundred thousand pictures against the list does. Time is given by the caller, in milliseconds of a clock
/// that does not go back.
#[derive(Debug, Clone)]
pub struct RateLimit {
    capacity: u64,
    /// Tokens that come back in a second.
    per_second: u64,
    /// Thousandths of a token.
    tokens: u64,
    last: u64,
}

impl RateLimit {
    /// A burst of 500 pictures (an album that is opened), and 5 a second for as long as it lasts.
    pub fn standard() -> Self {
        Self::new(500, 5)
    }

    /// At most `capacity` queries at once and `per_second` on average; the bucket begins full.
    pub fn new(capacity: u32, per_second: u32) -> Self {
        let capacity = u64::from(capacity) * 1000;
        Self { capacity, per_second: u64::from(per_second), tokens: capacity, last: 0 }
    }

    /// Whether `queries` may be asked at `now`; if so they are counted. A clock that went back gives nothing back.
    pub fn allow(&mut self, queries: u32, now_milliseconds: u64) -> bool {
        let elapsed = now_milliseconds.saturating_sub(self.last);
        self.last = self.last.max(now_milliseconds);
        self.tokens = self.tokens.saturating_add(elapsed.saturating_mul(self.per_second)).min(self.capacity);
        let cost = u64::from(queries) * 1000;
        let allowed = cost <= self.tokens;
        if allowed {
            self.tokens -= cost;
        }
        allowed
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_burst_then_a_steady_pace() {
        let mut limit = RateLimit::new(3, 2);
        assert!(limit.allow(2, 1000) && limit.allow(1, 1000));
        assert!(!limit.allow(1, 1000));
        assert!(!limit.allow(1, 1499), "half a second brings one");
        assert!(limit.allow(1, 1500));
        assert!(limit.allow(3, 1_000_000) && !limit.allow(1, 1_000_000), "never more than the bucket holds");
    }

    #[test]
    fn what_is_refused_costs_nothing_and_a_clock_that_goes_back_gives_nothing() {
        let mut limit = RateLimit::new(3, 1);
        assert!(!limit.allow(4, 5000));
        assert!(limit.allow(3, 5000));
        assert!(!limit.allow(1, 0) && !limit.allow(1, 5000));
        assert!(limit.allow(1, u64::MAX));
    }
}
