//! Writes whole documents of every kind into the fuzzers' corpora, each in the form that its target reads:
//! `cargo run --bin seeds -- FOLDER`. The fuzzer breaks them by itself.

#[path = "../../rust-core/tests/family/mod.rs"]
mod family;
#[path = "../../rust-core/tests/publisher/mod.rs"]
mod publisher;

use std::fs;
use std::path::{Path, PathBuf};

use family::{NOON, PIN, Phone, family, random, vault};
use lachan::engine::weights::{Encoding, NamedTensor, pack};
use lachan::family::Purpose;
use lachan::family::evidence::{self, Chosen};
use lachan::hash::list::segment::{ExactDigest, SegmentKind};
use lachan::policy::{DAY, PolicyDocument, Rules};
use lachan::verdict::{Direction, Protection};
use publisher::{Publisher, hash};

struct Corpora(PathBuf);

impl Corpora {
    fn add(&self, target: &str, name: &str, bytes: &[u8]) {
        let folder = self.0.join(target);
        fs::create_dir_all(&folder).unwrap();
        fs::write(folder.join(name), bytes).unwrap();
    }
}

fn main() {
    let corpora = Corpora(PathBuf::from(std::env::args().nth(1).expect("a folder")));
    list(&corpora);
    bundle(&corpora);
    graphs(&corpora);
    families(&corpora);
    texts(&corpora);
}

fn list(corpora: &Corpora) {
    let folder = tempfile::tempdir().unwrap();
    let mut publisher = Publisher::new(folder.path());
    let entries: Vec<_> = (0..5).map(|seed| (hash(seed), 1)).collect();
    publisher.add(SegmentKind::Base, &entries, &[(ExactDigest::Md5([7; 16]), 1)]);
    publisher.publish();
    let payload = |name: &str| {
        let envelope: serde_json::Value = serde_json::from_slice(&read(folder.path(), name)).unwrap();
        envelope["signed"].as_str().unwrap().to_owned()
    };
    let mut next = publisher.root.clone();
    next.version = 2;
    let root = serde_json::to_string(&next).unwrap();
    for (which, text) in [root, payload("snapshot.1.json"), payload("timestamp.json")].iter().enumerate() {
        corpora.add("list", &format!("document-{which}"), &[&[which as u8], text.as_bytes()].concat());
    }
    let segment = fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().path());
    let segment = segment.filter(|path| path.extension().is_some_and(|end| end == "segment")).next().unwrap();
    let segment = fs::read(segment).unwrap();
    corpora.add("list", "segment", &[&[0], &segment[..]].concat());
    corpora.add("delta", "segment", &[&[1, 1, 1, 1], &segment[..]].concat());
    corpora.add("signed", "snapshot", &read(folder.path(), "snapshot.1.json"));
}

fn bundle(corpora: &Corpora) {
    let manifest = r#"{"name":"m","version":1,"members":{"graph":{"sha256":"DIGEST","bytes":BYTES},
        "weights":{"sha256":"DIGEST","bytes":BYTES}},"body":{"licence":"MIT","origin":"o","origin_sha256":"00",
        "preprocessing":{"geometry":"squash","colours":"rgb","layout":"nchw","means":[0,0,0]},
        "outputs":["nsfl","nsfw","sfw"],"thresholds":{"alone":{"value":0.9,"evidence":"e"}},
        "goldens":[{"pattern":"waves","scores":[0.031,0.129,0.839],"tolerance":0.005}]}}"#;
    corpora.add("bundle", "model", &[manifest.as_bytes(), &[0, 8, 33, 214]].concat());
    let text = r#"{"name":"text","version":1,"members":{"weights":{"sha256":"DIGEST","bytes":BYTES}},"body":{}}"#;
    corpora.add("bundle", "text", &[text.as_bytes(), b"\0LACHTXT4"].concat());
}

