//! What a child keeps when it decides to tell somebody: a sealed file of what it chose, and a report that a person
//! starts.
//!
//! The SDK chooses nothing, keeps nothing by itself and reports nothing. A pack is sealed under words that are told to
//! the receiver apart from the file. Known abuse images go in as digest and time alone: passing them on is forbidden,
//! and the police recognise them by their digest.
//!
//! ```text
//! 0   8   "LACHANEV"
//! 8       a sealed container (`vault/sealed.rs`) of:
//!         4  bytes of the manifest
//!            manifest, JSON
//!            contents of the included items, one after the other
//! ```

use serde::{Deserialize, Serialize};

use super::{FamilyError, SecretWords};
use crate::policy::UnixSeconds;
use crate::trust::sha256_hex;
use crate::vault::{DeviceKey, sealed};
use crate::verdict::Direction;

const MAGIC: &[u8; 8] = b"LACHANEV";
const FORMAT: u32 = 1;

/// Items of one pack at most.
pub const MAX_ITEMS: usize = 200;

/// Bytes of all contents together at most: what messengers let one attach.
pub const MAX_CONTENT_BYTES: usize = 64 << 20;

/// Longest manifest that is read: 200 items of some 250 bytes, and room.
const MAX_MANIFEST_BYTES: usize = 256 << 10;

/// Longest message beside a report, in bytes.
const MAX_MESSAGE: usize = 8 << 10;

/// What an item is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ItemKind {
    /// A picture or a screenshot.
    Picture,
    /// A message's text.
    Message,
    /// The name or number of an account.
    Account,
    /// Any other file.
    File,
    /// A picture or file on a list of known abuse images: its digest goes in, its content never.
    KnownImage,
}

/// Something that was chosen.
#[derive(Debug, Clone, Copy)]
pub struct Chosen<'a> {
    /// What it is.
    pub kind: ItemKind,
    /// Which way it travelled.
    pub direction: Direction,
    /// When it arrived or was sent.
    pub at: UnixSeconds,
    /// Its bytes; a message's are UTF-8.
    pub content: &'a [u8],
    /// Whether the content goes in, or its digest alone.
    pub include: bool,
}

/// A line of the manifest.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Item {
    /// What it is.
    pub kind: ItemKind,
    /// Which way it travelled.
    pub direction: Direction,
    /// When it arrived or was sent.
    pub at: UnixSeconds,
    /// SHA-256 of its content in hex.
    pub sha256: String,
    /// Bytes of its content.
    pub bytes: u64,
    /// Whether the content is in the pack.
    pub included: bool,
}

/// What is in a pack.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    format: u32,
    /// When the pack was made.
    pub made: UnixSeconds,
    /// The items, in the order in which they were chosen.
    pub items: Vec<Item>,
}

impl Manifest {
    /// The manifest of a choice, for a preview before anything is sealed.
    ///
    /// # Errors
    /// Nothing was chosen, more than [`MAX_ITEMS`], or more than [`MAX_CONTENT_BYTES`].
    pub fn of(chosen: &[Chosen<'_>], made: UnixSeconds) -> Result<Self, FamilyError> {
        if chosen.is_empty() {
            return Err(FamilyError::Malformed);
        }
        if chosen.len() > MAX_ITEMS {
            return Err(FamilyError::TooMany);
        }
        let item = |c: &Chosen<'_>| Item {
            kind: c.kind,
            direction: c.direction,
            at: c.at,
            sha256: sha256_hex(c.content),
            bytes: c.content.len() as u64,
            included: c.include && c.kind != ItemKind::KnownImage,
        };
        let manifest = Self { format: FORMAT, made, items: chosen.iter().map(item).collect() };
        if manifest.content_bytes()? > MAX_CONTENT_BYTES { Err(FamilyError::TooMany) } else { Ok(manifest) }
    }

    /// Bytes of all contents that are in the pack.
    fn content_bytes(&self) -> Result<usize, FamilyError> {
        let included = self.items.iter().filter(|item| item.included);
        let sum = included.map(|item| item.bytes).try_fold(0u64, u64::checked_add);
        sum.and_then(|sum| usize::try_from(sum).ok()).ok_or(FamilyError::Malformed)
    }
}

/// An opened pack.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opened {
    /// What is in it.
    pub manifest: Manifest,
    /// The contents, item by item; nothing where the digest alone went in.
    pub contents: Vec<Option<Vec<u8>>>,
}

