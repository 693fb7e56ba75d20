//! Reads durations and points in time, in every form that Python has for them.

use std::time::Duration;

use grantmint_core::ErrorKind;
use pyo3::prelude::*;
use pyo3::types::PyFloat;

use crate::error::invalid;
use crate::number::{Number, whole};

/// A duration, 0 or more: seconds as a number, or a `timedelta`.
#[derive(Clone, Copy)]
pub(crate) struct Seconds(pub(crate) Duration);

impl<'a, 'py> FromPyObject<'a, 'py> for Seconds {
    type Error = PyErr;

    fn extract(value: Borrowed<'a, 'py, PyAny>) -> PyResult<Self> {
        let Step(seconds) = value.extract()?;
        if seconds < 0.0 {
            return Err(invalid(ErrorKind::InvalidArgument, "a time must be 0 seconds or more"));
        }
        // What is too long for a `Duration` becomes the longest one, which core refuses.
        Ok(Self(Duration::try_from_secs_f64(seconds).unwrap_or(Duration::MAX)))
    }
}

/// A duration that may be negative: seconds as a number, or a `timedelta`.
#[derive(Clone, Copy)]
pub(crate) struct Step(pub(crate) f64);

impl<'a, 'py> FromPyObject<'a, 'py> for Step {
    type Error = PyErr;

    fn extract(value: Borrowed<'a, 'py, PyAny>) -> PyResult<Self> {
        let Number(seconds) = match value.extract() {
            Ok(seconds) => seconds,
            Err(no_number) => match value.getattr("total_seconds") {
                Ok(total) => total.call0()?.extract()?,
                Err(_) => return Err(no_number),
            },
        };
        if seconds.is_nan() {
            return Err(invalid(ErrorKind::InvalidArgument, "a time must be a number, not NaN"));
        }
        Ok(Self(seconds))
    }
}

/// The life of a token or a grant: whole seconds, or a `timedelta` of whole seconds.
#[derive(Clone, Copy)]
pub(crate) struct Ttl(pub(crate) u64);

impl<'a, 'py> FromPyObject<'a, 'py> for Ttl {
    type Error = PyErr;

    fn extract(value: Borrowed<'a, 'py, PyAny>) -> PyResult<Self> {
        if let Ok(total) = value.getattr("total_seconds") {
            let Seconds(time) = total.call0()?.extract()?;
            if time.subsec_nanos() > 0 {
                return Err(invalid(ErrorKind::InvalidTtl, "a ttl must be whole seconds"));
            }
            return Ok(Self(time.as_secs()));
        }
        if value.is_instance_of::<PyFloat>() {
            return Err(invalid(ErrorKind::InvalidTtl, "a ttl must be an int or a timedelta"));
        }
        // A negative ttl becomes 0, which core refuses.
        Ok(Self(whole(value, ErrorKind::InvalidTtl)?.unwrap_or(0)))
    }
}

/// A point in time: Unix seconds, or a `datetime` with a time zone.
#[derive(Clone, Copy)]
pub(crate) struct UnixSeconds(pub(crate) u64);

impl<'a, 'py> FromPyObject<'a, 'py> for UnixSeconds {
    type Error = PyErr;

    fn extract(value: Borrowed<'a, 'py, PyAny>) -> PyResult<Self> {
        if let Ok(timestamp) = value.getattr("timestamp") {
            if value.getattr("tzinfo")?.is_none() {
                return Err(invalid(
                    ErrorKind::InvalidArgument,
                    "a datetime must have a time zone, such as timezone.utc",
                ));
            }
            let seconds: f64 = timestamp.call0()?.extract()?;
            return match Duration::try_from_secs_f64(seconds) {
                Ok(time) => Ok(Self(time.as_secs())),
                Err(_) => Err(before_1970()),
            };
        }
        whole(value, ErrorKind::InvalidArgument)?.map(Self).ok_or_else(before_1970)
    }
}

fn before_1970() -> PyErr {
    invalid(ErrorKind::InvalidArgument, "a point in time must not be before 1970")
}
