//! The scan from end to end.

use super::{Half, Neighbour, half_distance};
use crate::hash::PdqHash;

/// Entries that all queries pass over before the next ones are read: their fronts fill half of a small L1 cache.
const BLOCK: usize = 1024;
/// Entries that are compared without a branch.
const GROUP: usize = 16;

pub(super) fn within(fronts: &[Half], rests: &[Half], queries: &[PdqHash], limit: u32) -> Vec<Neighbour> {
    let mut found = Vec::new();
    for (block, fronts) in fronts.chunks(BLOCK).enumerate() {
        for (query, hash) in queries.iter().enumerate() {
            let words = hash.words();
            let (front, rest) = ([words[0], words[1]], [words[2], words[3]]);
            for (group, fronts) in fronts.chunks(GROUP).enumerate() {
                let nearest = fronts.iter().fold(u32::MAX, |nearest, entry| nearest.min(half_distance(entry, &front)));
                if nearest > limit {
                    continue;
                }
                let first = block * BLOCK + group * GROUP;
                for (offset, half) in fronts.iter().enumerate() {
                    let entry = first + offset;
                    let distance = half_distance(half, &front) + half_distance(&rests[entry], &rest);
                    if distance <= limit {
                        found.push(Neighbour { query, entry, distance });
                    }
                }
            }
        }
    }
    found
}