/// Texts with their weights, and the number of the shape that goes in.
fn graphs(corpora: &Corpora) {
    let add = |name: &str, shape: u8, text: &str, weights: &[u8]| {
        // `arbitrary` takes the kind of input from the first four bytes, then the shape, and the rest as it is.
        corpora.add("graph", name, &[&[0, 0, 0, 0, shape], text.as_bytes(), &[0], weights].concat());
    };
    let tensor = |name: &str, shape: &[usize]| {
        let values = (0..shape.iter().product()).map(|i| (i as f32 * 0.7).sin()).collect();
        NamedTensor { name: name.to_owned(), shape: shape.to_vec(), values }
    };
    let text = r#"version 1.0; extension tract_registry tract_core; fragment tract_core_properties() -> (p: (string)[]) { p = []; }
graph network(image) -> (scores) {
  image = external(shape = [1, 2, 6, 5]);
  w = variable<scalar>(label = "stem", shape = [4, 2, 3, 3]);
  b = variable<scalar>(label = "bias", shape = [4]);
  c = conv(image, w, b, dilation = [1, 1], stride = [1, 1], border = "constant", groups = 1, padding = [(1, 1), (1, 1)]);
  zero = [[[[0.0]]]]; r = max(c, zero);
  p = max_pool(r, size = [1, 1, 3, 3], stride = [1, 1, 2, 2], dilation = [1, 1, 1, 1], border = "ignore", padding = []);
  s = box(p, size = [1, 1, 3, 3], stride = [1, 1, 1, 1], dilation = [1, 1, 1, 1], border = "ignore",
    padding = [(0, 0), (0, 0), (0, 0), (0, 0)], normalize = true);
  f = reshape(s, shape = [4], axis_start = 1, axis_count = 3); m = variable<scalar>(label = "head", shape = [4, 2]);
  y = matmul(f, m, transposeA = false, transposeB = false); scores = softmax(y, axes = [1]); }"#;
    let tensors = [tensor("stem", &[4, 2, 3, 3]), tensor("bias", &[4]), tensor("head", &[4, 2])];
    for (name, encoding) in
        [("f32", Encoding::F32), ("f16", Encoding::F16), ("i8", Encoding::Int8Rows), ("i10", Encoding::Int10Columns)]
    {
        add(name, 0, text, &pack(&tensors, |_| encoding));
    }
    let others = "version 1.0; graph g(i) -> (o) { i = external(shape = [1, 6, 5, 2]); q = square(i); \
                  n = sum_reduce(q, axes = [3]); n2 = sqrt(n); e = [[[[0.5]]]]; n3 = add(n2, e); r = recip(n3); \
                  d = mul(i, r); g = lachan_gelu(d); t = transpose(g, axes = [0, 3, 1, 2]); u = squeeze(t, axes = [0]); \
                  v = unsqueeze(u, axes = [0]); h = sub(v, e); o = tract_core_downsample(h, axis = 2, stride = 2, modulo = 1); }";
    add("others", 1, others, &pack(&[], |_| Encoding::F32));
    // How the shipped models begin, where they were built, for a smaller picture and with weights that fit.
    for (model, shape) in [("owen-s", 4), ("open-nsfw", 5)] {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../models/built").join(model);
        let files = fs::read_dir(&folder).into_iter().flatten().map(|entry| fs::read(entry.unwrap().path()).unwrap());
        for text in files.filter(|bytes| bytes.starts_with(b"version ")) {
            let (text, tensors) = beginning(&String::from_utf8(text).unwrap());
            let tensors: Vec<_> = tensors.iter().map(|(name, shape)| tensor(name, shape)).collect();
            add(model, shape, &text, &pack(&tensors, |_| Encoding::Int8Rows));
        }
    }
}

/// The first assignments of a model's graph, for a picture of 32 x 32 pixels, and the tensors that they name.
fn beginning(text: &str) -> (String, Vec<(String, Vec<usize>)>) {
    let (_, body) = text.split_once("graph ").unwrap();
    let (head, steps) = body.split_once('{').unwrap();
    let steps: Vec<_> = steps.split_inclusive(';').take(60).map(smaller).collect();
    let last = steps.last().unwrap().split('=').next().unwrap().trim();
    let input = head.split(['(', ')']).nth(1).unwrap();
    let tensors = steps.iter().filter_map(|step| {
        let label = step.split("label = \"").nth(1)?.split('"').next()?;
        let shape = step.split("shape = [").nth(1)?.split(']').next()?;
        Some((label.to_owned(), shape.split(", ").map(|length| length.parse().unwrap()).collect()))
    });
    let tensors = tensors.collect();
    (format!("version 1.0; graph g({input}) -> ({last}) {{ {} }}", steps.concat()), tensors)
}

