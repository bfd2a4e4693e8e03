//! Options that several subcommands share, and how they become the core's types.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use lachan::guard::{Guard, GuardBuilder, TEXT_MODEL};
use lachan::policy::Policy;
use lachan::text::TextModel;
use lachan::trust::{Bundle, DocumentKind, PublicKey, Role, TrustError};
use lachan::verdict::{AgeBand, Direction, Protection};

/// Whose phone it is, and which way the content travels.
#[derive(Args, Debug, Clone)]
pub struct Situation {
    /// Age band of the child
    #[arg(long, value_enum, default_value = "under13")]
    age: Age,
    /// How much is done
    #[arg(long, value_enum, default_value = "guided")]
    protection: Level,
    /// Which way the content travels
    #[arg(long, value_enum, default_value = "incoming")]
    direction: Way,
    #[command(flatten)]
    pub bundles: Bundles,
}

/// Where the model bundles are, and whose signatures on them count.
#[derive(Args, Debug, Clone)]
pub struct Bundles {
    /// Folder of the model bundles
    #[arg(long, value_name = "DIR", default_value = "models/built")]
    pub models: PathBuf,
    #[command(flatten)]
    pub trust: Trust,
}

/// Whose signatures count.
#[derive(Args, Debug, Clone)]
pub struct Trust {
    /// Public key (64 hex digits) that must have signed the bundles; the development key where none is given
    #[arg(long = "key", value_name = "HEX")]
    keys: Vec<String>,
    /// How many of the keys must have signed
    #[arg(long, default_value_t = 1, value_name = "N")]
    threshold: usize,
}

impl Bundles {
    /// The text model among the bundles.
    pub fn text_model(&self) -> Result<TextModel, String> {
        let folder = self.models.join(TEXT_MODEL);
        let fault = |error: &dyn std::fmt::Display| format!("{}: {error}", folder.display());
        let role = self.trust.role().map_err(|e| fault(&e))?;
        let bundle = Bundle::open(&folder, DocumentKind::Model, &role).map_err(|e| fault(&e))?;
        TextModel::load(&bundle).map_err(|e| fault(&e))
    }
}

impl Trust {
    pub fn role(&self) -> Result<Role, TrustError> {
        if self.keys.is_empty() {
            return Role::development();
        }
        let keys = self.keys.iter().map(|key| PublicKey::from_hex(key)).collect::<Result<_, _>>()?;
        Ok(Role { keys, threshold: self.threshold })
    }
}

#[derive(ValueEnum, Debug, Clone, Copy)]
pub enum Age {
    Under13,
    #[value(name = "13-15")]
    From13To15,
    #[value(name = "16-17")]
    From16To17,
    Adult,
}

#[derive(ValueEnum, Debug, Clone, Copy)]
pub enum Level {
    Off,
    Simple,
    Guided,
}

#[derive(ValueEnum, Debug, Clone, Copy)]
enum Way {
    Incoming,
    Outgoing,
    Forward,
}

impl From<Age> for AgeBand {
    fn from(age: Age) -> Self {
        match age {
            Age::Under13 => Self::Under13,
            Age::From13To15 => Self::From13To15,
            Age::From16To17 => Self::From16To17,
            Age::Adult => Self::Adult,
        }
    }
}

impl From<Level> for Protection {
    fn from(level: Level) -> Self {
        match level {
            Level::Off => Self::Off,
            Level::Simple => Self::Simple,
            Level::Guided => Self::Guided,
        }
    }
}

impl Situation {
    pub fn policy(&self) -> Policy {
        Policy::new(self.protection.into(), self.age.into())
    }

    pub fn direction(&self) -> Direction {
        match self.direction {
            Way::Incoming => Direction::Incoming,
            Way::Outgoing => Direction::Outgoing,
            Way::Forward => Direction::Forward,
        }
    }

    pub fn guard(&self, policy: Policy) -> Result<GuardBuilder, TrustError> {
        Ok(Guard::builder(policy).models(&self.bundles.models, self.bundles.trust.role()?))
    }
}
