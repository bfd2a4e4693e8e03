//! The search against brute force: on the vectors of the reference, on random lists and on clustered ones.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stderr)]

use std::collections::BTreeSet;
use std::path::Path;

use lachan::hash::PdqHash;
use lachan::hash::search::{Half, MAX_DISTANCE, Neighbour, PARTS, SearchIndex, build_part, halves};
use proptest::prelude::*;
use serde_json::Value;

/// A list with the tables of multi-index hashing, and without.
struct Lists {
    fronts: Vec<Half>,
    rests: Vec<Half>,
    offsets: Vec<u32>,
    entries: Vec<u32>,
}

impl Lists {
    fn new(hashes: &[PdqHash]) -> Self {
        let (fronts, rests): (Vec<_>, Vec<_>) = hashes.iter().map(halves).unzip();
        let (mut offsets, mut entries) = (Vec::new(), Vec::new());
        for part in 0..PARTS {
            let (o, e) = build_part(&fronts, &rests, part);
            offsets.extend(o);
            entries.extend(e);
        }
        Self { fronts, rests, offsets, entries }
    }

    fn both(&self) -> [SearchIndex<'_>; 2] {
        let parts = SearchIndex::with_parts(&self.fronts, &self.rests, &self.offsets, &self.entries);
        [SearchIndex::linear(&self.fronts, &self.rests), parts.expect("lengths that fit")]
    }
}

fn brute_force(hashes: &[PdqHash], queries: &[PdqHash], limit: u32) -> BTreeSet<Neighbour> {
    let mut found = BTreeSet::new();
    for (query, q) in queries.iter().enumerate() {
        for (entry, h) in hashes.iter().enumerate() {
            let distance = q.distance(h);
            if distance <= limit {
                found.insert(Neighbour { query, entry, distance });
            }
        }
    }
    found
}

fn assert_equal_to_brute_force(hashes: &[PdqHash], queries: &[PdqHash], limit: u32) {
    let expected = brute_force(hashes, queries, limit);
    let lists = Lists::new(hashes);
    for index in lists.both() {
        let found = index.within(queries, limit);
        assert_eq!(found.len(), expected.len(), "limit {limit}: something was missed, invented or listed twice");
        assert_eq!(found.into_iter().collect::<BTreeSet<_>>(), expected);
    }
}

fn flipped(hash: &PdqHash, bits: &[u8]) -> PdqHash {
    let mut words = hash.words();
    for bit in bits {
        words[usize::from(*bit) / 64] ^= 1 << (bit % 64);
    }
    PdqHash::from_words(words)
}

fn any_hash() -> impl Strategy<Value = PdqHash> {
    any::<[u64; 4]>().prop_map(PdqHash::from_words)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// Every entry lies around one of a few centres, so that distances on both sides of the limit are common.
    #[test]
    fn clustered_lists(
        centres in prop::collection::vec(any_hash(), 1..4),
        members in prop::collection::vec((any::<prop::sample::Index>(), prop::collection::vec(any::<u8>(), 0..40)), 1..200),
        asked in prop::collection::vec((any::<prop::sample::Index>(), prop::collection::vec(any::<u8>(), 0..40)), 1..9),
        limit in 0..=MAX_DISTANCE,
    ) {
        let around = |(centre, bits): &(prop::sample::Index, Vec<u8>)| flipped(centre.get(&centres), bits);
        let hashes: Vec<_> = members.iter().map(around).collect();
        let queries: Vec<_> = asked.iter().map(around).collect();
        assert_equal_to_brute_force(&hashes, &queries, limit);
    }

    #[test]
    fn random_lists(
        hashes in prop::collection::vec(any_hash(), 0..300),
        chosen in any::<prop::sample::Index>(),
        bits in prop::collection::btree_set(any::<u8>(), 0..34),
    ) {
        let mut queries = vec![PdqHash::from_words([7; 4])];
        if !hashes.is_empty() {
            queries.push(flipped(chosen.get(&hashes), &bits.into_iter().collect::<Vec<_>>()));
        }
        assert_equal_to_brute_force(&hashes, &queries, MAX_DISTANCE);
    }

    /// What a damaged file could hold never panics, and never invents a match.
    #[test]
    fn arbitrary_tables_do_no_harm(
        hashes in prop::collection::vec(any_hash(), 1..20),
        damage in prop::collection::vec((any::<prop::sample::Index>(), any::<u32>()), 1..200),
    ) {
        let mut lists = Lists::new(&hashes);
        for (place, value) in &damage {
            *place.get_mut(&mut lists.offsets) = *value;
            *place.get_mut(&mut lists.entries) = *value;
        }
        let expected = brute_force(&hashes, &hashes, MAX_DISTANCE);
        for neighbour in lists.both()[1].within(&hashes, MAX_DISTANCE) {
            prop_assert!(expected.contains(&neighbour));
        }
    }
}

