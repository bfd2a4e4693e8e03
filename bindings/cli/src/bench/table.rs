//! Repeated timings and how they are shown: median, 10th and 90th percentile.

use std::process::ExitCode;
use std::time::Instant;

use serde_json::{Value, json};

use crate::exit;

/// What was measured or made for it, or what kept it from being so.
pub type Measured<T> = Result<T, Box<dyn std::error::Error>>;

/// One measured thing.
pub struct Row {
    pub name: String,
    pub unit: &'static str,
    samples: Vec<f64>,
}

impl Row {
    /// Runs `work` once to warm up and `runs` times to measure, in milliseconds.
    pub fn timed<T>(name: impl Into<String>, runs: usize, mut work: impl FnMut() -> T) -> Self {
        std::hint::black_box(work());
        let samples = (0..runs.max(1))
            .map(|_| {
                let started = Instant::now();
                std::hint::black_box(work());
                started.elapsed().as_secs_f64() * 1e3
            })
            .collect();
        Self::of(name, "ms", samples)
    }

    /// Samples that were taken elsewhere.
    pub fn of(name: impl Into<String>, unit: &'static str, mut samples: Vec<f64>) -> Self {
        samples.sort_by(f64::total_cmp);
        Self { name: name.into(), unit, samples }
    }

    fn percentile(&self, share: f64) -> f64 {
        let last = self.samples.len().saturating_sub(1);
        self.samples.get((share * last as f64).round() as usize).copied().unwrap_or(f64::NAN)
    }

    fn json(&self) -> Value {
        let rounded = |v: f64| (v * 1e4).round() / 1e4;
        json!({
            "name": self.name, "unit": self.unit, "median": rounded(self.percentile(0.5)),
            "p10": rounded(self.percentile(0.1)), "p90": rounded(self.percentile(0.9)), "runs": self.samples.len(),
        })
    }
}

/// Prints what was measured, or why it could not be.
pub fn report(measured: Measured<Vec<Row>>, as_json: bool) -> ExitCode {
    match measured {
        Ok(rows) => {
            print(&rows, as_json);
            ExitCode::SUCCESS
        }
        Err(error) => exit::failed(error),
    }
}

/// Prints rows as JSON lines or as a table.
fn print(rows: &[Row], as_json: bool) {
    if as_json {
        rows.iter().for_each(|row| println!("{}", row.json()));
        return;
    }
    println!("{:<36} {:>10} {:>10} {:>10}", "", "median", "p10", "p90");
    for row in rows {
        let [median, low, high] = [0.5, 0.1, 0.9].map(|share| row.percentile(share));
        println!("{:<36} {median:>10.3} {low:>10.3} {high:>10.3} {}", row.name, row.unit);
    }
}
