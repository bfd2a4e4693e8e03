//! `lachan check`: pictures and animations, one verdict a file.

use std::io::{BufRead, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Instant;

use clap::Args;
use lachan::guard::{Guard, ImageCheck, Stage, Watcher};
use lachan::hash::KnownList;
use lachan::verdict::{Advice, Verdict};
use serde_json::{Value, json};

use crate::common::Situation;
use crate::device;
use crate::exit;
use crate::progress::Progress;
use crate::words::{Language, card};

#[derive(Args)]
pub struct Arguments {
    /// Pictures and animations; `-` reads paths from standard input, one a line
    #[arg(required = true)]
    files: Vec<PathBuf>,
    /// One JSON object a line instead of text
    #[arg(long)]
    json: bool,
    /// Folder of an installed list of known images (see `lachan list install`)
    #[arg(long, value_name = "DIR")]
    known_list: Option<PathBuf>,
    /// Take the test marker for a finding (see `lachan marker`)
    #[arg(long)]
    test_mode: bool,
    /// Show the warning of each concern as the child would read it
    #[arg(long, conflicts_with = "json")]
    explain: bool,
    /// Language of the warning
    #[arg(long, value_enum, default_value = "vi")]
    language: Language,
    /// Look for violence and injury too
    #[arg(long)]
    gore: bool,
    #[command(flatten)]
    situation: Situation,
}

pub fn run(arguments: &Arguments) -> ExitCode {
    let files = match paths(&arguments.files) {
        Ok(files) => files,
        Err(error) => return exit::failed(format_args!("standard input: {error}")),
    };
    let mut policy = arguments.situation.policy();
    policy.checks.gore = arguments.gore;
    let mut builder = match arguments.situation.guard(policy) {
        Ok(builder) => builder.test_mode(arguments.test_mode),
        Err(error) => return exit::failed(error),
    };
    if let Some(folder) = &arguments.known_list {
        let list = device::key(folder, None)
            .and_then(|key| KnownList::open(folder, &key, device::now()).map_err(|error| error.to_string()));
        match list {
            Ok(list) => builder = builder.known_list(Arc::new(list)),
            Err(error) => return exit::failed(format_args!("{}: {error}", folder.display())),
        }
    }
    let guard = builder.build();
    if let Err(error) = guard.warm_up(false) {
        eprintln!(
            "lachan: the picture models in {} cannot be used: {error}",
            arguments.situation.bundles.models.display()
        );
    }
    let progress = Progress::over_files("checking", files.len());
    let mut output = std::io::BufWriter::new(std::io::stdout().lock());
    let mut unchecked = false;
    for file in &files {
        let (report, advice) = check(&guard, file, arguments);
        unchecked |= report["verdict"] == "not_checked";
        let mut text = if arguments.json { report.to_string() } else { line(&report) };
        if let Some(advice) = advice.filter(|_| arguments.explain) {
            text = format!("{text}\n{}", card(&advice, guard.policy().age, arguments.language));
        }
        let written = writeln!(output, "{text}");
        if written.and_then(|()| output.flush()).is_err() {
            // Whoever read the output has gone.
            return ExitCode::from(exit::FAILED);
        }
        progress.add(1);
    }
    progress.done();
    if unchecked { ExitCode::from(exit::PARTLY_NOT_CHECKED) } else { ExitCode::SUCCESS }
}

fn paths(given: &[PathBuf]) -> std::io::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for path in given {
        if path.as_os_str() == "-" {
            for line in std::io::stdin().lock().lines() {
                let line = line?;
                if !line.trim().is_empty() {
                    files.push(PathBuf::from(line));
                }
            }
        } else {
            files.push(path.clone());
        }
    }
    Ok(files)
}

/// Notes when each stage was done.
struct Stopwatch {
    started: Instant,
    decoded_ms: f64,
    scored_ms: f64,
}

