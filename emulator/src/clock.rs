//! The emulator's clock: the machine's, plus an offset that a fault may set.

use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// The largest offset in seconds. It keeps every date within what an HTTP-date can say.
pub(crate) const MAX_OFFSET_S: i64 = 10 * 365 * 86_400;

/// Tells the time in unix seconds, off by as much as it was told.
#[derive(Default)]
pub(crate) struct Clock {
    offset_s: AtomicI64,
}

impl Clock {
    pub(crate) fn now(&self) -> i64 {
        self.true_now() + self.offset_s.load(Ordering::Relaxed)
    }

    pub(crate) fn set_offset(&self, seconds: i64) {
        self.offset_s.store(seconds, Ordering::Relaxed);
    }

    /// Without the offset; used where a call carries an offset of its own.
    pub(crate) fn true_now(&self) -> i64 {
        i64::try_from(since_epoch().as_secs()).unwrap_or(i64::MAX)
    }
}

/// The machine's time in unix milliseconds, for the counters.
pub(crate) fn unix_millis() -> u64 {
    u64::try_from(since_epoch().as_millis()).unwrap_or(u64::MAX)
}

/// `unix` as an HTTP-date, held within the years that one can say.
pub(crate) fn http_date(unix: i64) -> String {
    const END_OF_9999: u64 = 253_402_300_799;
    let seconds = u64::try_from(unix).unwrap_or(0).min(END_OF_9999);
    httpdate::fmt_http_date(UNIX_EPOCH + Duration::from_secs(seconds))
}

/// `unix` in ISO 8601 with whole seconds, the form of `date_created`.
pub(crate) fn iso_date(unix: i64) -> String {
    let (year, month, day) = civil_date(unix.div_euclid(86_400));
    let second = unix.rem_euclid(86_400);
    let (hour, minute, second) = (second / 3600, second / 60 % 60, second % 60);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z")
}

fn since_epoch() -> Duration {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default()
}

/// Year, month and day of a day counted from 1970-01-01. The year is taken to begin in March, so that
/// the leap day comes last.
fn civil_date(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let era = days.div_euclid(146_097);
    let day_of_era = days.rem_euclid(146_097);
    let year_of_era =
        (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
    (year_of_era + era * 400 + i64::from(month <= 2), month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_right_across_leap_days() {
        assert_eq!(iso_date(0), "1970-01-01T00:00:00Z");
        assert_eq!(iso_date(951_782_399), "2000-02-28T23:59:59Z");
        assert_eq!(iso_date(951_782_400), "2000-02-29T00:00:00Z");
        assert_eq!(iso_date(1_619_087_454), "2021-04-22T10:30:54Z");
        assert_eq!(iso_date(4_107_542_400), "2100-03-01T00:00:00Z");
        assert_eq!(http_date(1_619_087_454), "Thu, 22 Apr 2021 10:30:54 GMT");
    }

    #[test]
    fn an_offset_moves_the_clock() {
        let clock = Clock::default();
        clock.set_offset(-3600);
        let behind = clock.true_now() - clock.now();
        assert!((3599..=3601).contains(&behind));
    }
}
