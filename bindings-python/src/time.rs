//! Reads durations and points in time, in every form that Python has for them.

use std::time::Duration;

use grantmint_core::ErrorKind;
use pyo3::prelude::*;
use pyo3::types::PyFloat;

use crate::argument::{Argument, Kind};
use crate::error::invalid;
use crate::number::{float, refuse_bool, shown, whole};

/// A duration, 0 or more: seconds as a number, or a `timedelta`.
pub(crate) type Seconds<'a> = Argument<'a, OfSeconds>;

pub(crate) struct OfSeconds;

impl Kind for OfSeconds {
    type Value<'a> = Duration;

    const NEEDED: &'static str = "seconds (int, float or timedelta)";

    fn convert<'a>(value: Borrowed<'a, 'a, PyAny>, name: &str) -> PyResult<Duration> {
        duration(seconds(value, name)?, name)
    }
}

/// A duration that may be negative: seconds as a number, or a `timedelta`.
pub(crate) type Step<'a> = Argument<'a, OfStep>;

pub(crate) struct OfStep;

impl Kind for OfStep {
    type Value<'a> = f64;

    const NEEDED: &'static str = OfSeconds::NEEDED;

    fn convert<'a>(value: Borrowed<'a, 'a, PyAny>, name: &str) -> PyResult<f64> {
        seconds(value, name)
    }
}

/// The lifetime of a grant as a source says it: any number of seconds, or a `timedelta`. Core says which
/// it may be.
pub(crate) type AnswerTtl<'a> = Argument<'a, OfAnswerTtl>;

pub(crate) struct OfAnswerTtl;

impl Kind for OfAnswerTtl {
    type Value<'a> = f64;

    const NEEDED: &'static str = OfSeconds::NEEDED;

    fn convert<'a>(value: Borrowed<'a, 'a, PyAny>, name: &str) -> PyResult<f64> {
        any_seconds(value, name)
    }

    fn advice(value: Borrowed<'_, '_, PyAny>, _name: &str) -> &'static str {
        let text = value.extract::<String>().unwrap_or_default();
        let is_number = text.trim().parse::<f64>().is_ok();
        if is_number { ": write float(…)" } else { "" }
    }
}

/// The lifetime of a token or a grant: whole seconds, or a `timedelta` of whole seconds.
pub(crate) type Ttl<'a> = Argument<'a, OfTtl>;

pub(crate) struct OfTtl;

impl Kind for OfTtl {
    type Value<'a> = u64;

    const NEEDED: &'static str = "whole seconds (int or timedelta)";

    fn convert<'a>(value: Borrowed<'a, 'a, PyAny>, name: &str) -> PyResult<u64> {
        let refused = |what: String| invalid(ErrorKind::InvalidTtl, name, what);
        let not_whole = |came: &str| refused(format!("must be {}, not {came}", Self::NEEDED));
        let negative = |came: String| refused(format!("must be 1 second or more, not {came}"));
        if let Ok(total) = value.getattr("total_seconds") {
            let seconds = float(total.call0()?.as_borrowed())?;
            return match Duration::try_from_secs_f64(seconds) {
                Err(_) if seconds < 0.0 => Err(negative(plain(seconds))),
                Ok(time) if time.subsec_nanos() > 0 => Err(not_whole("a fraction")),
                time => Ok(time.unwrap_or(Duration::MAX).as_secs()),
            };
        }
        if value.is_instance_of::<PyFloat>() {
            return Err(not_whole("float"));
        }
        refuse_bool(value, name, Self::NEEDED, ErrorKind::InvalidTtl)?;
        whole(value)?.ok_or_else(|| negative(shown(value)))
    }
}

/// A point in time: Unix seconds, or a `datetime` with a time zone.
pub(crate) type UnixSeconds<'a> = Argument<'a, OfUnixSeconds>;

pub(crate) struct OfUnixSeconds;

impl Kind for OfUnixSeconds {
    type Value<'a> = u64;

    const NEEDED: &'static str = "Unix seconds (int) or a datetime with a time zone";

    fn convert<'a>(value: Borrowed<'a, 'a, PyAny>, name: &str) -> PyResult<u64> {
        let refused = |what: &str| invalid(ErrorKind::InvalidArgument, name, what);
        let before_1970 = |came: &str| refused(&format!("must be 1970 or later, not {came}"));
        if let Ok(timestamp) = value.getattr("timestamp") {
            if value.getattr("tzinfo")?.is_none() {
                return Err(refused("must have a time zone, as datetime.now(timezone.utc) has"));
            }
            let seconds: f64 = timestamp.call0()?.extract()?;
            let time = Duration::try_from_secs_f64(seconds);
            return time.map(|time| time.as_secs()).map_err(|_| before_1970("an earlier datetime"));
        }
        refuse_bool(value, name, Self::NEEDED, ErrorKind::InvalidArgument)?;
        whole(value)?.ok_or_else(|| before_1970(&shown(value)))
    }
}

/// The seconds of a number or a `timedelta`.
fn seconds(value: Borrowed<'_, '_, PyAny>, name: &str) -> PyResult<f64> {
    let seconds = any_seconds(value, name)?;
    if seconds.is_nan() {
        let what = "must be a number of seconds, not NaN";
        return Err(invalid(ErrorKind::InvalidArgument, name, what));
    }
    Ok(seconds)
}

/// As [`seconds`]; NaN is one, too.
fn any_seconds(value: Borrowed<'_, '_, PyAny>, name: &str) -> PyResult<f64> {
    refuse_bool(value, name, OfSeconds::NEEDED, ErrorKind::InvalidArgument)?;
    match float(value) {
        Ok(seconds) => Ok(seconds),
        Err(no_number) => match value.getattr("total_seconds") {
            Ok(total) => float(total.call0()?.as_borrowed()),
            Err(_) => Err(no_number),
        },
    }
}

/// Seconds in a message.
pub(crate) fn plain(seconds: f64) -> String {
    let text = format!("{seconds:?}");
    text.strip_suffix(".0").map(str::to_owned).unwrap_or(text)
}

/// Seconds as a duration. What is too long for a `Duration` becomes the longest one, which core
/// refuses.
fn duration(seconds: f64, name: &str) -> PyResult<Duration> {
    if seconds < 0.0 {
        let what = format!("must be 0 seconds or more, not {}", plain(seconds));
        return Err(invalid(ErrorKind::InvalidArgument, name, what));
    }
    Ok(Duration::try_from_secs_f64(seconds).unwrap_or(Duration::MAX))
}