/// Seals what was chosen under words that are told apart from the file. `entropy` are 32 fresh random bytes.
///
/// # Errors
/// As [`Manifest::of`].
pub fn seal(
    chosen: &[Chosen<'_>],
    made: UnixSeconds,
    words: &SecretWords,
    entropy: &[u8; 32],
) -> Result<Vec<u8>, FamilyError> {
    let manifest = Manifest::of(chosen, made)?;
    let text = serde_json::to_vec(&manifest).map_err(|_| FamilyError::Malformed)?;
    let mut plain = (text.len() as u32).to_le_bytes().to_vec();
    plain.extend_from_slice(&text);
    for (chosen, item) in chosen.iter().zip(&manifest.items) {
        if item.included {
            plain.extend_from_slice(chosen.content);
        }
    }
    Ok([&MAGIC[..], &sealed::seal(&plain, &key(words), entropy)?].concat())
}

/// Opens a pack and compares every content with its digest.
///
/// # Errors
/// It is no pack, was changed, or the words are others.
pub fn open(pack: &[u8], words: &SecretWords) -> Result<Opened, FamilyError> {
    let sealed = pack.strip_prefix(MAGIC).ok_or(FamilyError::Malformed)?;
    let (plain, length) = sealed::open(sealed, &key(words))?;
    let plain = &bytemuck::cast_slice::<u64, u8>(&plain)[..length];
    let (size, rest) = plain.split_first_chunk::<4>().ok_or(FamilyError::Malformed)?;
    let size = u32::from_le_bytes(*size) as usize;
    let (text, mut rest) =
        rest.split_at_checked(size).filter(|_| size <= MAX_MANIFEST_BYTES).ok_or(FamilyError::Malformed)?;
    let manifest: Manifest = serde_json::from_slice(text).map_err(|_| FamilyError::Malformed)?;
    if manifest.format != FORMAT || manifest.content_bytes()? != rest.len() {
        return Err(FamilyError::Malformed);
    }
    let mut contents = Vec::with_capacity(manifest.items.len());
    for item in &manifest.items {
        let bytes = if item.included { item.bytes as usize } else { 0 };
        let (content, after) = rest.split_at_checked(bytes).ok_or(FamilyError::Malformed)?;
        rest = after;
        if item.included && sha256_hex(content) != item.sha256 {
            return Err(FamilyError::Malformed);
        }
        contents.push(item.included.then(|| content.to_vec()));
    }
    Ok(Opened { manifest, contents })
}

fn key(words: &SecretWords) -> DeviceKey {
    DeviceKey::from_bytes(&words.seed("evidence pack"))
}

/// All that would be sent, for a person to look at before it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ReportPreview {
    /// Whom it goes to, by the key of a help contact, such as `report_vncop`.
    pub recipient: String,
    /// What the person wrote.
    pub message: String,
    /// What is in the pack, if one goes along.
    pub manifest: Option<Manifest>,
    /// Size of the pack in bytes.
    pub pack_bytes: u64,
    /// SHA-256 of the pack in hex.
    pub pack_sha256: Option<String>,
}

impl ReportPreview {
    /// Names exactly what was shown; [`Report::send`] asks for it.
    ///
    /// # Errors
    /// It cannot be made, which does not happen.
    pub fn digest(&self) -> Result<String, FamilyError> {
        serde_json::to_vec(self).map(|bytes| sha256_hex(&bytes)).map_err(|_| FamilyError::Malformed)
    }
}

/// The host app's way to its own trust desk, to 111 or to a form. The SDK has none.
pub trait ReportHook {
    /// Hands over what a person looked at and decided to send. `false` if it did not get there.
    fn deliver(&mut self, preview: &ReportPreview, pack: Option<&[u8]>) -> bool;
}

/// A report that waits for a person to start it.
#[derive(Debug)]
pub struct Report {
    preview: ReportPreview,
    pack: Option<Vec<u8>>,
}

impl Report {
    /// Prepares a report. A pack is opened once with its words, so that the preview shows what is really in it.
    ///
    /// # Errors
    /// The pack cannot be opened, or the message is longer than 8 KiB.
    pub fn new(recipient: &str, message: &str, pack: Option<(Vec<u8>, &SecretWords)>) -> Result<Self, FamilyError> {
        if message.len() > MAX_MESSAGE || recipient.len() > MAX_MESSAGE {
            return Err(FamilyError::TooMany);
        }
        let manifest = pack.as_ref().map(|(bytes, words)| open(bytes, words)).transpose()?.map(|o| o.manifest);
        let pack = pack.map(|(bytes, _)| bytes);
        let preview = ReportPreview {
            recipient: recipient.to_owned(),
            message: message.to_owned(),
            manifest,
            pack_bytes: pack.as_ref().map_or(0, |pack| pack.len() as u64),
            pack_sha256: pack.as_ref().map(|pack| sha256_hex(pack)),
        };
        Ok(Self { preview, pack })
    }

    /// All that would be sent.
    pub fn preview(&self) -> &ReportPreview {
        &self.preview
    }

