//! Two clocks read together: time since boot, which goes on while the machine sleeps, and wall
//! time, which can be stepped. A grant counts as expired if either of them says so.
//!
//! `std::time::Instant` is of no use here: on Linux it stops during a suspend, and a grant that
//! died meanwhile would look fresh.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

const NANOS_PER_SEC: u64 = 1_000_000_000;

/// One reading of both clocks, to the nanosecond.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Now {
    boot: u64,
    wall: u64,
}

impl Now {
    /// A reading from the time since boot and the time since the Unix epoch.
    #[must_use]
    pub fn new(boot: Duration, wall: Duration) -> Self {
        Self { boot: nanos(boot), wall: nanos(wall) }
    }

    /// The time since boot (or any other fixed point), which only moves forward and does not stop
    /// while the machine sleeps.
    #[must_use]
    pub fn boot(&self) -> Duration {
        Duration::from_nanos(self.boot)
    }

    /// The time since the Unix epoch, which may be stepped either way.
    #[must_use]
    pub fn wall(&self) -> Duration {
        Duration::from_nanos(self.wall)
    }

    /// Whole seconds since the Unix epoch.
    #[must_use]
    pub fn unix_seconds(&self) -> u64 {
        self.wall / NANOS_PER_SEC
    }

    /// Nanoseconds since boot: the currency of the state machine.
    pub(crate) fn boot_nanos(&self) -> u64 {
        self.boot
    }

    /// Nanoseconds since the Unix epoch, on Linux to within a few milliseconds.
    #[inline]
    pub(crate) fn wall_nanos(&self) -> u64 {
        self.wall
    }

    /// How long until a time in nanoseconds since boot; zero once it has passed.
    pub(crate) fn until_boot(&self, nanos: u64) -> Duration {
        Duration::from_nanos(nanos.saturating_sub(self.boot))
    }

    /// Both clocks moved on by the same time.
    #[must_use]
    pub fn plus(&self, time: Duration) -> Self {
        let time = nanos(time);
        Self { boot: self.boot.saturating_add(time), wall: self.wall.saturating_add(time) }
    }

    /// Both clocks as they were a time ago.
    pub(crate) fn minus(&self, time: Duration) -> Self {
        let time = nanos(time);
        Self { boot: self.boot.saturating_sub(time), wall: self.wall.saturating_sub(time) }
    }

    /// How long until `later` by the clock that gets there first; zero when either has passed.
    #[must_use]
    pub fn until(&self, later: &Self) -> Duration {
        Duration::from_nanos(self.nanos_until(later))
    }

    /// As [`Now::until`], in nanoseconds.
    #[inline]
    pub(crate) fn nanos_until(&self, later: &Self) -> u64 {
        let boot = later.boot.saturating_sub(self.boot);
        let wall = later.wall.saturating_sub(self.wall);
        boot.min(wall)
    }
}

/// Nanoseconds of a duration, at most what 64 bits hold (584 years).
pub(crate) fn nanos(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX)
}

/// A time of nanoseconds in seconds.
pub(crate) fn seconds(nanos: u64) -> f64 {
    Duration::from_nanos(nanos).as_secs_f64()
}

/// A time of seconds in nanoseconds, rounded down.
#[allow(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a cast keeps what 64 bits cannot hold at their end"
)]
pub(crate) fn nanos_of(seconds: f64) -> u64 {
    (seconds * 1e9) as u64
}

/// Where the time comes from: the machine, or a [`ManualClock`] in tests.
#[derive(Clone, Debug, Default)]
pub struct Clock(Source);

#[derive(Clone, Debug, Default)]
enum Source {
    #[default]
    System,
    Manual(ManualClock),
}

impl Clock {
    /// The machine's clocks.
    #[must_use]
    pub fn system() -> Self {
        Self(Source::System)
    }

    /// Reads both clocks.
    #[must_use]
    #[inline]
    pub fn now(&self) -> Now {
        match &self.0 {
            Source::System => Now { boot: system::boot_nanos(), wall: system::wall_nanos() },
            Source::Manual(clock) => clock.now(),
        }
    }

    /// Whole seconds since the Unix epoch, without reading the other clock.
    #[must_use]
    #[inline]
    pub fn unix_seconds(&self) -> u64 {
        match &self.0 {
            Source::System => system::wall_nanos() / NANOS_PER_SEC,
            Source::Manual(clock) => clock.now().unix_seconds(),
        }
    }

