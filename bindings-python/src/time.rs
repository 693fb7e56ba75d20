//! Reads durations and points in time, in every form that Python has for them.

use std::time::Duration;

use grantmint_core::ErrorKind;
use pyo3::prelude::*;
use pyo3::types::PyFloat;

use crate::argument::{Argument, Kind};
use crate::error::invalid;
use crate::number::{float, refuse_bool, whole};

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

/// The lifetime of a token or a grant: whole seconds, or a `timedelta` of whole seconds.
pub(crate) type Ttl<'a> = Argument<'a, OfTtl>;

pub(crate) struct OfTtl;

impl Kind for OfTtl {
    type Value<'a> = u64;

    const NEEDED: &'static str = "whole seconds (int or timedelta)";

    fn convert<'a>(value: Borrowed<'a, 'a, PyAny>, name: &str) -> PyResult<u64> {
        let refused = |what: &str| {
            Err(invalid(
                ErrorKind::InvalidTtl,
                format!("{name} must be {}, not {what}", Self::NEEDED),
            ))
        };
        if let Ok(total) = value.getattr("total_seconds") {
            let time = duration(float(total.call0()?.as_borrowed())?, name)?;
            return if time.subsec_nanos() > 0 {
                refused("a fraction")
            } else {
                Ok(time.as_secs())
            };
        }
        if value.is_instance_of::<PyFloat>() {
            return refused("float");
        }
        refuse_bool(value, name, Self::NEEDED, ErrorKind::InvalidTtl)?;
        // A negative ttl becomes 0, which core refuses.
        Ok(whole(value)?.unwrap_or(0))
    }
}

/// A point in time: Unix seconds, or a `datetime` with a time zone.
pub(crate) type UnixSeconds<'a> = Argument<'a, OfUnixSeconds>;

pub(crate) struct OfUnixSeconds;

impl Kind for OfUnixSeconds {
    type Value<'a> = u64;

    const NEEDED: &'static str = "Unix seconds (int) or a datetime with a time zone";

    fn convert<'a>(value: Borrowed<'a, 'a, PyAny>, name: &str) -> PyResult<u64> {
        let refused =
            |what: &str| invalid(ErrorKind::InvalidArgument, format!("{name} must {what}"));
        let before_1970 = || refused("not be before 1970");
        if let Ok(timestamp) = value.getattr("timestamp") {
            if value.getattr("tzinfo")?.is_none() {
                return Err(refused("have a time zone, such as timezone.utc"));
            }
            let seconds: f64 = timestamp.call0()?.extract()?;
            let time = Duration::try_from_secs_f64(seconds);
            return time.map(|time| time.as_secs()).map_err(|_| before_1970());
        }
        refuse_bool(value, name, Self::NEEDED, ErrorKind::InvalidArgument)?;
        whole(value)?.ok_or_else(before_1970)
    }
}

/// The seconds of a number or a `timedelta`.
fn seconds(value: Borrowed<'_, '_, PyAny>, name: &str) -> PyResult<f64> {
    refuse_bool(value, name, OfSeconds::NEEDED, ErrorKind::InvalidArgument)?;
    let seconds = match float(value) {
        Ok(seconds) => seconds,
        Err(no_number) => match value.getattr("total_seconds") {
            Ok(total) => float(total.call0()?.as_borrowed())?,
            Err(_) => return Err(no_number),
        },
    };
    if seconds.is_nan() {
        let message = format!("{name} must be a number of seconds, not NaN");
        return Err(invalid(ErrorKind::InvalidArgument, message));
    }
    Ok(seconds)
}

/// Seconds as a duration. What is too long for a `Duration` becomes the longest one, which core
/// refuses.
fn duration(seconds: f64, name: &str) -> PyResult<Duration> {
    if seconds < 0.0 {
        let message = format!("{name} must be 0 seconds or more");
        return Err(invalid(ErrorKind::InvalidArgument, message));
    }
    Ok(Duration::try_from_secs_f64(seconds).unwrap_or(Duration::MAX))
}