impl Watcher for Stopwatch {
    fn done(&mut self, stage: Stage) -> bool {
        let ms = self.started.elapsed().as_secs_f64() * 1e3;
        match stage {
            Stage::Decoded => self.decoded_ms = ms,
            Stage::Scored => self.scored_ms = ms - self.decoded_ms,
        }
        true
    }
}

fn check(guard: &Guard, file: &Path, arguments: &Arguments) -> (Value, Option<Advice>) {
    let started = Instant::now();
    let mut watch = Stopwatch { started, decoded_ms: 0.0, scored_ms: 0.0 };
    let check = match std::fs::read(file) {
        Ok(bytes) => guard.check_image_watched(&bytes, arguments.situation.direction(), &mut watch),
        Err(error) => return (unreadable(file, &error), None),
    };
    let report = report(file, &check, &watch);
    match check.verdict {
        Verdict::Concern { advice, .. } => (report, Some(advice)),
        Verdict::Clear | Verdict::NotChecked { .. } => (report, None),
    }
}

fn unreadable(file: &Path, error: &std::io::Error) -> Value {
    json!({
        "path": file.to_string_lossy(), "verdict": "not_checked", "reason": "unreadable", "action": null,
        "findings": [], "scores": {}, "width": null, "height": null, "frames": null,
        "ms": {"decode": 0.0, "infer": 0.0, "total": 0.0}, "detail": error.kind().to_string(),
    })
}

fn report(file: &Path, check: &ImageCheck, watch: &Stopwatch) -> Value {
    let rounded = |ms: f64| (ms * 1000.0).round() / 1000.0;
    // Six decimals are what single precision holds of a number below 1.
    let score = |value: f32| json!((f64::from(value) * 1e6).round() / 1e6);
    let scores: serde_json::Map<String, Value> =
        check.scores.iter().flat_map(|s| s.by_model()).map(|(model, value)| (model.to_owned(), score(value))).collect();
    let (verdict, reason, action, findings) = match &check.verdict {
        Verdict::Clear => ("clear", None, None, json!([])),
        Verdict::NotChecked { reason } => ("not_checked", Some(*reason), None, json!([])),
        Verdict::Concern { action, findings, .. } => ("concern", None, Some(*action), json!(findings)),
    };
    json!({
        "path": file.to_string_lossy(), "verdict": verdict, "reason": reason, "action": action,
        "findings": findings, "scores": scores,
        "width": check.size.map(|s| s.0), "height": check.size.map(|s| s.1),
        "frames": (check.frames > 0).then_some(check.frames),
        "ms": {
            "decode": rounded(watch.decoded_ms), "infer": rounded(watch.scored_ms),
            "total": rounded(watch.started.elapsed().as_secs_f64() * 1e3),
        },
    })
}

/// A report as a person reads it.
fn line(report: &Value) -> String {
    let text = |key: &str| report[key].as_str().unwrap_or("-").to_owned();
    let what = match text("verdict").as_str() {
        "concern" => {
            let kinds: Vec<&str> =
                report["findings"].as_array().into_iter().flatten().filter_map(|f| f["kind"].as_str()).collect();
            format!("concern      {:<10} {}", text("action"), kinds.join(", "))
        }
        "not_checked" => format!("not checked  {:<10}", text("reason")),
        _ => "clear        -         ".to_owned(),
    };
    let scores: Vec<String> = report["scores"]
        .as_object()
        .into_iter()
        .flatten()
        .map(|(model, score)| format!("{model} {:.3}", score.as_f64().unwrap_or(f64::NAN)))
        .collect();
    let size = match (report["width"].as_u64(), report["height"].as_u64()) {
        (Some(width), Some(height)) => format!("{width}x{height}"),
        _ => "-".to_owned(),
    };
    let ms = report["ms"]["total"].as_f64().unwrap_or(0.0);
    format!("{what:<34} {size:>11} {ms:>8.1} ms  {:<34} {}", scores.join("  "), text("path"))
}
