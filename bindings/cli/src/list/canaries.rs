//! Canaries: entries that no picture has, different for every receiver, by which a leaked copy is recognised.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use lachan::hash::PdqHash;
use lachan::hash::list::documents::Category;
use ring::hmac;
use serde_json::{Value, json};

use super::Failure;
use super::publication::Publication;
use crate::device;

/// The receiver's canaries: bits from HMAC-SHA256 under the publisher's secret, 128 of them set as in any hash.
pub fn of(secret: &Path, receiver: &str, count: usize, categories: &[Category]) -> Result<Vec<(PdqHash, u8)>, Failure> {
    let key = hmac::Key::new(hmac::HMAC_SHA256, &device::read_secret(secret)?);
    Ok((0..count)
        .map(|number| {
            let word = |block: usize| {
                let tag = hmac::sign(&key, format!("{receiver}\0{number}\0{block}").as_bytes());
                let mut bytes = [0; 4];
                bytes.copy_from_slice(&tag.as_ref()[..4]);
                u32::from_be_bytes(bytes)
            };
            // The 128 bits with the smallest random numbers.
            let mut bits: Vec<usize> = (0..256).collect();
            bits.sort_by_key(|bit| (word(*bit), *bit));
            let mut words = [0u64; 4];
            bits[..128].iter().for_each(|bit| words[bit / 64] |= 1 << (bit % 64));
            (PdqHash::from_words(words), categories[number % categories.len()].code)
        })
        .collect())
}

const FILE: &str = "canaries.json";

/// Notes the receiver's canaries on the publisher's side.
pub fn note(publication: &Publication, receiver: &str, canaries: &[(PdqHash, u8)]) -> Result<(), Failure> {
    let mut known = read(publication)?;
    known.insert(receiver.to_owned(), canaries.iter().map(|(hash, _)| hash.to_hex()).collect());
    let text = serde_json::to_string_pretty(&known).map_err(|error| error.to_string())?;
    fs::write(publication.private.join(FILE), text).map_err(|error| format!("{FILE}: {error}"))
}

/// How many canaries of each receiver are among the hashes in `text`.
pub fn trace(publication: &Publication, text: &str) -> Result<Value, Failure> {
    let leaked: std::collections::BTreeSet<String> =
        text.split(|c: char| !c.is_ascii_hexdigit()).filter(|word| word.len() == 64).map(str::to_lowercase).collect();
    let found: BTreeMap<String, usize> = read(publication)?
        .into_iter()
        .map(|(receiver, hashes)| (receiver, hashes.iter().filter(|hash| leaked.contains(*hash)).count()))
        .filter(|(_, count)| *count > 0)
        .collect();
    Ok(json!(found))
}

fn read(publication: &Publication) -> Result<BTreeMap<String, Vec<String>>, Failure> {
    match fs::read(publication.private.join(FILE)) {
        Ok(bytes) => serde_json::from_slice(&bytes).map_err(|error| format!("{FILE}: {error}")),
        Err(_) => Ok(BTreeMap::new()),
    }
}
