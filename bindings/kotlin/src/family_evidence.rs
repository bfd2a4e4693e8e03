//! Evidence packs and reports: what a child chose, sealed, and sent by the host app after a person looked.

use std::sync::{Mutex, PoisonError};

use lachan_core::family::SecretWords;
use lachan_core::family::evidence::{Chosen, Item, ItemKind, Manifest, Report, ReportHook, ReportPreview, open, seal};
use lachan_core::verdict::Direction;

use crate::family_refusal::{FamilyFault, RefusalReason};
use crate::family_words::bytes32;

/// Something that was chosen.
#[derive(Debug, Clone, uniffi::Record)]
pub struct ChosenItem {
    /// What it is.
    pub kind: ItemKind,
    /// Which way it travelled.
    pub direction: Direction,
    /// When it arrived or was sent, in seconds since 1970.
    pub at: u64,
    /// Its bytes.
    pub content: Vec<u8>,
    /// Whether the content goes in, or its digest alone.
    pub include: bool,
}

impl ChosenItem {
    fn chosen(&self) -> Chosen<'_> {
        let Self { kind, direction, at, ref content, include } = *self;
        Chosen { kind, direction, at, content, include }
    }
}

/// A line of a pack's manifest, and the content where it is there.
#[derive(Debug, Clone, uniffi::Record)]
pub struct PackedItem {
    /// What it is.
    pub kind: ItemKind,
    /// Which way it travelled.
    pub direction: Direction,
    /// When it arrived or was sent.
    pub at: u64,
    /// SHA-256 of its content in hex.
    pub sha256: String,
    /// Bytes of its content.
    pub bytes: u64,
    /// Whether the content is in the pack.
    pub included: bool,
    /// The content of an opened pack.
    pub content: Option<Vec<u8>>,
}

fn packed(item: Item, content: Option<Vec<u8>>) -> PackedItem {
    let Item { kind, direction, at, sha256, bytes, included } = item;
    PackedItem { kind, direction, at, sha256, bytes, included, content }
}

/// A sealed pack and the words that open it.
#[derive(Debug, Clone, uniffi::Record)]
pub struct SealedPack {
    /// The file.
    pub bytes: Vec<u8>,
    /// 24 syllables, to be told apart from the file.
    pub words: Vec<String>,
}

/// What would be in a pack.
#[uniffi::export]
pub fn evidence_manifest(items: Vec<ChosenItem>, made: u64) -> Result<Vec<PackedItem>, FamilyFault> {
    let chosen: Vec<Chosen<'_>> = items.iter().map(ChosenItem::chosen).collect();
    Ok(Manifest::of(&chosen, made)?.items.into_iter().map(|item| packed(item, None)).collect())
}

/// Seals a pack under fresh words. `secret` are 32 random bytes for the words, `entropy` 32 others.
#[uniffi::export]
pub fn seal_evidence(
    items: Vec<ChosenItem>,
    made: u64,
    secret: Vec<u8>,
    entropy: Vec<u8>,
) -> Result<SealedPack, FamilyFault> {
    let chosen: Vec<Chosen<'_>> = items.iter().map(ChosenItem::chosen).collect();
    let mut half = [0; 16];
    half.copy_from_slice(&bytes32(&secret)?[..16]);
    let words = SecretWords::new(half);
    Ok(SealedPack { bytes: seal(&chosen, made, &words, &bytes32(&entropy)?)?, words: words.syllables() })
}

/// Opens a pack.
#[uniffi::export]
pub fn open_evidence(pack: Vec<u8>, words: &str) -> Result<Vec<PackedItem>, FamilyFault> {
    let opened = open(&pack, &SecretWords::read(words)?)?;
    Ok(opened.manifest.items.into_iter().zip(opened.contents).map(|(item, content)| packed(item, content)).collect())
}

/// All that would be sent.
#[derive(Debug, Clone, uniffi::Record)]
pub struct PreviewOfReport {
    /// Whom it goes to.
    pub recipient: String,
    /// What the person wrote.
    pub message: String,
    /// What is in the pack.
    pub items: Vec<PackedItem>,
    /// Size of the pack in bytes.
    pub pack_bytes: u64,
    /// SHA-256 of the pack in hex.
    pub pack_sha256: Option<String>,
    /// Names exactly this preview.
    pub digest: String,
}

/// The host app's way to deliver.
#[uniffi::export(callback_interface)]
pub trait DeliveryHook: Send + Sync {
    /// Hands it over; `false` where it did not get there.
    fn deliver(&self, preview: PreviewOfReport, pack: Option<Vec<u8>>) -> bool;
}

/// A report that waits for a person to start it.
#[derive(uniffi::Object)]
pub struct PreparedReport(Mutex<Option<Report>>);

#[uniffi::export]
impl PreparedReport {
    /// Prepares a report; a pack is opened once with its words.
    #[uniffi::constructor]
    pub fn new(
        recipient: &str,
        message: &str,
        pack: Option<Vec<u8>>,
        words: &str,
    ) -> Result<std::sync::Arc<Self>, FamilyFault> {
        let words = pack.as_ref().map(|_| SecretWords::read(words)).transpose()?;
        let pack = pack.zip(words.as_ref());
        Ok(std::sync::Arc::new(Self(Mutex::new(Some(Report::new(recipient, message, pack)?)))))
    }

    /// All that would be sent.
    pub fn preview(&self) -> Result<PreviewOfReport, FamilyFault> {
        let report = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        flat(report.as_ref().ok_or(FamilyFault::of(RefusalReason::CodeUsed))?.preview())
    }

    /// Sends it once. `shown` is the digest of the preview that the person saw.
    pub fn send(&self, shown: &str, hook: Box<dyn DeliveryHook>) -> Result<(), FamilyFault> {
        let report = self.0.lock().unwrap_or_else(PoisonError::into_inner).take();
        let report = report.ok_or(FamilyFault::of(RefusalReason::CodeUsed))?;
        Ok(report.send(shown, &mut Hooked(hook))?)
    }
}

struct Hooked(Box<dyn DeliveryHook>);

impl ReportHook for Hooked {
    fn deliver(&mut self, preview: &ReportPreview, pack: Option<&[u8]>) -> bool {
        flat(preview).is_ok_and(|preview| self.0.deliver(preview, pack.map(<[u8]>::to_vec)))
    }
}

fn flat(preview: &ReportPreview) -> Result<PreviewOfReport, FamilyFault> {
    let items = preview.manifest.iter().flat_map(|manifest| manifest.items.clone());
    Ok(PreviewOfReport {
        recipient: preview.recipient.clone(),
        message: preview.message.clone(),
        items: items.map(|item| packed(item, None)).collect(),
        pack_bytes: preview.pack_bytes,
        pack_sha256: preview.pack_sha256.clone(),
        digest: preview.digest()?,
    })
}
