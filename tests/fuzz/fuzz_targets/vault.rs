//! Any bytes as a file of the vault, and any text as what a file holds when it was sealed with the right key: refused, or a
//! phone that still answers every question.
#![no_main]

use std::fs;

use lachan::family::{ChildPhone, Companion, Now};
use lachan::vault::{DeviceKey, RealFiles, Vault};
use libfuzzer_sys::fuzz_target;

const NAMES: [&str; 2] = ["family", "companion"];

fuzz_target!(|input: (u8, bool, u64, &[u8])| {
    let (which, sealed, wall, bytes) = input;
    let folder = tempfile::tempdir().unwrap();
    let vault = || Vault::new(folder.path(), DeviceKey::from_bytes(&[5; 32]), RealFiles);
    let name = NAMES[usize::from(which) % NAMES.len()];
    if sealed {
        let mut writing = vault();
        if writing.write(name, bytes, &[9; 32]).is_err() {
            return;
        }
        assert_eq!(vault().read(name).unwrap().as_deref(), Some(bytes));
    } else {
        // Whatever stands there was not sealed with this key.
        vault().write(name, b"", &[9; 32]).unwrap();
        for entry in fs::read_dir(folder.path()).unwrap() {
            let path = entry.unwrap().path();
            if path.is_file() {
                fs::write(path, bytes).unwrap();
            }
        }
        assert!(vault().read(name).is_err());
    }
    let now = Now { wall, uptime: wall % 1_000_000, boot: 3 };
    if let Ok(mut phone) = ChildPhone::open(vault(), now) {
        let _ = phone.policy(now);
        let _ = phone.consented(now);
        let _ = phone.age_band(now);
        let _ = phone.public_key();
        let _ = phone.peer_handle("app", "peer");
        let _ = phone.export_consent();
        let _ = phone.share_counts(now);
        let _ = phone.export_counts(now);
        let _ = phone.tick(now, &[1; 32]);
        let _ = phone.enter_pin("123456", lachan::family::Purpose::Reveal, now, &[2; 32]);
    }
    if let Ok(Some(companion)) = Companion::open(vault()) {
        let _ = companion.children();
        let _ = companion.public_key();
    }
});
