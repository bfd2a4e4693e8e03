//! Repeating, timing and counting memory.

use std::time::Instant;

use serde_json::{Value, json};

/// Median, 10th and 90th percentile of a row of times, each the mean of what one call did.
pub struct Times(Vec<f64>);

impl Times {
    /// Calls `work` so many times; each call does `per_call` of what is measured.
    pub fn of(calls: usize, per_call: usize, mut work: impl FnMut(usize)) -> Self {
        work(0);
        let mut times: Vec<f64> = (0..calls)
            .map(|call| {
                let start = Instant::now();
                work(call);
                start.elapsed().as_secs_f64() / per_call.max(1) as f64
            })
            .collect();
        times.sort_by(f64::total_cmp);
        Self(times)
    }

    /// The times in units of `unit` seconds.
    pub fn json(&self, unit: f64) -> Value {
        let at = |share: f64| {
            let place = ((self.0.len() - 1) as f64 * share).round() as usize;
            (self.0[place] / unit * 1000.0).round() / 1000.0
        };
        json!({"median": at(0.5), "p10": at(0.1), "p90": at(0.9)})
    }
}

/// Kilobytes of memory that are this process's own: not those of mapped files. None where the system does not say.
pub fn own_memory() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("RssAnon:"))?;
    line.split_whitespace().nth(1)?.parse().ok()
}
