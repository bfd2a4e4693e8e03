//! Any bytes as what the command line reads: conversations and messages as JSON lines, an agency's list as CSV or JSON.
#![no_main]

use std::io::Cursor;
use std::sync::OnceLock;

use lachan::text::TextModel;
use lachan_cli::doors;
use libfuzzer_sys::fuzz_target;

static WEIGHTS: &[u8] = include_bytes!("../../../models/text/weights/text.weights");

fuzz_target!(|bytes: &[u8]| {
    static MODEL: OnceLock<TextModel> = OnceLock::new();
    let model = MODEL.get_or_init(|| TextModel::from_bytes(WEIGHTS).unwrap());
    let _ = doors::list_rows(Cursor::new(bytes));
    for talks in [true, false] {
        let mut out = Vec::new();
        let input = Cursor::new(bytes);
        let refused =
            if talks { doors::chat(model, input, &mut out) } else { doors::text(model, input, &mut out) }.unwrap();
        let answers: Vec<serde_json::Value> = out
            .split(|byte| *byte == b'\n')
            .filter(|l| !l.is_empty())
            .map(|l| serde_json::from_slice(l).unwrap())
            .collect();
        // A line gets one answer, and each refused one says so.
        assert!(answers.len() <= bytes.split(|byte| *byte == b'\n').count());
        assert_eq!(answers.iter().filter(|answer| answer.get("not_checked").is_some()).count(), refused);
    }
});
