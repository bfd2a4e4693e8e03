//! What stands in for a phone at a desk: a device key in a file, and the system's clock.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use clap::Args;
use lachan::hash::DeviceKey;
use lachan::trust::{UnixSeconds, from_hex, to_hex};
use ring::rand::{SecureRandom, SystemRandom};

/// What time it is.
#[derive(Args, Debug, Clone)]
pub struct Clock {
    /// Seconds since 1970; the system's clock where it is not given
    #[arg(long)]
    now: Option<UnixSeconds>,
}

impl Clock {
    pub fn now(&self) -> UnixSeconds {
        self.now.unwrap_or_else(now)
    }
}

/// The key of the list in `folder`: the given file, or `device.key` in the folder.
pub fn key(folder: &Path, file: Option<&Path>) -> Result<DeviceKey, String> {
    let path = file.map_or_else(|| default_path(folder), Path::to_owned);
    Ok(DeviceKey::from_bytes(&read_secret(&path)?))
}

/// The same; a new key is made where there is none.
pub fn key_or_new(folder: &Path, file: Option<&Path>) -> Result<DeviceKey, String> {
    let path = file.map_or_else(|| default_path(folder), Path::to_owned);
    if !path.exists() {
        fs::create_dir_all(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
        write_secret(&path, &random()?)?;
    }
    key(folder, file)
}

fn default_path(folder: &Path) -> PathBuf {
    folder.join("device.key")
}

/// 32 bytes from the system.
pub fn random() -> Result<[u8; 32], String> {
    let mut bytes = [0; 32];
    SystemRandom::new().fill(&mut bytes).map_err(|_| "the system gives no random bytes".to_owned())?;
    Ok(bytes)
}

/// The 32 bytes of 64 hex digits in a file.
pub fn read_secret(path: &Path) -> Result<[u8; 32], String> {
    let text = fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))?;
    from_hex(text.trim()).ok_or_else(|| format!("{}: not 64 hex digits", path.display()))
}

/// Writes 64 hex digits that only the owner can read, never over another key.
pub fn write_secret(path: &Path, bytes: &[u8; 32]) -> Result<(), String> {
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
        .open(path)
        .and_then(|mut file| writeln!(file, "{}", to_hex(bytes)))
        .map_err(|error| format!("{}: {error}", path.display()))
}

/// Seconds since 1970, by the system's clock.
pub fn now() -> UnixSeconds {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |elapsed| elapsed.as_secs())
}
