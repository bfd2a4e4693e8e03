//! Families: a guardian who decides, a child who agrees, and two phones that need no server to know of each other.
//!
//! [`Companion`] is the guardian's side and [`ChildPhone`] the child's. What passes between them are packets: texts for
//! QR codes, links or any other channel.
//!
//! ```
//! use lachan::family::{ChildPhone, Companion, ConsentText, Now, Scope};
//! use lachan::policy::{Birth, Checks, Rules};
//! use lachan::vault::{DeviceKey, RealFiles, Vault};
//! use lachan::verdict::{AgeBand, Protection};
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let (parents, childs) = (tempfile::tempdir()?, tempfile::tempdir()?);
//! # let time = 1_767_243_600;
//! # let now = Now { wall: time, uptime: 1000, boot: 1 };
//! # let vault = |folder: &std::path::Path, n| Vault::new(folder, DeviceKey::from_bytes(&[n; 32]), RealFiles);
//! # let mut random = { let mut n = 0; move || { n += 1; [n; 32] } };
//! let (mut mother, words) = Companion::create(vault(parents.path(), 1), &random())?;
//! let mut phone = ChildPhone::open(vault(childs.path(), 2), now)?;
//!
//! let paired = phone.pair(&mother.offer(time, &random())?, None, now, &random())?;
//! let (child, digits) = mother.accept(&paired.answer, time, &random())?;
//! assert_eq!(digits, paired.digits);
//!
//! let yes = paired.passage.ok_or("the first guardian holds the phone")?;
//! phone.set_birth(Birth::in_year(2015).ok_or("a year")?, &yes, now, &random())?;
//! phone.set_pin("204817", &yes, now, &random())?;
//! let policy = mother.sign_policy(&child, Rules::new(Protection::Guided), time, &random())?;
//! phone.receive_policy(&policy, now, &random())?;
//! assert_eq!(phone.policy(now).protection, Protection::Off, "nobody has consented yet");
//!
//! let (words, scope) = (ConsentText::new("vi", 1).ok_or("vi")?, Scope { checks: Checks::default(), counts: false });
//! phone.consent(words.clone(), scope, &yes, now, &random())?;
//! assert_eq!(phone.policy(now).protection, Protection::Off, "the child has not agreed yet");
//! phone.assent(words, scope, now, &random())?;
//! assert_eq!(phone.policy(now).protection, Protection::Guided);
//! assert_eq!(phone.policy(now).age, AgeBand::Under13);
//! # Ok(())
//! # }
//! ```

mod child_phone;
mod clock;
mod companion;
mod consent;
mod counts;
pub mod evidence;
mod gate;
pub mod packet;
mod pairing;
mod words;

use crate::policy::PolicyError;
use crate::vault::VaultError;
use packet::PacketError;

pub use child_phone::{ChildPhone, Paired, Withdrawn};
pub use clock::{MAX_JUMP, Now, SteadyClock};
pub use companion::{Asked, Child, Companion, MAX_CHILDREN};
pub use consent::{ASSENT_GRACE, ConsentBook, ConsentText, Consented, Missing, Party, Scope};
pub use counts::{Range, SHARED_WEEKS, SharedWeek, WeeklyCounts};
pub use gate::{GateAnswer, PIN_DIGITS, Passage, Purpose};
pub use pairing::{OFFER_SECONDS, comparison_digits};
pub use words::{SYLLABLES, SecretWords, WordsError};

/// Something that a withdrawal wipes: a file, a table, a key in a key store.
pub trait Wipe {
    /// What to call it where it could not be wiped.
    fn name(&self) -> &str;
    /// Wipes it. Already wiped is fine.
    ///
    /// # Errors
    /// It is still there.
    fn wipe(&mut self) -> std::io::Result<()>;
}

/// Why something was refused. Nothing was changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum FamilyError {
    /// The text is no packet of the right kind.
    Packet(PacketError),
    /// The policy was refused.
    Policy(PolicyError),
    /// The vault could not be read or written.
    Vault(VaultError),
    /// Not of its form.
    Malformed,
    /// Not signed by the key that it names, or by nobody whom this phone follows.
    NotSigned,
    /// Meant for another phone, or from an unknown one.
    WrongPhone,
    /// A code that was used before, or was never given out.
    CodeUsed,
    /// The offer is older than 15 minutes.
    OfferRanOut,
    /// The offer comes from later than this phone's clock shows.
    ClocksDiffer,
    /// It needs a guardian's yes for this purpose, or the policy does not allow it.
    NotAllowed,
    /// No guardian has paired yet.
    NotPaired,
    /// A PIN of other than 6 to 12 digits, or one that is tried first.
    WeakPin,
    /// As many children, peers or items as there may be.
    TooMany,
    /// This phone has a guardian's key already.
    AlreadyThere,
    /// The host app's hook did not deliver the report.
    NotDelivered,
}

impl std::fmt::Display for FamilyError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Packet(error) => return error.fmt(f),
            Self::Policy(error) => return error.fmt(f),
            Self::Vault(error) => return error.fmt(f),
            Self::Malformed => "the text is not of its form, or of a newer version of the app",
            Self::NotSigned => "the signature is missing, wrong, or of nobody whom this phone follows",
            Self::WrongPhone => "this was made for another phone; pair the two phones first",
            Self::CodeUsed => "this code was used before; make a new one",
            Self::OfferRanOut => "the code is older than 15 minutes; make a new one",
            Self::ClocksDiffer => "the clocks of the two phones differ; set both to automatic time",
            Self::NotAllowed => "this needs a guardian's PIN or approval, or the policy does not allow it",
            Self::NotPaired => "no guardian has paired with this phone yet",
            Self::WeakPin => "a PIN has 6 to 12 digits, not all the same and not in a row",
            Self::TooMany => "there are as many as there may be; remove one first",
            Self::AlreadyThere => "this phone has a guardian's key already; open it",
            Self::NotDelivered => "the report did not get there; it was not sent",
        })
    }
}

impl std::error::Error for FamilyError {}

impl From<PacketError> for FamilyError {
    fn from(error: PacketError) -> Self {
        Self::Packet(error)
    }
}

impl From<PolicyError> for FamilyError {
    fn from(error: PolicyError) -> Self {
        Self::Policy(error)
    }
}

impl From<VaultError> for FamilyError {
    fn from(error: VaultError) -> Self {
        Self::Vault(error)
    }
}
