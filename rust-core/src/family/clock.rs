//! Time that a child cannot turn: waits of the gate count it, birthdays and endings come by it.
//!
//! A phone's clock can be set. What cannot be set is how long the phone has been running. [`SteadyClock`] follows the
//! clock on the wall as long as the two agree; it never goes back, and it runs ahead of the running time only as far
//! as nights and holidays with the phone switched off explain.

use serde::{Deserialize, Serialize};

use crate::policy::{DAY, UnixSeconds};

/// How far the steady time may jump at most, in seconds: a phone that lay in a drawer over the summer. A child who
/// sets the clock forward is older by this much, once.
pub const MAX_JUMP: UnixSeconds = 60 * DAY;

/// After a jump, one second of further jumps is earned in so many seconds of running: a phone that is switched off for
/// six hours a night keeps up.
const RUNNING_PER_JUMP: u64 = 3;

/// What the phone knows of time at this moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Now {
    /// The clock, in seconds since 1970. It can be set by anybody.
    pub wall: UnixSeconds,
    /// Milliseconds since the phone was started, sleep included (`SystemClock.elapsedRealtime`).
    pub uptime: u64,
    /// How often the phone was started (`Settings.Global.BOOT_COUNT`).
    pub boot: u64,
}

/// The steady time of a phone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SteadyClock {
    /// Milliseconds for which the phone was seen running.
    lived: u64,
    /// Milliseconds since 1970.
    believed: u64,
    /// Milliseconds that may be jumped.
    allowance: u64,
    /// The last observation.
    boot: u64,
    uptime: u64,
}

impl SteadyClock {
    /// Begins at a moment whose clock is right, such as the pairing with a guardian.
    pub fn new(now: Now) -> Self {
        let believed = now.wall.saturating_mul(1000);
        Self { lived: 0, believed, allowance: MAX_JUMP * 1000, boot: now.boot, uptime: now.uptime }
    }

    /// Takes in the phone's time. Often is fine, seldom as well: within one start of the phone nothing is lost.
    pub fn observe(&mut self, now: Now) {
        let ran = if now.boot == self.boot { now.uptime.saturating_sub(self.uptime) } else { now.uptime };
        self.uptime = if now.boot == self.boot { self.uptime.max(now.uptime) } else { now.uptime };
        self.boot = now.boot;
        self.lived = self.lived.saturating_add(ran);
        self.believed = self.believed.saturating_add(ran);
        let earned = self.allowance.saturating_add(ran / RUNNING_PER_JUMP);
        let jump = now.wall.saturating_mul(1000).saturating_sub(self.believed).min(self.allowance);
        self.believed += jump;
        self.allowance = (earned - jump).min(MAX_JUMP * 1000);
    }

    /// Begins again at a moment whose clock is right. The running time, by which the gate waits, goes on.
    pub fn set_right(&mut self, now: Now) {
        *self = Self { lived: self.lived, ..Self::new(now) };
    }

    /// A time that has certainly come, because a guardian signed it.
    pub fn reached(&mut self, time: UnixSeconds) {
        self.believed = self.believed.max(time.saturating_mul(1000));
    }

    /// The steady time, in seconds since 1970.
    pub fn believed(&self) -> UnixSeconds {
        self.believed / 1000
    }

    /// Milliseconds for which the phone was seen running. Never goes back, whatever the clock does.
    pub fn lived(&self) -> u64 {
        self.lived
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const START: UnixSeconds = 1_767_200_400;

    fn at(wall: UnixSeconds, uptime_seconds: u64, boot: u64) -> Now {
        Now { wall, uptime: uptime_seconds * 1000, boot }
    }

    #[test]
    fn it_follows_a_clock_that_is_right() {
        let mut clock = SteadyClock::new(at(START, 100, 1));
        clock.observe(at(START + 3 * 365 * DAY, 100 + 3 * 365 * DAY, 1));
        assert_eq!(clock.believed(), START + 3 * 365 * DAY);
    }

    #[test]
    fn nights_switched_off_do_not_leave_it_behind() {
        let mut clock = SteadyClock::new(at(START, 0, 1));
        for day in 1..800 {
            // 18 hours on, 6 hours off; observed as it is switched off and as it is started.
            clock.observe(at(START + day * DAY - 6 * 3600, 18 * 3600, day));
            clock.observe(at(START + day * DAY, 0, day + 1));
        }
        assert_eq!(clock.believed(), START + 799 * DAY);
    }

    #[test]
    fn set_back_it_goes_on() {
        let mut clock = SteadyClock::new(at(START, 100, 1));
        clock.observe(at(START - 1000 * DAY, 200, 1));
        assert_eq!(clock.believed(), START + 100);
        clock.observe(at(0, 50, 2));
        assert_eq!((clock.believed(), clock.lived()), (START + 150, 150_000));
    }

    #[test]
    fn set_forward_it_gains_what_a_summer_in_a_drawer_explains() {
        let mut clock = SteadyClock::new(at(START, 0, 1));
        for _ in 0..100 {
            clock.observe(at(START + 3000 * DAY, 0, 1));
        }
        assert_eq!(clock.believed(), START + MAX_JUMP);
        // And back again: what was gained stays, no more.
        clock.observe(at(START, 0, 1));
        assert_eq!(clock.believed(), START + MAX_JUMP);
    }

    #[test]
    fn a_signed_time_counts_at_once_and_never_backwards() {
        let mut clock = SteadyClock::new(at(START, 0, 1));
        clock.reached(START + 900 * DAY);
        clock.reached(START);
        assert_eq!(clock.believed(), START + 900 * DAY);
    }

    proptest! {
        #[test]
        fn it_never_goes_back_and_never_far_ahead(steps in prop::collection::vec((any::<u64>(), any::<u32>(), 0u64..4), 1..50)) {
            let mut clock = SteadyClock::new(at(START, 0, 0));
            for (wall, uptime, boot) in steps {
                let before = clock.clone();
                clock.observe(Now { wall, uptime: u64::from(uptime), boot });
                prop_assert!(clock.believed >= before.believed && clock.lived >= before.lived);
                let most = START + MAX_JUMP + clock.lived / 1000 * 4 / 3 + 1;
                prop_assert!(clock.believed() <= most);
            }
        }
    }
}