    /// The time by the machine's clocks, of which a reading of this clock is one unless it is manual.
    #[inline]
    pub(crate) fn of_machine(&self, reading: Now) -> Now {
        if self.is_manual() { Self::system().now() } else { reading }
    }

    /// Whether time moves only when a test says so.
    #[inline]
    pub(crate) fn is_manual(&self) -> bool {
        matches!(self.0, Source::Manual(_))
    }
}

impl From<&ManualClock> for Clock {
    fn from(clock: &ManualClock) -> Self {
        Self(Source::Manual(clock.clone()))
    }
}

/// A clock that moves only when told to, for tests. Clones share one time.
///
/// # Example: a token of the year 2038
///
/// ```
/// use std::time::Duration;
/// use grantmint_core::{Clock, ManualClock};
///
/// let manual = ManualClock::new(Duration::from_secs(2_147_483_648));
/// let clock = Clock::from(&manual);
/// manual.advance(Duration::from_secs(2));
/// assert_eq!(clock.unix_seconds(), 2_147_483_650);
/// ```
#[derive(Clone, Debug)]
pub struct ManualClock(Arc<Times>);

#[derive(Debug)]
struct Times {
    boot: AtomicU64,
    wall: AtomicU64,
}

/// Whole seconds since the Unix epoch by the machine's exact clock, for judging what others
/// have made: by a clock that is late, their token of just now would come from the future.
pub(crate) fn exact_unix_seconds() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |time| time.as_secs())
}

impl ManualClock {
    /// A clock that stands still at the given time since the Unix epoch.
    #[must_use]
    pub fn new(wall: Duration) -> Self {
        // An hour of uptime, so that no test rests on a boot clock at zero.
        let boot = AtomicU64::new(3600 * NANOS_PER_SEC);
        Self(Arc::new(Times { boot, wall: AtomicU64::new(nanos(wall)) }))
    }

    /// Lets time pass.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::time::Duration;
    /// use grantmint_core::ManualClock;
    ///
    /// let clock = ManualClock::new(Duration::from_secs(1_900_000_000));
    /// clock.advance(Duration::from_secs(60));
    /// assert_eq!(clock.now().unix_seconds(), 1_900_000_060);
    /// ```
    pub fn advance(&self, time: Duration) {
        for clock in [&self.0.boot, &self.0.wall] {
            // The end of time is as far as it goes.
            let later = |now: u64| Some(now.saturating_add(nanos(time)));
            let _ = clock.fetch_update(Ordering::SeqCst, Ordering::SeqCst, later);
        }
    }

    /// Puts the machine to sleep for a time and wakes it: boot and wall time have moved on, while
    /// no thread has run and no timer has fired.
    pub fn suspend(&self, time: Duration) {
        self.advance(time);
    }

    /// Steps the wall clock, forward or back, as a time server or an administrator does; time since
    /// boot stays. What is not a number is no step.
    pub fn jump_wall(&self, seconds: f64) {
        if seconds.is_nan() {
            return;
        }
        let step = nanos(Duration::try_from_secs_f64(seconds.abs()).unwrap_or(Duration::MAX));
        let stepped = |wall: u64| {
            let back = seconds.is_sign_negative();
            Some(if back { wall.saturating_sub(step) } else { wall.saturating_add(step) })
        };
        // The closure always gives a value, so the update cannot fail.
        let _ = self.0.wall.fetch_update(Ordering::SeqCst, Ordering::SeqCst, stepped);
    }

    /// Reads both clocks.
    #[must_use]
    pub fn now(&self) -> Now {
        Now { boot: self.0.boot.load(Ordering::SeqCst), wall: self.0.wall.load(Ordering::SeqCst) }
    }
}

/// Linux: the boot-time clock counts sleep; the coarse wall clock costs a tenth of the exact one
/// and is late by a few milliseconds at most, which does not matter to a token.
#[cfg(any(target_os = "linux", target_os = "android"))]
mod system {
    use rustix::time::{ClockId, Timespec, clock_gettime};

    use super::NANOS_PER_SEC;

    #[inline]
    pub(super) fn boot_nanos() -> u64 {
        nanos(clock_gettime(ClockId::Boottime))
    }

    #[inline]
    pub(super) fn wall_nanos() -> u64 {
        nanos(clock_gettime(ClockId::RealtimeCoarse))
    }