/// An assignment in which the sides of pictures are a seventh of what they were.
fn smaller(step: &str) -> String {
    let Some((before, rest)) = step.split_once("shape = [") else { return step.to_owned() };
    let (shape, after) = rest.split_once(']').unwrap();
    let lengths = shape.split(", ").map(|length| match length {
        "224" => "32",
        "56" => "8",
        "3136" => "64",
        other => other,
    });
    format!("{before}shape = [{}]{after}", lengths.collect::<Vec<_>>().join(", "))
}

fn families(corpora: &Corpora) {
    let (mut mother, mut phone) = family();
    let request = phone.child.request(Purpose::Reveal, phone.now, &random()).unwrap();
    let approval = mother.companion.approve(&request).unwrap();
    let offer = mother.companion.offer(phone.now.wall, &random()).unwrap();
    let key = phone.child.public_key().unwrap();
    let rules = || Rules::new(Protection::Guided);
    let policy = mother.companion.sign_policy(&key, rules(), phone.now.wall, &random()).unwrap();
    phone.pass(8 * DAY);
    let counts = phone.child.share_counts(phone.now).unwrap();
    let packets =
        [("request", &request), ("approval", &approval), ("offer", &offer), ("policy", &policy), ("counts", &counts)];
    for (name, packet) in packets {
        corpora.add("packets", name, packet.as_bytes());
    }
    corpora.add("packets", "words", mother.words.text().as_bytes());
    let chosen = Chosen {
        kind: evidence::ItemKind::Message,
        direction: Direction::Incoming,
        at: NOON,
        content: b"a line",
        include: true,
    };
    let pack = evidence::seal(&[chosen], NOON, &mother.words, &random()).unwrap();
    corpora.add("packets", "evidence", &pack);

    let documents = [
        PolicyDocument::of_guardian(key, 1, NOON, rules()),
        PolicyDocument::of_school(1, NOON, Some(NOON + DAY), Rules::weakest()),
        PolicyDocument::of_guardian(key, 2, NOON, Rules::weakest()),
    ];
    let texts: Vec<_> = documents.iter().map(|document| serde_json::to_string(document).unwrap()).collect();
    corpora.add("packets", "document", texts[0].as_bytes());
    let fuzzed = texts.join("\0").replace(&key.to_hex(), "PHONE");
    corpora.add("policy", "three", &[&(NOON as u32 + 60).to_le_bytes(), fuzzed.as_bytes()].concat());

    phone.enter(PIN, Purpose::Change);
    let kept = [
        (0, vault(phone.folder.path(), 2).read("family").unwrap().unwrap()),
        (0, unpaired()),
        (1, vault(mother.folder.path(), 1).read("companion").unwrap().unwrap()),
    ];
    for (number, (which, bytes)) in kept.iter().enumerate() {
        let time = (phone.now.wall + 60).to_le_bytes();
        corpora.add("vault", &format!("file-{number}"), &[&[*which, 1], &time[..], bytes].concat());
    }
}

fn unpaired() -> Vec<u8> {
    let mut phone = Phone::new();
    phone.child.tick(phone.now, &random()).unwrap();
    vault(phone.folder.path(), 2).read("family").unwrap().unwrap()
}

fn texts(corpora: &Corpora) {
    let talk = r#"{"id":1,"trust":"unknown","turns":[{"t":0,"from":"other","text":"em hoc lop may z"},
        {"t":1.5,"from":"child","text":"dạ lớp 7A2 \ud800"}]}"#;
    corpora.add("command", "talk", talk.replace('\n', " ").as_bytes());
    corpora.add("command", "message", r#"{"id":"a","from":"child","text":"sđt của mình 0912.345.678"}"#.as_bytes());
    let row = format!("pdq,{},a1,80", hash(1).to_hex());
    corpora.add("command", "rows.csv", format!("type,hash,category,quality\n{row}\n").as_bytes());
    let array = format!(r#"[{{"type":"pdq","hash":"{}","category":"a1","quality":80}}]"#, hash(2).to_hex());
    corpora.add("command", "rows.json", array.as_bytes());
    let messages = [
        "ib mk nha đừng kể ai",
        "gửi 0 9 1 2 . 3 4 5 6 7 8",
        "g.ử.i ả.n.h đ1",
        "\u{202e}abc\u{200d}👩‍👧",
        "k sao ddaau hihi",
    ];
    for (number, message) in messages.iter().enumerate() {
        corpora.add("text", &format!("message-{number}"), message.as_bytes());
    }
}

fn read(folder: &Path, name: &str) -> Vec<u8> {
    fs::read(folder.join(name)).unwrap()
}
