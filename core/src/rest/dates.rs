//! Points in time as services write them, since the Unix epoch. A date without a zone is none.

use std::time::Duration;

const DAY: i64 = 86_400;
const MONTHS: [&str; 12] =
    ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

/// `2026-11-30T01:02:03.5Z`, or with `+01:00` in place of `Z`. A fraction of a second is cut off.
pub(super) fn iso8601(text: &str) -> Option<Duration> {
    let (date, rest) = text.split_at_checked(10)?;
    let rest = rest.strip_prefix(['T', 't', ' '])?;
    let end = rest.find(['Z', 'z', '+', '-'])?;
    let (time, zone) = rest.split_at(end);
    let [year, month, day] = numbers(date, '-', [4, 2, 2])?;
    let (time, fraction) = time.split_once('.').unwrap_or((time, "0"));
    if fraction.is_empty() || !is_digits(fraction) {
        return None;
    }
    since_epoch([year, month, day], time, zone)
}

/// `Mon, 30 Nov 2026 01:02:03 +0000`, with or without the day of the week; `GMT` is a zone, too.
pub(super) fn rfc2822(text: &str) -> Option<Duration> {
    let rest = text.split_once(',').map_or(text, |(_, rest)| rest);
    let [day, month, year, time, zone] =
        <[&str; 5]>::try_from(rest.split_ascii_whitespace().collect::<Vec<_>>()).ok()?;
    let month = month.to_ascii_lowercase();
    let month = MONTHS.iter().position(|name| *name == month)?;
    let day = number(day).filter(|_| day.len() <= 2)?;
    let year = number(year).filter(|_| year.len() == 4)?;
    let time = if time.len() == 5 { format!("{time}:00") } else { time.to_owned() };
    since_epoch([year, i64::try_from(month).ok()? + 1, day], &time, zone)
}

fn since_epoch(date: [i64; 3], time: &str, zone: &str) -> Option<Duration> {
    let [hour, minute, second] = numbers(time, ':', [2, 2, 2])?;
    // A leap second is the next one.
    if hour > 23 || minute > 59 || second > 60 {
        return None;
    }
    let local = days(date)? * DAY + hour * 3600 + minute * 60 + second;
    u64::try_from(local - offset(zone)?).ok().map(Duration::from_secs)
}

/// How many seconds a zone is ahead.
fn offset(zone: &str) -> Option<i64> {
    if matches!(zone, "Z" | "z" | "GMT" | "UT" | "UTC") {
        return Some(0);
    }
    let (sign, rest) = match zone.split_at_checked(1)? {
        ("+", rest) => (1, rest),
        ("-", rest) => (-1, rest),
        _ => return None,
    };
    let digits = rest.replacen(':', "", 1);
    let (hours, minutes) = digits.split_at_checked(2)?;
    let (hours, minutes) = (number(hours)?, number(minutes).filter(|_| digits.len() == 4)?);
    (hours <= 23 && minutes <= 59).then_some(sign * (hours * 3600 + minutes * 60))
}

/// The days from the epoch to a date that there is.
fn days([year, month, day]: [i64; 3]) -> Option<i64> {
    let is_leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let length = match month {
        2 => 28 + i64::from(is_leap),
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => return None,
    };
    if !(1970..=9999).contains(&year) || !(1..=length).contains(&day) {
        return None;
    }
    // Years begin in March, so that the day that some of them lack is their last.
    let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let of_years = 365 * year + year / 4 - year / 100 + year / 400;
    Some(of_years + (153 * month + 2) / 5 + day - 719_469)
}

fn numbers<const N: usize>(text: &str, between: char, lengths: [usize; N]) -> Option<[i64; N]> {
    let parts: [&str; N] = text.split(between).collect::<Vec<_>>().try_into().ok()?;
    let mut numbers = [0; N];
    for (index, part) in parts.into_iter().enumerate() {
        numbers[index] = number(part).filter(|_| part.len() == lengths[index])?;
    }
    Some(numbers)
}

fn number(text: &str) -> Option<i64> {
    text.parse().ok().filter(|_| is_digits(text))
}

fn is_digits(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn points_in_time_are_read_with_their_zones() {
        for (text, seconds) in [
            ("1970-01-01T00:00:00Z", 0),
            ("2000-02-29T12:00:00Z", 951_825_600),
            ("2026-11-30T01:02:03Z", 1_796_000_523),
            ("2026-11-30T01:02:03.999999999Z", 1_796_000_523),
            ("2026-11-30 02:02:03+01:00", 1_796_000_523),
            ("2026-11-29T19:32:03-0530", 1_796_000_523),
            ("9999-12-31T23:59:59Z", 253_402_300_799),
        ] {
            assert_eq!(iso8601(text).map(|time| time.as_secs()), Some(seconds), "{text}");
        }
        for (text, seconds) in [
            ("Wed, 20 Aug 2014 23:11:11 +0000", 1_408_576_271),
            ("20 Aug 2014 23:11:11 GMT", 1_408_576_271),
            ("Thu, 21 Aug 2014 01:11 +0200", 1_408_576_260),
        ] {
            assert_eq!(rfc2822(text).map(|time| time.as_secs()), Some(seconds), "{text}");
        }
    }

    #[test]
    fn what_is_no_point_in_time_is_none() {
        for text in [
            "",
            "soon",
            "2026-11-30",
            "2026-11-30T01:02:03",
            "2026-11-31T00:00:00Z",
            "2026-02-29T00:00:00Z",
            "2026-13-01T00:00:00Z",
            "2026-11-30T24:00:00Z",
            "2026-11-30T01:02:03.Z",
            "2026-11-30T01:02:03+1",
            "2026-11-30T01:02:03 PST",
            "1969-12-31T23:59:59Z",
            "2026-11-30T01:02Z",
            "+026-11-30T01:02:03Z",
            "2026-11-30T01:02:03åZ",
        ] {
            assert_eq!(iso8601(text), None, "{text}");
        }
        for text in [
            "Wed, 20 Aug 2014 23:11:11",
            "20 Foo 2014 23:11:11 GMT",
            "20 Aug 14 23:11:11 GMT",
            "soon",
        ] {
            assert_eq!(rfc2822(text), None, "{text}");
        }
    }
}