/// The hardest case: exactly 31 bits, one in one part and two in each of the others; and 32 bits, two in each.
#[test]
fn the_limit_is_met_on_both_sides() {
    let hash = PdqHash::from_words([0x0123_4567_89ab_cdef; 4]);
    for lonely in 0..16u8 {
        let all: Vec<u8> = (0..16).flat_map(|part| [part * 16 + part, part * 16 + (part + 5) % 16]).collect();
        let without_one: Vec<u8> = all.iter().copied().filter(|bit| *bit != lonely * 16 + lonely).collect();
        let (at_32, at_31) = (flipped(&hash, &all), flipped(&hash, &without_one));
        assert_eq!((hash.distance(&at_32), hash.distance(&at_31)), (32, 31));
        let lists = Lists::new(&[at_32, at_31]);
        for index in lists.both() {
            assert_eq!(index.within(&[hash], 31), [Neighbour { query: 0, entry: 1, distance: 31 }]);
        }
    }
}

#[test]
fn lengths_that_do_not_fit_are_refused() {
    let lists = Lists::new(&[PdqHash::from_words([1; 4])]);
    let (fronts, rests) = (&lists.fronts[..], &lists.rests[..]);
    assert!(SearchIndex::with_parts(fronts, rests, &lists.offsets[1..], &lists.entries).is_none());
    assert!(SearchIndex::with_parts(fronts, rests, &lists.offsets, &lists.entries[1..]).is_none());
}

fn vectors() -> Value {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/vectors/pdq/search_vectors.json");
    serde_json::from_slice(&std::fs::read(path).expect("the vectors are readable")).expect("JSON")
}

fn hash_of(value: &Value) -> PdqHash {
    PdqHash::from_hex(value.as_str().expect("hex")).expect("a hash")
}

#[test]
fn distances_of_the_reference() {
    let vectors = vectors();
    let pairs = vectors["hamming_pairs"].as_array().expect("pairs");
    assert_eq!(pairs.len(), 288);
    for pair in pairs {
        assert_eq!(u64::from(hash_of(&pair[0]).distance(&hash_of(&pair[1]))), pair[2].as_u64().expect("a distance"));
    }
}

/// The list itself is named by the vectors, not held in them. What is known of it: the entries that equal a
/// needle. Each other entry that the truth table names is made here at the distance it names, so that the sets
/// that an index must return are those of the table.
#[test]
fn sets_of_the_reference() {
    let vectors = vectors();
    let results = vectors["results"].as_array().expect("results");
    assert_eq!(results.len(), 100);
    let mut list = vec![PdqHash::from_words([0x5555_5555_5555_5555, 0, u64::MAX, 0x00ff_00ff_00ff_00ff]); 1350];
    for result in results {
        let needle = hash_of(&result["needle"]);
        for near in result["within47"].as_array().expect("a set") {
            let (entry, distance) = (near[0].as_u64().expect("an index") as usize, near[1].as_u64().expect("bits"));
            let bits: Vec<u8> = (0..distance).map(|k| ((k * 37 + entry as u64) % 256) as u8).collect();
            list[entry] = flipped(&needle, &bits);
        }
    }
    let queries: Vec<PdqHash> = results.iter().map(|result| hash_of(&result["needle"])).collect();
    let lists = Lists::new(&list);
    let mut compared = 0;
    for index in lists.both() {
        let found = index.within(&queries, 31);
        for (query, result) in results.iter().enumerate() {
            let expected: BTreeSet<(usize, u32)> = result["within31"]
                .as_array()
                .expect("a set")
                .iter()
                .map(|near| (near[0].as_u64().expect("an index") as usize, near[1].as_u64().expect("bits") as u32))
                .collect();
            let near = found.iter().filter(|n| n.query == query).map(|n| (n.entry, n.distance)).collect();
            assert_eq!(expected, near, "needle {query}");
            compared += expected.len();
        }
    }
    assert!(compared > 200);
    assert_equal_to_brute_force(&list, &queries, 31);
}

/// The list itself, where it is at hand: a file with one hash a line.
#[test]
fn sets_of_the_reference_on_its_own_list() {
    let Some(file) = std::env::var_os("LACHAN_PDQ_HAYSTACK") else {
        eprintln!("SKIPPED: set LACHAN_PDQ_HAYSTACK to the haystack.txt that the search vectors name");
        return;
    };
    let text = std::fs::read_to_string(file).expect("a list");
    let list: Vec<PdqHash> =
        text.lines().map(|line| PdqHash::from_hex(line.split(',').next().unwrap()).unwrap()).collect();
    let vectors = vectors();
    let lists = Lists::new(&list);
    for result in vectors["results"].as_array().expect("results") {
        let expected: BTreeSet<usize> =
            result["within31"].as_array().unwrap().iter().map(|near| near[0].as_u64().unwrap() as usize).collect();
        for index in lists.both() {
            let found = index.within(&[hash_of(&result["needle"])], 31);
            assert_eq!(found.iter().map(|n| n.entry).collect::<BTreeSet<_>>(), expected);
        }
    }
}
