//! Days and birthdays. Time comes in as seconds since 1970; what a birthday needs is the day on which it is.

use serde::{Deserialize, Serialize};

pub use crate::trust::UnixSeconds;
use crate::verdict::AgeBand;

/// Seconds of a day.
pub const DAY: UnixSeconds = 24 * 3600;

/// Việt Nam is seven hours ahead of UTC all year round.
const VIETNAM_OFFSET: UnixSeconds = 7 * 3600;

/// From which year of age on a child assents itself (Luật 91/2025, Điều 24).
pub const ASSENT_FROM_AGE: u16 = 7;

/// Under which year of age somebody is "trẻ em" and needs a guardian's consent (Luật Trẻ em 2016, Điều 1).
pub const GUARDIAN_UNTIL_AGE: u16 = 16;

/// A day of the Gregorian calendar.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Date {
    year: u16,
    month: u8,
    day: u8,
}

impl Date {
    /// The day in Việt Nam at `time`; the last day of 9999 for all later times.
    pub fn in_vietnam(time: UnixSeconds) -> Self {
        // Years are counted from March, so that the leap day is their last: H. Hinnant, "chrono-compatible low-level
        // date algorithms".
        let days = time.saturating_add(VIETNAM_OFFSET) / DAY + 719_468;
        let era = days / 146_097;
        let day_of_era = days % 146_097;
        let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
        let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let month_from_march = (5 * day_of_year + 2) / 153;
        let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
        let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
        let year = era.saturating_mul(400) + year_of_era + u64::from(month <= 2);
        match u16::try_from(year) {
            Ok(year @ ..=9999) => Self { year, month: month as u8, day: day as u8 },
            _ => Self { year: 9999, month: 12, day: 31 },
        }
    }

    /// The Monday of a week by its number (see [`week_of`]); nothing before 1970 or after 9999.
    pub fn of_week(week: u64) -> Option<Self> {
        let days = week.checked_mul(7)?.checked_sub(3)?;
        let date = Self::in_vietnam(days.checked_mul(DAY)?);
        (week_of(days * DAY) == week && date < Self::in_vietnam(u64::MAX)).then_some(date)
    }

    /// The year.
    pub fn year(&self) -> u16 {
        self.year
    }
}

impl std::fmt::Display for Date {
    /// As ISO 8601 has it: `2026-01-05`.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }
}

/// Number of a week that begins on a Monday in Việt Nam; week 0 begins on 1969-12-29.
pub fn week_of(time: UnixSeconds) -> u64 {
    // 1970-01-01 was a Thursday.
    (time.saturating_add(VIETNAM_OFFSET) / DAY + 3) / 7
}

/// When a child was born, as far as the family told the phone. It is kept in the phone's vault and nowhere else: no
/// document that travels holds it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Birth {
    year: u16,
    /// Month and day, where they are known.
    day: Option<(u8, u8)>,
}

impl Birth {
    /// Years that can be entered.
    const YEARS: std::ops::RangeInclusive<u16> = 1900..=2200;

    /// A year alone, or nothing if it is outside 1900 to 2200.
    pub fn in_year(year: u16) -> Option<Self> {
        Self::YEARS.contains(&year).then_some(Self { year, day: None })
    }

    /// A day, or nothing if there is no such day. Born on 29 February, the birthday of a common year is 1 March.
    pub fn on_day(year: u16, month: u8, day: u8) -> Option<Self> {
        let leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
        let days = match month {
            1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
            4 | 6 | 9 | 11 => 30,
            2 if leap => 29,
            2 => 28,
            _ => return None,
        };
        (Self::YEARS.contains(&year) && (1..=days).contains(&day)).then_some(Self { year, day: Some((month, day)) })
    }

    /// Years that the person has completed for certain on `date`. With the year alone, the birthday is taken for the
    /// last moment of the year: protection never becomes weaker too early.
    pub fn years_at_least(&self, date: Date) -> u16 {
        let birthday_passed = self.day.is_some_and(|(month, day)| (date.month, date.day) >= (month, day));
        date.year.saturating_sub(self.year).saturating_sub(u16::from(!birthday_passed))
    }

    /// Years that the person may have completed on `date`: a child is asked for its assent rather too early.
    pub fn years_at_most(&self, date: Date) -> u16 {
        let birthday_to_come = self.day.is_some_and(|(month, day)| (date.month, date.day) < (month, day));
        date.year.saturating_sub(self.year).saturating_sub(u16::from(birthday_to_come))
    }