    /// Sends it through the host app's hook. `shown` is the digest of the preview that the person saw as it decided.
    /// A report is used up by it; nothing is sent twice or later.
    ///
    /// # Errors
    /// The person saw something else, or the hook did not get it there.
    pub fn send(self, shown: &str, hook: &mut dyn ReportHook) -> Result<(), FamilyError> {
        if self.preview.digest()? != shown {
            return Err(FamilyError::NotAllowed);
        }
        if hook.deliver(&self.preview, self.pack.as_deref()) { Ok(()) } else { Err(FamilyError::NotDelivered) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(n: u8) -> SecretWords {
        SecretWords::new([n; 16])
    }

    fn chosen() -> Vec<Chosen<'static>> {
        let item = |kind, content, include| Chosen {
            kind,
            direction: Direction::Incoming,
            at: 1_767_243_600,
            content,
            include,
        };
        vec![
            item(ItemKind::Message, "đừng kể mẹ nha".as_bytes(), true),
            item(ItemKind::Picture, b"a picture", false),
            item(ItemKind::KnownImage, b"an abuse image", true),
            item(ItemKind::Account, b"an account", true),
        ]
    }

    fn pack() -> Vec<u8> {
        seal(&chosen(), 1_767_250_000, &words(1), &[7; 32]).unwrap()
    }

    #[test]
    fn what_was_chosen_is_opened_with_its_words_and_times() {
        let opened = open(&pack(), &words(1)).unwrap();
        assert_eq!(opened.manifest.items[0].sha256, sha256_hex("đừng kể mẹ nha".as_bytes()));
        assert_eq!(opened.manifest.items[1].sha256, sha256_hex(b"a picture"));
        assert!(opened.manifest.items.iter().all(|item| item.at == 1_767_243_600));
        assert_eq!(opened.contents[0].as_deref(), Some("đừng kể mẹ nha".as_bytes()));
        assert_eq!(opened.contents[1], None, "its digest alone was chosen");
        assert_eq!(opened.contents[2], None, "a known abuse image is never passed on");
        assert_eq!(opened.contents[3].as_deref(), Some(&b"an account"[..]));
    }

    #[test]
    fn nobody_else_opens_it_and_no_changed_byte_passes() {
        assert!(open(&pack(), &words(2)).is_err());
        let sealed = pack();
        for place in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[place] ^= 1;
            assert!(open(&changed, &words(1)).is_err(), "byte {place}");
            assert!(open(&sealed[..place], &words(1)).is_err());
        }
        for secret in [&b"an account"[..], b"abuse", b"picture"] {
            assert!(!sealed.windows(secret.len()).any(|w| w == secret));
        }
    }

    #[test]
    fn packs_are_bounded_and_never_empty() {
        assert_eq!(Manifest::of(&[], 0), Err(FamilyError::Malformed));
        let one = chosen()[0];
        assert!(Manifest::of(&vec![one; MAX_ITEMS], 0).is_ok());
        assert_eq!(Manifest::of(&vec![one; MAX_ITEMS + 1], 0), Err(FamilyError::TooMany));
        let large = vec![0; MAX_CONTENT_BYTES + 1];
        let large = Chosen { content: &large, ..one };
        assert_eq!(Manifest::of(&[large], 0), Err(FamilyError::TooMany));
        assert!(Manifest::of(&[Chosen { include: false, ..large }], 0).is_ok(), "its digest is small");
    }

    /// A pack by somebody who has the words and writes a lying manifest.
    #[test]
    fn a_lying_manifest_is_refused() {
        let manifest = |bytes: u64| {
            let mut manifest = Manifest::of(&chosen()[..1], 0).unwrap();
            manifest.items[0].bytes = bytes;
            serde_json::to_vec(&manifest).unwrap()
        };
        let with = |text: &[u8], content: &[u8]| {
            let plain = [&(text.len() as u32).to_le_bytes()[..], text, content].concat();
            open(&[&MAGIC[..], &sealed::seal(&plain, &key(&words(1)), &[0; 32]).unwrap()].concat(), &words(1))
        };
        assert!(with(&manifest(4), b"four").is_err(), "another content");
        assert!(with(&manifest(u64::MAX), b"four").is_err());
        assert!(with(&manifest(3), b"four").is_err());
        assert!(with(b"{}", b"").is_err());
    }

    #[derive(Default)]
    struct Desk(Vec<(String, usize)>);

    impl ReportHook for Desk {
        fn deliver(&mut self, preview: &ReportPreview, pack: Option<&[u8]>) -> bool {
            self.0.push((preview.message.clone(), pack.map_or(0, <[u8]>::len)));
            true
        }
    }

    #[test]
    fn only_what_was_shown_is_sent() {
        let report = |message| Report::new("report_vncop", message, Some((pack(), &words(1)))).unwrap();
        let shown = report("giúp con").preview().digest().unwrap();
        let mut desk = Desk::default();
        assert_eq!(report("another text").send(&shown, &mut desk), Err(FamilyError::NotAllowed));
        assert!(desk.0.is_empty());
        assert_eq!(report("giúp con").send(&shown, &mut desk), Ok(()));
        assert_eq!(desk.0, [("giúp con".to_owned(), pack().len())]);
        assert_eq!(report("giúp con").preview().manifest.as_ref().unwrap().items.len(), 4);
    }
}
