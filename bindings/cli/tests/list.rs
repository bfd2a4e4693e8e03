//! A known list from the agencies' files to a phone's answer, through the command itself.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;

/// A desk with a publisher's keys and a few pictures.
struct Desk {
    folder: tempfile::TempDir,
}

const NOW: &str = "1800000000";

impl Desk {
    /// Keys of all roles, a signed root, and three pictures.
    fn new() -> Self {
        let desk = Self { folder: tempfile::tempdir().unwrap() };
        let mut root = vec!["list", "root", "--out", "pub", "--list", "demo", "--now", NOW];
        let names = ["r1", "r2", "r3", "o1", "o2", "o3", "s1", "t1"];
        let keys = names.map(|name| desk.json(&["list", "key", "--out", name])["public"].as_str().unwrap().to_owned());
        for (name, key) in names.iter().zip(&keys) {
            let option = match &name[..1] {
                "r" => "--root-key",
                "o" => "--owner-key",
                "s" => "--second-key",
                _ => "--timestamp-key",
            };
            root.extend([option, key]);
        }
        desk.json(&root);
        desk.json(&["list", "sign", "--out", "pub", "--role", "root", "--key", "r1", "--key", "r3"]);
        for seed in 1..=4 {
            let picture = picture(seed);
            picture.save(desk.path(&format!("{seed}.png"))).unwrap();
        }
        desk
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn run(&self, arguments: &[&str]) -> Output {
        Command::new(env!("CARGO_BIN_EXE_lachan")).args(arguments).current_dir(self.folder.path()).output().unwrap()
    }

    fn json(&self, arguments: &[&str]) -> Value {
        let output = self.run(arguments);
        assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        serde_json::from_slice(&output.stdout).unwrap_or(Value::Null)
    }

    fn refused(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        assert_eq!(output.status.code(), Some(1), "{arguments:?}");
        assert!(output.stdout.is_empty());
        String::from_utf8_lossy(&output.stderr).into_owned()
    }

    fn text(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    }

    fn write(&self, name: &str, text: &str) {
        fs::write(self.path(name), text).unwrap();
    }

    fn hash(&self, name: &str) -> String {
        self.text(&["hash", name]).split(',').next().unwrap().to_owned()
    }

    fn sign(&self) {
        self.json(&["list", "sign", "--out", "pub", "--role", "owner", "--key", "o1"]);
        self.json(&["list", "sign", "--out", "pub", "--role", "owner", "--key", "o2"]);
        self.json(&["list", "sign", "--out", "pub", "--role", "second", "--key", "s1"]);
        self.json(&["list", "sign", "--out", "pub", "--role", "timestamp", "--key", "t1", "--now", NOW]);
    }

    fn install(&self) -> Value {
        self.json(&[
            "list",
            "install",
            "--from",
            "pub/public",
            "--list",
            "phone",
            "--root",
            "pub/public/root.1.json",
            "--now",
            NOW,
        ])
    }

    fn matched(&self, file: &str) -> Value {
        self.json(&["match", "--list", "phone", file])
    }

    /// Two agencies: a CSV with its own category names, and JSON.
    fn build(&self, more: &[&str]) -> Value {
        self.write("map.json", r#"{"CAT-1": "a1", "*": "b1"}"#);
        let md5 = self.text(&["hash", "--exact", "file.txt"]).trim().split(',').nth(3).unwrap().to_owned();
        self.write(
            "north.csv",
            &format!(
                "type,hash,category,quality,source\npdq,{},CAT-1,100,unit 7\npdq,{},CAT-9,49,unit 7\nmd5,{md5},CAT-9,,\npdq,nonsense,CAT-1,,\n",
                self.hash("1.png"),
                self.hash("2.png"),
            ),
        );
        self.write(
            "south.json",
            &format!(
                r#"[{{"type":"pdq","hash":"{}","category":"b1"}},{{"type":"pdq","hash":"{}","category":"b1"}},
                {{"type":"pdq","hash":"{}","category":"zz"}},{{"type":"pdq","hash":"{}","category":"b1"}}]"#,
                self.hash("1.png"),
                self.hash("3.png"),
                self.hash("3.png"),
                "0".repeat(64),
            ),
        );
        let mut arguments =
            vec!["list", "build", "--out", "pub", "--now", NOW, "--source", "north=north.csv,map=map.json"];
        arguments.extend(["--source", "south=south.json"]);
        arguments.extend(more);
        self.json(&arguments)
    }
}

/// A picture with structure at all the scales that PDQ looks at.
fn picture(seed: u32) -> image::RgbImage {
    let noise = |x: u32, y: u32| {
        let mut value =
            x.wrapping_mul(374_761_393).wrapping_add(y.wrapping_mul(668_265_263)) ^ seed.wrapping_mul(0x9e37_79b9);
        value = (value ^ value >> 13).wrapping_mul(1_274_126_177);
        ((value ^ value >> 16) % 256) as f32
    };
    image::RgbImage::from_fn(640, 480, |x, y| {
        let mut luma = 0.0;
        for (cells, weight) in [(4.0, 0.5), (9.0, 0.3), (21.0, 0.2)] {
            let (u, v) = (x as f32 / 640.0 * cells, y as f32 / 480.0 * cells);
            let (left, top) = (u as u32, v as u32);
            let mix = |a: f32, b: f32, t: f32| a + (b - a) * t * t * (3.0 - 2.0 * t);
            let upper = mix(noise(left, top), noise(left + 1, top), u.fract());
            let lower = mix(noise(left, top + 1), noise(left + 1, top + 1), u.fract());
            luma += weight * mix(upper, lower, v.fract());
        }
        image::Rgb([luma as u8, (luma * 0.8) as u8, 255 - luma as u8 / 2])
    })
}

/// Mirrored, made smaller and recompressed.
fn copy_of(picture: &image::RgbImage, path: &Path) {
    let mirrored = image::imageops::flip_horizontal(picture);
    let small = image::imageops::resize(&mirrored, 400, 300, image::imageops::FilterType::Triangle);
    let encoder = jpeg_encoder::Encoder::new_file(path, 60).unwrap();
    encoder.encode(small.as_raw(), 400, 300, jpeg_encoder::ColorType::Rgb).unwrap();
}

#[test]
fn from_two_agencies_to_a_match_on_a_mirrored_copy() {
    let desk = Desk::new();
    desk.write("file.txt", "a known file");
    let report = desk.build(&[]);
    assert_eq!((&report["pdq"], &report["exact"], &report["rows"]), (&2.into(), &1.into(), &8.into()), "{report}");
    assert_eq!(report["duplicates"], 1, "picture 1 came from both");
    let refused = [("low_quality", 1), ("malformed_hash", 1), ("unknown_category", 1), ("near_flat", 1)];
    for (reason, count) in refused {
        assert_eq!(report["refused"][reason], count, "{report}");
    }
    let told = fs::read_to_string(desk.path("pub/private/refused.jsonl")).unwrap();
    assert_eq!(told.lines().count(), 4);
    let provenance = fs::read_to_string(desk.path("pub/private/provenance.csv")).unwrap();
    assert!(provenance.contains("north,unit 7,") && provenance.contains("south,,"));
    for entry in fs::read_dir(desk.path("pub/public")).unwrap().flatten() {
        let bytes = fs::read(entry.path()).unwrap();
        assert!(!bytes.windows(6).any(|window| window == b"unit 7"), "provenance stays with the publisher");
    }

    // Not before all have signed.
    let early = desk.refused(&["list", "sign", "--out", "pub", "--role", "timestamp", "--key", "t1"]);
    assert!(early.contains("sign it as owner"), "{early}");
    let one = desk.json(&["list", "sign", "--out", "pub", "--role", "owner", "--key", "o3"]);
    assert_eq!(one["missing"], 1);
    let wrong = desk.refused(&["list", "sign", "--out", "pub", "--role", "owner", "--key", "r1"]);
    assert!(wrong.contains("not one of the role's"), "{wrong}");
    desk.sign();
    let verified = desk.json(&["list", "verify", "pub/public", "--root", "pub/public/root.1.json", "--now", NOW]);
    assert_eq!((&verified["version"], &verified["verified"]), (&1.into(), &true.into()));
    assert_eq!(desk.install()["installed"], 1);

    copy_of(&picture(1), &desk.path("copy.jpg"));
    assert_eq!(desk.matched("copy.jpg")["category"], "a1", "the graver of two agencies' categories");
    let explained = desk.json(&["match", "--list", "phone", "--explain", "copy.jpg"]);
    assert_eq!(explained["transform"], "flipy");
    assert!(explained["distance"].as_u64().unwrap() <= 31);
    assert!(desk.matched("copy.jpg").get("distance").is_none());
    assert_eq!(desk.matched("3.png")["category"], "b1");
    assert_eq!(desk.matched("4.png")["match"], false);
    assert_eq!(desk.matched("file.txt")["kind"], "exact");
    // What could not be looked at is not told as no match.
    let whole = fs::read(desk.path("4.png")).unwrap();
    fs::write(desk.path("cut.png"), &whole[..whole.len() / 2]).unwrap();
    let cut = desk.run(&["match", "--list", "phone", "cut.png"]);
    assert_eq!(cut.status.code(), Some(3));
    let cut: Value = serde_json::from_slice(&cut.stdout).unwrap();
    assert!(cut["match"] == false && cut["reason"].is_string(), "{cut}");
    let shown = desk.json(&["list", "show", "phone"]);
    assert_eq!((&shown["pdq"], &shown["exact"], &shown["version"]), (&2.into(), &1.into(), &1.into()));
}

#[test]
fn a_delta_adds_and_removes_and_a_tampered_list_is_refused() {
    let desk = Desk::new();
    desk.write("file.txt", "a known file");
    let base = desk.build(&[]);
    desk.sign();
    desk.install();
    desk.write("more.csv", &format!("hash,category\n{},a2\n{},b1\n", desk.hash("4.png"), desk.hash("3.png")));
    desk.write("gone.csv", &format!("hash\n{}\n", desk.hash("1.png")));
    let report = desk.json(&[
        "list",
        "delta",
        "--out",
        "pub",
        "--now",
        NOW,
        "--source",
        "north=more.csv",
        "--remove",
        "gone.csv",
    ]);
    assert_eq!(
        (&report["added"], &report["removed"], &report["version"]),
        (&1.into(), &1.into(), &2.into()),
        "{report}"
    );
    assert_eq!(report["segments"].as_array().unwrap().len(), 3);
    assert_eq!(report["segments"][0], base["segments"][0], "the base stays");
    desk.sign();
    // Only what is new travels.
    let base_file =
        desk.path("pub/public").join(format!("{}.segment", base["segments"][0]["sha256"].as_str().unwrap()));
    let base_bytes = fs::read(&base_file).unwrap();
    fs::remove_file(&base_file).unwrap();
    assert_eq!(desk.install()["installed"], 2);
    assert_eq!(desk.matched("1.png")["match"], false);
    assert_eq!(desk.matched("4.png")["category"], "a2");
    assert_eq!(desk.matched("file.txt")["list_version"], 2);

    fs::write(&base_file, &base_bytes).unwrap();
    let verify = ["list", "verify", "pub/public", "--root", "pub/public/root.1.json", "--now", NOW];
    desk.json(&verify);
    let mut changed = base_bytes;
    changed[70] ^= 1;
    fs::write(&base_file, changed).unwrap();
    assert!(desk.refused(&verify).contains("differs"));
    let nothing = desk.refused(&["list", "delta", "--out", "pub", "--source", "north=more.csv"]);
    assert!(nothing.contains("nothing comes in"), "{nothing}");
}

#[test]
fn harmless_pictures_and_near_duplicates_stay_out() {
    let desk = Desk::new();
    desk.write("benign.txt", &desk.text(&["hash", "--dihedral", "2.png"]));
    let near = |hash: &str, digits: &str| format!("{digits}{}", &hash[digits.len()..]);
    let (one, two) = (desk.hash("1.png"), desk.hash("2.png"));
    desk.write("rows.csv", &format!("hash,category\n{one},a1\n{},a1\n{},a1\n", near(&one, "00"), near(&two, "0")));
    let report = desk.json(&[
        "list",
        "build",
        "--out",
        "pub",
        "--now",
        NOW,
        "--source",
        "a=rows.csv",
        "--benign",
        "benign.txt",
        "--near",
        "7",
    ]);
    let different = (u8::from_str_radix(&one[..2], 16).unwrap()).count_ones();
    assert_eq!(report["refused"]["benign_collision"], 1, "{report}");
    assert_eq!(report["near_duplicates"], u64::from(different <= 7), "{report}");
}

#[test]
fn an_endorsed_file_is_told_from_a_changed_one() {
    let desk = Desk::new();
    desk.write("rows.csv", &format!("hash,category\n{},a1\n", desk.hash("1.png")));
    let agency = desk.json(&["list", "key", "--out", "agency"])["public"].as_str().unwrap().to_owned();
    desk.json(&["list", "endorse", "rows.csv", "--key", "agency"]);
    let source = format!("a=rows.csv,key={agency}");
    let build = ["list", "build", "--out", "pub", "--now", NOW, "--source", &source];
    desk.json(&build);
    desk.write("rows.csv", &format!("hash,category\n{},a1\n", desk.hash("2.png")));
    assert!(desk.refused(&build).contains("not endorsed"));
}

#[test]
fn canaries_name_the_receiver_of_a_leaked_copy() {
    let desk = Desk::new();
    desk.write("rows.csv", &format!("hash,category\n{},a1\n", desk.hash("1.png")));
    desk.json(&["list", "key", "--out", "secret"]);
    for receiver in ["app-one", "app-two"] {
        let report = desk.json(&[
            "list",
            "build",
            "--out",
            "pub",
            "--now",
            NOW,
            "--source",
            "a=rows.csv",
            "--canaries-for",
            receiver,
            "--canary-secret",
            "secret",
            "--canaries",
            "5",
        ]);
        assert_eq!(report["pdq"], 6);
        let entries = fs::read(desk.path("pub/private/entries.bin")).unwrap();
        let lines: Vec<String> = entries
            .chunks_exact(33)
            .map(|entry| entry[..32].iter().map(|byte| format!("{byte:02x}")).collect())
            .collect();
        desk.write("leak.txt", &lines.join("\n"));
        let traced = desk.json(&["list", "show", "pub", "--trace", "leak.txt"]);
        assert_eq!(traced["canaries"], serde_json::json!({receiver: 5}));
    }
}

#[test]
fn hashes_are_printed_as_pdq_tools_print_them() {
    let desk = Desk::new();
    let line = desk.text(&["hash", "1.png"]);
    let fields: Vec<&str> = line.trim().split(',').collect();
    assert_eq!((fields[0].len(), fields[1], fields[2], fields.len()), (64, "100", "1.png", 3));
    let eight = desk.text(&["hash", "--dihedral", "--exact", "1.png"]);
    let lines: Vec<Vec<&str>> = eight.lines().map(|line| line.split(',').collect()).collect();
    assert_eq!((lines.len(), lines[0][0], lines[5][3], lines[0][4].len()), (8, fields[0], "flipy", 32));
    let flipped = image::imageops::flip_horizontal(&picture(1));
    flipped.save(desk.path("flipped.png")).unwrap();
    let distance = |a: &str, b: &str| {
        let digit = |c: char| c.to_digit(16).unwrap();
        a.chars().zip(b.chars()).map(|(a, b)| (digit(a) ^ digit(b)).count_ones()).sum::<u32>()
    };
    let flipped = desk.hash("flipped.png");
    assert!(distance(&flipped, lines[5][0]) < 31 && distance(&flipped, fields[0]) > 60);
    desk.write("text.txt", "no picture");
    let output = desk.run(&["hash", "text.txt", "1.png"]);
    assert_eq!(output.status.code(), Some(3));
    assert_eq!(String::from_utf8(output.stdout).unwrap(), line);
    assert!(desk.text(&["hash", "--exact", "text.txt"]).starts_with(",,text.txt,"));
}
