//! Weekly counts: how many warnings of each kind there were. Nothing else about them is kept.
//!
//! No time of day, no peer, no text, no picture, no identifier. Small numbers are rounded to ranges, and only weeks
//! that are over are shared: two looks at a running week would tell what happened between them.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::FamilyError;
use crate::policy::{Date, UnixSeconds, week_of};
use crate::verdict::FindingKind;

/// Weeks that are shared, and that a page shows: two months, by which a family sees whether something changes. A packet
/// of all of them fits into a QR code that a cheap camera reads; one of half a year would not.
pub const SHARED_WEEKS: u64 = 8;

/// Weeks that are kept: those that may be shared, and the running one. What nobody will see is not kept.
const KEPT_WEEKS: u64 = SHARED_WEEKS + 1;

/// A rounded number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Range {
    /// None.
    #[serde(rename = "0")]
    None,
    /// One to four: from one warning nobody can tell which picture it was.
    #[serde(rename = "1-4")]
    OneToFour,
    /// Five to nine.
    #[serde(rename = "5-9")]
    FiveToNine,
    /// Ten to nineteen.
    #[serde(rename = "10-19")]
    TenToNineteen,
    /// Twenty to 49.
    #[serde(rename = "20-49")]
    TwentyTo49,
    /// Fifty and more.
    #[serde(rename = "50+")]
    FiftyAndMore,
}

impl Range {
    /// The range of a number.
    pub fn of(count: u32) -> Self {
        match count {
            0 => Self::None,
            1..5 => Self::OneToFour,
            5..10 => Self::FiveToNine,
            10..20 => Self::TenToNineteen,
            20..50 => Self::TwentyTo49,
            50.. => Self::FiftyAndMore,
        }
    }
}

/// A week as it may be shared.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SharedWeek {
    /// Number of the week; see [`week_of`].
    pub week: u64,
    /// Its Monday, such as `2026-01-05`.
    pub monday: String,
    /// Rounded numbers of each kind.
    pub counts: BTreeMap<FindingKind, Range>,
}

impl SharedWeek {
    /// Whether the fields fit together: what arrives from another phone holds numbers and nothing beside.
    pub(super) fn is_well_formed(&self) -> bool {
        Date::of_week(self.week).is_some_and(|monday| monday.to_string() == self.monday)
            && self.counts.len() == FindingKind::ALL.len()
    }
}

/// The counts of one phone.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WeeklyCounts {
    weeks: BTreeMap<u64, BTreeMap<FindingKind, u32>>,
}

impl WeeklyCounts {
    /// Counts a warning of this kind.
    pub fn add(&mut self, kind: FindingKind, time: UnixSeconds) {
        let week = week_of(time);
        let count = self.weeks.entry(week).or_default().entry(kind).or_default();
        *count = count.saturating_add(1);
        self.prune(time);
    }

    /// Forgets the weeks that are too old to be shared at `time`.
    pub fn prune(&mut self, time: UnixSeconds) {
        let running = week_of(time);
        self.weeks.retain(|week, _| week.saturating_add(KEPT_WEEKS) > running);
    }

    /// Of the last [`SHARED_WEEKS`] weeks that are over at `time` those with warnings, rounded, oldest first.
    pub fn shared(&self, time: UnixSeconds) -> Vec<SharedWeek> {
        let running = week_of(time);
        let over = self.weeks.range(running.saturating_sub(SHARED_WEEKS)..running);
        over.filter_map(|(week, counts)| {
            let range = |kind| (kind, Range::of(counts.get(&kind).copied().unwrap_or(0)));
            let monday = Date::of_week(*week)?.to_string();
            Some(SharedWeek { week: *week, monday, counts: FindingKind::ALL.map(range).into() })
        })
        .collect()
    }

    /// The shared weeks as JSON, for a host app or a school.
    ///
    /// # Errors
    /// They cannot be written, which does not happen.
    pub fn export(&self, time: UnixSeconds) -> Result<String, FamilyError> {
        #[derive(Serialize)]
        struct Export {
            document: &'static str,
            format: u32,
            weeks: Vec<SharedWeek>,
        }
        let export = Export { document: "counts", format: 1, weeks: self.shared(time) };
        serde_json::to_string(&export).map_err(|_| FamilyError::Malformed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::DAY;

    const MONDAY: UnixSeconds = 1_767_546_000; // 2026-01-05 in Việt Nam

    #[test]
    fn numbers_are_ranges_on_both_sides_of_each_line() {
        let ranges = [0, 1, 4, 5, 9, 10, 19, 20, 49, 50, u32::MAX].map(Range::of);
        let text = serde_json::to_string(&ranges).unwrap();
        assert_eq!(text, r#"["0","1-4","1-4","5-9","5-9","10-19","10-19","20-49","20-49","50+","50+"]"#);
    }

    #[test]
    fn a_running_week_is_not_shared_and_a_past_one_does_not_change() {
        let mut counts = WeeklyCounts::default();
        counts.add(FindingKind::Grooming, MONDAY);
        counts.add(FindingKind::Grooming, MONDAY + 7 * DAY - 1);
        assert_eq!(counts.shared(MONDAY + 7 * DAY - 1), []);
        let expected = concat!(
            r#"{"document":"counts","format":1,"weeks":[{"week":2923,"monday":"2026-01-05","counts":"#,
            r#"{"nudity":"0","gore":"0","grooming":"1-4","known_image":"0","personal_info":"0"}}]}"#
        );
        assert_eq!(counts.export(MONDAY + 7 * DAY).unwrap(), expected);
        counts.add(FindingKind::Grooming, MONDAY + 7 * DAY);
        assert_eq!(counts.export(MONDAY + 7 * DAY).unwrap(), expected);
    }

    #[test]
    fn two_families_with_the_same_ranges_export_the_same_bytes() {
        let (mut one, mut other) = (WeeklyCounts::default(), WeeklyCounts::default());
        one.add(FindingKind::Nudity, MONDAY + 3600);
        for hour in [20, 30, 99] {
            other.add(FindingKind::Nudity, MONDAY + hour * 3600);
        }
        assert_eq!(one.export(MONDAY + 9 * DAY).unwrap(), other.export(MONDAY + 9 * DAY).unwrap());
    }

    #[test]
    fn old_weeks_go() {
        let mut counts = WeeklyCounts::default();
        for week in 0..100 {
            counts.add(FindingKind::Nudity, MONDAY + week * 7 * DAY);
        }
        assert_eq!(counts.weeks.len() as u64, KEPT_WEEKS);
        let now = MONDAY + 99 * 7 * DAY;
        let shared = |weeks: u64| counts.shared(now + weeks * 7 * DAY).len() as u64;
        assert_eq!([0, 1, 2, 8, 9].map(shared), [SHARED_WEEKS, SHARED_WEEKS, SHARED_WEEKS - 1, 1, 0]);
    }
}
