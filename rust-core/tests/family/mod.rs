//! A family for tests: a guardian's phone, a child's phone, and time that passes.
#![allow(clippy::unwrap_used, dead_code)]

use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};

use lachan::family::{
    ChildPhone, Companion, ConsentText, FamilyError, GateAnswer, Now, Passage, Purpose, Scope, SecretWords,
};
use lachan::policy::{Birth, Checks, DAY, Rules};
use lachan::trust::{PublicKey, SecretKey};
use lachan::vault::{DeviceKey, RealFiles, Vault};
use lachan::verdict::Protection;
use tempfile::TempDir;

/// 2026-01-01 12:00 in Việt Nam.
pub const NOON: u64 = 1_767_243_600;

pub const PIN: &str = "204817";

pub fn key(n: u8) -> SecretKey {
    SecretKey::from_seed(&[n; 32]).unwrap()
}

/// Another 32 bytes each time, the same in each run of a test thread's order: nothing here depends on their values.
pub fn random() -> [u8; 32] {
    static NEXT: AtomicU64 = AtomicU64::new(1);
    let mut bytes = [0x5a; 32];
    bytes[..8].copy_from_slice(&NEXT.fetch_add(1, Ordering::Relaxed).to_le_bytes());
    bytes
}

pub fn vault(folder: &Path, n: u8) -> Vault {
    Vault::new(folder, DeviceKey::from_bytes(&[n; 32]), RealFiles)
}

pub fn text() -> ConsentText {
    ConsentText::new("vi", 3).unwrap()
}

pub fn everything() -> Scope {
    Scope { checks: Checks { gore: true, ..Checks::default() }, counts: true }
}

/// A guardian's phone and the folder it lies in.
pub struct Guardian {
    pub folder: TempDir,
    pub companion: Companion,
    pub words: SecretWords,
}

impl Guardian {
    pub fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let (companion, words) = Companion::create(vault(folder.path(), 1), &random()).unwrap();
        Self { folder, companion, words }
    }

    /// On a new phone, with the printed words.
    pub fn recovered(words: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let typed = SecretWords::read(words).unwrap();
        let (companion, words) = Companion::recover(vault(folder.path(), 3), &typed, &random()).unwrap();
        Self { folder, companion, words }
    }
}

/// A child's phone, its clock, and the folder it lies in.
pub struct Phone {
    pub folder: TempDir,
    pub child: ChildPhone,
    pub now: Now,
}

impl Phone {
    pub fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let now = Now { wall: NOON, uptime: 60_000, boot: 1 };
        let child = ChildPhone::open(vault(folder.path(), 2), now).unwrap();
        Self { folder, child, now }
    }

    /// Time passes with the phone running and its clock right.
    pub fn pass(&mut self, seconds: u64) {
        self.now.wall += seconds;
        self.now.uptime += seconds * 1000;
    }

    /// The phone is started again.
    pub fn restart(&mut self) {
        self.now.boot += 1;
        self.now.uptime = 5_000;
        self.reopen().unwrap();
    }

    /// The app is started again.
    pub fn reopen(&mut self) -> Result<(), FamilyError> {
        self.child = ChildPhone::open(vault(self.folder.path(), 2), self.now)?;
        Ok(())
    }

    pub fn pair(&mut self, guardian: &mut Guardian, passage: Option<&Passage>) -> (PublicKey, Option<Passage>) {
        let offer = guardian.companion.offer(self.now.wall, &random()).unwrap();
        let paired = self.child.pair(&offer, passage, self.now, &random()).unwrap();
        let (phone, digits) = guardian.companion.accept(&paired.answer, self.now.wall, &random()).unwrap();
        assert_eq!(digits, paired.digits);
        (phone, paired.passage)
    }

    pub fn obey(&mut self, guardian: &mut Guardian, rules: Rules) {
        let phone = self.child.public_key().unwrap();
        let policy = guardian.companion.sign_policy(&phone, rules, self.now.wall, &random()).unwrap();
        self.child.receive_policy(&policy, self.now, &random()).unwrap();
    }

    pub fn protection(&self) -> Protection {
        self.child.policy(self.now).protection
    }

    pub fn enter(&mut self, pin: &str, purpose: Purpose) -> GateAnswer {
        self.child.enter_pin(pin, purpose, self.now, &random()).unwrap()
    }

    pub fn change_passage(&mut self) -> Passage {
        match self.enter(PIN, Purpose::Change) {
            GateAnswer::Open(passage) => passage,
            other => panic!("{other:?}"),
        }
    }
}

/// A family as it is after an evening: paired, protected, agreed. The child turns 13 on 2026-03-01.
pub fn family() -> (Guardian, Phone) {
    let (mut guardian, mut phone) = (Guardian::new(), Phone::new());
    let (_, yes) = phone.pair(&mut guardian, None);
    let (yes, now) = (yes.unwrap(), phone.now);
    phone.child.set_birth(Birth::on_day(2013, 3, 1).unwrap(), &yes, now, &random()).unwrap();
    phone.child.set_pin(PIN, &yes, now, &random()).unwrap();
    let rules = Rules { share_counts: true, ..Rules::new(Protection::Guided) };
    phone.obey(&mut guardian, rules);
    phone.child.consent(text(), everything(), &yes, now, &random()).unwrap();
    phone.child.assent(text(), everything(), now, &random()).unwrap();
    phone.pass(DAY);
    (guardian, phone)
}