    /// A clock set to before 1970 reads as 1970.
    #[inline]
    fn nanos(time: Timespec) -> u64 {
        let seconds = u64::try_from(time.tv_sec).unwrap_or(0);
        let nanos = u64::try_from(time.tv_nsec).unwrap_or(0);
        seconds.saturating_mul(NANOS_PER_SEC).saturating_add(nanos)
    }
}

/// Elsewhere the standard library's monotonic clock counts sleep: it is `mach_continuous_time`'s
/// sibling `CLOCK_MONOTONIC` on Apple's systems (read below) and the performance counter on
/// Windows.
#[cfg(not(any(target_os = "linux", target_os = "android")))]
mod system {
    use super::{SystemTime, UNIX_EPOCH, nanos};

    #[cfg(target_vendor = "apple")]
    pub(super) fn boot_nanos() -> u64 {
        use rustix::time::{ClockId, clock_gettime};
        // On Apple's systems this clock goes on during sleep, while `Instant` does not.
        let time = clock_gettime(ClockId::Monotonic);
        let seconds = u64::try_from(time.tv_sec).unwrap_or(0);
        seconds.saturating_mul(super::NANOS_PER_SEC) + u64::try_from(time.tv_nsec).unwrap_or(0)
    }

    #[cfg(not(target_vendor = "apple"))]
    pub(super) fn boot_nanos() -> u64 {
        use std::sync::OnceLock;
        use std::time::Instant;
        static START: OnceLock<Instant> = OnceLock::new();
        nanos(START.get_or_init(Instant::now).elapsed())
    }

    pub(super) fn wall_nanos() -> u64 {
        SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, nanos)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_manual_clock_moves_as_told() {
        let clock = ManualClock::new(Duration::from_secs(100));
        let start = clock.now();
        clock.suspend(Duration::from_secs(5));
        assert_eq!(clock.now(), start.plus(Duration::from_secs(5)));
        clock.jump_wall(-3.0);
        assert_eq!(clock.now().boot(), start.boot() + Duration::from_secs(5));
        assert_eq!(clock.now().unix_seconds(), 102);
    }

    #[test]
    fn time_left_is_what_the_faster_clock_says() {
        let now = Now::new(Duration::from_secs(10), Duration::from_secs(100));
        let end = now.plus(Duration::from_secs(60));
        assert_eq!(now.until(&end), Duration::from_secs(60));
        let stepped = Now::new(Duration::from_secs(11), Duration::from_secs(130));
        assert_eq!(stepped.until(&end), Duration::from_secs(30));
        let back = Now::new(Duration::from_secs(11), Duration::from_secs(0));
        assert_eq!(back.until(&end), Duration::from_secs(59));
        assert_eq!(end.plus(Duration::from_secs(1)).until(&end), Duration::ZERO);
    }

    /// A process in a time namespace of its own stands for one on a machine that has slept: its clock since boot is
    /// ahead, and the monotonic one, which stands still during a sleep, is not.
    #[cfg(target_os = "linux")]
    #[test]
    fn the_machines_clock_goes_on_while_the_machine_sleeps() {
        const SLEPT: u64 = 1_000_000;
        let boot = Clock::system().now().boot().as_secs();
        if std::env::var_os("GRANTMINT_TEST_SLEPT").is_some() {
            // The harness may have begun a line.
            println!("\nsays {boot}");
            return;
        }
        let name = "clock::tests::the_machines_clock_goes_on_while_the_machine_sleeps";
        let slept = std::process::Command::new("unshare")
            .args(["--user", "--map-root-user", "--time", "--boottime", &SLEPT.to_string()])
            .arg(std::env::current_exe().unwrap())
            .args(["--exact", name, "--nocapture"])
            .env("GRANTMINT_TEST_SLEPT", "1")
            .output();
        let said =
            slept.map(|output| String::from_utf8(output.stdout).unwrap()).unwrap_or_default();
        let Some(later) = said.lines().find_map(|line| line.strip_prefix("says ")) else {
            println!("not tried: this system lets nobody make a time namespace");
            return;
        };
        assert!(later.parse::<u64>().unwrap() >= boot + SLEPT, "{later} after {boot}");
    }

    #[test]
    fn the_machine_has_both_clocks() {
        let clock = Clock::system();
        let (first, second) = (clock.now(), clock.now());
        assert!(second.boot() >= first.boot());
        assert!(first.unix_seconds() > 1_700_000_000);
    }
}
