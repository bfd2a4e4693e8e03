//! `lachan bench text`.

use std::process::ExitCode;

use clap::Args;
use lachan::text::{Conversation, Conversations, PeerTrust, Side, TextModel, features, normalise};

use super::memory;
use super::table::{Measured, Row, report};
use crate::common::Bundles;

/// Built-in messages in every style, of the lengths that chats have.
const MESSAGES: [&str; 12] = [
    "Con ăn cơm chưa? Mẹ về trễ nha.",
    "mai kiểm tra toán chương 3 đó, m học chưa",
    "k bt nữa, hqua t ngủ quên =)))",
    "em chao thay a, em nop bai tre duoc khong a",
    "ê vào trận đi thiếu 1",
    "Chào em, shop còn size M màu đen nhé, 150k chưa ship. Em cho shop xin địa chỉ.",
    "đ.ừ.n.g k.ể v.ớ.i m.ẹ nha, b í m ậ t c ủ a hai đứa mình thôi",
    "g0i @nh cho a xem di, xinhhh quaaa",
    "0912 345 678 là số của em",
    "mấy giờ ba mẹ em đi làm về vậy, em ở nhà một mình hả",
    "Thứ bảy đội mình tập ở sân vận động, thầy đã báo phụ huynh, con nhớ mang nước và giày.",
    "ok",
];
/// Messages of the throughput row: what a help desk's log of a day may hold.
const MANY: usize = 45_000;
/// Conversations of the memory row.
const PEERS: usize = 1000;

/// Runs of each part where nothing else is asked for.
pub const RUNS: usize = 200;

#[derive(Args)]
pub struct Arguments {
    /// JSON lines instead of a table
    #[arg(long)]
    pub json: bool,
    /// Runs of each part
    #[arg(long, default_value_t = RUNS)]
    pub runs: usize,
    #[command(flatten)]
    pub bundles: Bundles,
}

pub fn run(arguments: &Arguments) -> ExitCode {
    report(measure(arguments), arguments.json)
}

fn measure(arguments: &Arguments) -> Measured<Vec<Row>> {
    let model = arguments.bundles.text_model()?;
    let runs = arguments.runs;
    let side = |i: usize| if i.is_multiple_of(2) { Side::Other } else { Side::Child };
    // One sample is the mean over the built-in messages: a single one is too short for the clock.
    let each = |name: &str, work: &mut dyn FnMut(usize, &str)| {
        let samples = (0..runs.max(1)).map(|_| {
            let started = std::time::Instant::now();
            MESSAGES.iter().enumerate().for_each(|(i, m)| work(i, m));
            started.elapsed().as_secs_f64() * 1e6 / MESSAGES.len() as f64
        });
        Row::of(name, "µs a message", samples.collect())
    };
    let mut talk = Conversation::new(&model);
    let mut rows = vec![
        each("normalise", &mut |_, m| drop(std::hint::black_box(normalise(m)))),
        each("normalise and hash", &mut |_, m| drop(std::hint::black_box(features(&normalise(m))))),
        each("what a message says", &mut |i, m| drop(std::hint::black_box(model.read(m, side(i))))),
        each("a turn of a conversation", &mut |i, m| {
            drop(std::hint::black_box(talk.check(&model, m, side(i), 0.0, PeerTrust::Unknown)));
        }),
    ];
    rows.push(Row::timed(format!("{MANY} messages"), 3, || {
        (0..MANY).map(|i| model.read(MESSAGES[i % MESSAGES.len()], side(i)).indicators.bits()).max()
    }));
    let huge = "đừng kể với ai nhé ".repeat((1 << 20) / 24);
    rows.push(Row::timed("a message of a megabyte", 5, || model.read(&huge, Side::Other)));
    rows.push(Row::timed("reading the weights", 5, || arguments.bundles.text_model()));
    let held = memory::peak(|| drop(std::hint::black_box(many_peers(&model))));
    rows.push(Row::of(format!("heap of {PEERS} conversations"), "MB", vec![held]));
    let bytes = many_peers(&model).states().map(|(_, s)| s.len() as f64).collect();
    rows.push(Row::of("sealed state of a peer", "bytes", bytes));
    Ok(rows)
}

fn many_peers(model: &TextModel) -> Conversations {
    let mut peers = Conversations::new();
    for i in 0..PEERS {
        let mut key = [0; 16];
        key[..8].copy_from_slice(&(i as u64).to_le_bytes());
        for (n, message) in MESSAGES.iter().take(3).enumerate() {
            peers.check(model, key, message, if n == 1 { Side::Child } else { Side::Other }, 0.0, PeerTrust::Unknown);
        }
    }
    peers
}