    /// The age band on `date`.
    pub fn band(&self, date: Date) -> AgeBand {
        match self.years_at_least(date) {
            ..13 => AgeBand::Under13,
            13..16 => AgeBand::From13To15,
            16..18 => AgeBand::From16To17,
            18.. => AgeBand::Adult,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn date(year: u16, month: u8, day: u8) -> Date {
        Date { year, month, day }
    }

    #[test]
    fn days_are_those_of_viet_nam() {
        assert_eq!(Date::in_vietnam(0), date(1970, 1, 1));
        assert_eq!(Date::in_vietnam(951_782_400), date(2000, 2, 29));
        assert_eq!(Date::in_vietnam(1_767_200_399), date(2025, 12, 31), "16:59:59 UTC is 23:59:59");
        assert_eq!(Date::in_vietnam(1_767_200_400), date(2026, 1, 1));
        assert_eq!(Date::in_vietnam(4_107_542_400), date(2100, 3, 1), "2100 is no leap year");
        assert_eq!(Date::in_vietnam(u64::MAX), date(9999, 12, 31));
    }

    proptest! {
        #[test]
        fn later_is_never_earlier_and_a_week_is_that_of_its_monday(
            time in 4 * DAY..253_000_000_000,
            later in 0..3000 * DAY,
            birth in (1960u16..2030, 1u8..=12, 1u8..=28),
        ) {
            let (day, after) = (Date::in_vietnam(time), Date::in_vietnam(time + later));
            prop_assert!(day <= after && week_of(time) <= week_of(time + later));
            let monday = Date::of_week(week_of(time)).unwrap();
            prop_assert!(monday <= day && Date::in_vietnam(time - 7 * DAY) < monday);
            // Nobody becomes younger; with the year alone nobody is taken for older than with the day.
            let (exact, rough) = (Birth::on_day(birth.0, birth.1, birth.2), Birth::in_year(birth.0));
            for birth in [exact, rough].into_iter().flatten() {
                prop_assert!(birth.years_at_least(day) <= birth.years_at_least(after));
                prop_assert!(birth.years_at_least(day) <= birth.years_at_most(day));
            }
            if let (Some(exact), Some(rough)) = (exact, rough) {
                prop_assert!(rough.years_at_least(day) <= exact.years_at_least(day));
                prop_assert!(rough.years_at_most(day) >= exact.years_at_most(day));
            }
        }
    }

    #[test]
    fn weeks_begin_on_monday() {
        let monday = 1_767_546_000; // 2026-01-05 00:00 in Việt Nam
        assert_eq!(Date::in_vietnam(monday), date(2026, 1, 5));
        assert_eq!(week_of(monday - 1) + 1, week_of(monday));
        assert_eq!(week_of(monday + 7 * DAY - 1), week_of(monday));
        assert_eq!(Date::of_week(week_of(monday)).unwrap().to_string(), "2026-01-05");
        assert_eq!((Date::of_week(0), Date::of_week(u64::MAX), Date::of_week(10_000_000)), (None, None, None));
    }

    #[test]
    fn the_band_moves_on_the_birthday_itself() {
        let birth = Birth::on_day(2013, 5, 20).unwrap();
        for (on, band) in [
            (date(2026, 5, 19), AgeBand::Under13),
            (date(2026, 5, 20), AgeBand::From13To15),
            (date(2029, 5, 19), AgeBand::From13To15),
            (date(2029, 5, 20), AgeBand::From16To17),
            (date(2031, 5, 19), AgeBand::From16To17),
            (date(2031, 5, 20), AgeBand::Adult),
            (date(2000, 1, 1), AgeBand::Under13),
        ] {
            assert_eq!(birth.band(on), band, "{on:?}");
        }
    }

    #[test]
    fn with_the_year_alone_each_question_is_answered_on_its_careful_side() {
        let birth = Birth::in_year(2013).unwrap();
        assert_eq!(birth.band(date(2026, 12, 31)), AgeBand::Under13);
        assert_eq!(birth.band(date(2027, 1, 1)), AgeBand::From13To15);
        assert_eq!((birth.years_at_least(date(2020, 6, 1)), birth.years_at_most(date(2020, 6, 1))), (6, 7));
    }

    #[test]
    fn days_that_do_not_exist_are_refused() {
        assert!(Birth::on_day(2024, 2, 29).is_some() && Birth::on_day(2100, 2, 29).is_none());
        for (year, month, day) in [(2013, 0, 1), (2013, 13, 1), (2013, 4, 31), (2013, 1, 0), (1899, 1, 1)] {
            assert!(Birth::on_day(year, month, day).is_none());
        }
        let leap = Birth::on_day(2012, 2, 29).unwrap();
        assert_eq!(leap.years_at_least(date(2025, 2, 28)), 12);
        assert_eq!(leap.years_at_least(date(2025, 3, 1)), 13);
    }
}
