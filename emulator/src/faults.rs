//! Faults: the ways in which the endpoint can be made to fail.

use hyper::header::HeaderValue;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::clock::MAX_OFFSET_S;
use crate::grant::MAX_PADDED_BYTES;
use crate::sid::is_sid;

/// A fault rule for the PlaybackGrant endpoint: what happens, how often, and to whom.
///
/// As JSON it is one flat object: `{"kind": "status", "status": 503, "times": 2}`. Names that the kind
/// does not have are refused.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Map<String, Value>")]
pub struct Fault {
    /// What happens.
    #[serde(flatten)]
    pub kind: FaultKind,
    /// How many calls it happens to; without end if absent. A call uses one up as it comes in, even if
    /// it is then refused for a reason of its own.
    pub times: Option<u32>,
    /// The PlayerStreamer it happens to, in whatever case; any if absent.
    pub streamer: Option<String>,
}

/// What a fault does. `Latency`, `ClockOffset`, `NoDate` and `ProxyDate` combine with each other and with one fault
/// of any other kind; of those others, the first that matches is the one that happens.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum FaultKind {
    /// Answers later, by `ms` and up to `jitter_ms` more.
    Latency {
        /// Milliseconds.
        ms: u64,
        /// Up to this many milliseconds more, drawn at random.
        #[serde(default)]
        jitter_ms: u64,
    },
    /// The clock is off by `s` seconds while this rule stands: `Date`, `date_created`, the URL token's
    /// `exp`, and the clock that plays and joins are judged by.
    ClockOffset {
        /// Seconds; negative is behind.
        s: i64,
    },
    /// Answers without a `Date` header.
    NoDate,
    /// A proxy on the way writes the `Date` header, by a clock of its own.
    ProxyDate {
        /// By how many seconds that is ahead; negative is behind.
        s: i64,
    },
    /// Answers with this status and an error body.
    Status {
        /// The HTTP status, 200 to 599.
        status: u16,
        /// The number in the body; by default the one that goes with the status.
        #[serde(default)]
        code: Option<u32>,
        /// The message in the body.
        #[serde(default)]
        message: Option<String>,
        /// Seconds in `Retry-After`; no such header if absent.
        #[serde(default)]
        retry_after: Option<u32>,
    },
    /// Answers 429, whatever the account's limit.
    Throttle {
        /// Seconds to wait; no `Retry-After` if absent.
        #[serde(default)]
        retry_after: Option<u32>,
        /// How the header says it.
        #[serde(default)]
        form: RetryAfterForm,
        /// The header's value if `form` is raw.
        #[serde(default)]
        raw: Option<String>,
    },
    /// Redirects.
    Redirect {
        /// A status of 300 to 399.
        #[serde(default = "found")]
        status: u16,
        /// Where to.
        location: String,
    },
    /// Closes the connection with no answer.
    CutBefore,
    /// Promises the whole body, sends half of it, and closes.
    CutBody,
    /// Sends the body in pieces.
    SlowBody {
        /// Bytes in a piece.
        bytes: usize,
        /// Milliseconds between pieces.
        every_ms: u64,
    },
    /// Takes the call and never answers; closes after `ms` if given.
    Stall {
        /// Milliseconds until the connection is closed.
        #[serde(default)]
        ms: Option<u64>,
    },
    /// Answers with bytes that are not HTTP.
    GarbageBytes,
    /// 201 with a body that is not JSON.
    NotJson,
    /// 201 with no body.
    EmptyBody,
    /// 201 without the field `grant`.
    NoGrant,
    /// 201 with the grant as a string of JSON.
    StringGrant,
    /// 201 with `"grant": null`.
    NullGrant,
    /// 201 with the grant in an array.
    ArrayGrant,
    /// 201 with a grant padded to this many bytes.
    Oversize {
        /// Bytes.
        bytes: usize,
    },
    /// 201 with the first half of the JSON, ended properly.
    TruncatedJson,
    /// A URL token that ends sooner than the `Ttl` asked for.
    ShortGrant {
        /// Seconds from now; 0 or less has ended already.
        lifetime_s: i64,
    },
    /// A playback URL whose token is no JSON Web Token, as in Twilio's test fixtures.
    OpaqueUrl,
    /// The right body under another status.
    WrongStatus {
        /// The HTTP status, 200 to 599.
        status: u16,
    },
}

/// How the `Retry-After` of a throttle fault says its seconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RetryAfterForm {
    /// As a number of seconds.
    #[default]
    Seconds,
    /// As an HTTP-date.
    Date,
    /// As the text given.
    Raw,
}

impl Fault {
    /// A fault that happens to every call.
    pub fn new(kind: FaultKind) -> Self {
        Self { kind, times: None, streamer: None }
    }

    /// The same, but only `times` times.
    #[must_use]
    pub fn times(self, times: u32) -> Self {
        Self { times: Some(times), ..self }
    }

    /// The same, but only for one PlayerStreamer.
    #[must_use]
    pub fn streamer(self, sid: &str) -> Self {
        Self { streamer: Some(sid.to_owned()), ..self }
    }

    /// Says what is wrong with this rule, if anything.
    pub(crate) fn check(&self) -> Result<(), String> {
        if self.streamer.as_ref().is_some_and(|sid| !is_sid(sid, "VJ")) {
            return Err("streamer must be VJ and 32 hexadecimal digits".to_owned());
        }
        if self.streamer.is_some() && matches!(self.kind, FaultKind::ClockOffset { .. }) {
            return Err("there is one clock for all streamers".to_owned());
        }
        self.kind.check()
    }
}

impl FaultKind {
    /// [`FaultKind::Status`] with the code and message that go with the status.
    pub fn status(status: u16) -> Self {
        Self::Status { status, code: None, message: None, retry_after: None }
    }

    /// [`FaultKind::Status`] 503 with `Retry-After` in seconds.
    pub fn down_for(seconds: u32) -> Self {
        Self::Status { status: 503, code: None, message: None, retry_after: Some(seconds) }
    }

    /// [`FaultKind::Throttle`] with `Retry-After` in seconds, or without it.
    pub fn throttle(retry_after: Option<u32>) -> Self {
        Self::Throttle { retry_after, form: RetryAfterForm::Seconds, raw: None }
    }

    /// [`FaultKind::Latency`] without jitter.
    pub fn latency(ms: u64) -> Self {
        Self::Latency { ms, jitter_ms: 0 }
    }

    /// Whether it goes along with other faults instead of standing for the one that happens.
    pub(crate) fn combines(&self) -> bool {
        matches!(
            self,
            Self::Latency { .. } | Self::ClockOffset { .. } | Self::NoDate | Self::ProxyDate { .. }
        )
    }

    fn check(&self) -> Result<(), String> {
        let is_header = |text: &str| HeaderValue::from_str(text).is_ok();
        let wrong = match self {
            Self::Status { status, .. } | Self::WrongStatus { status } => {
                (!(200..=599).contains(status)).then_some("status must be 200 to 599")
            }
            Self::Redirect { status, .. } if !(300..=399).contains(status) => {
                Some("status must be 300 to 399")
            }
            Self::Redirect { location, .. } if !is_header(location) => {
                Some("location cannot stand in a header")
            }
            Self::Throttle { raw: Some(raw), .. } if !is_header(raw) => {
                Some("raw cannot stand in a header")
            }
            Self::Throttle { form, raw, .. } if raw.is_some() != (*form == RetryAfterForm::Raw) => {
                Some("raw goes with the form raw")
            }
            Self::SlowBody { bytes: 0, .. } => Some("bytes must be at least 1"),
            Self::Oversize { bytes } if *bytes > MAX_PADDED_BYTES => Some("bytes are too many"),
            Self::ClockOffset { s }
            | Self::ProxyDate { s }
            | Self::ShortGrant { lifetime_s: s }
                if s.unsigned_abs() > MAX_OFFSET_S.unsigned_abs() =>
            {
                Some("that is more than ten years")
            }
            _ => None,
        };
        wrong.map_or(Ok(()), |text| Err(text.to_owned()))
    }
}

impl TryFrom<Map<String, Value>> for Fault {
    type Error = String;

    fn try_from(mut fields: Map<String, Value>) -> Result<Self, String> {
        let text = |error: serde_json::Error| error.to_string();
        let mut take = |name| fields.remove(name).unwrap_or_default();
        let times = serde_json::from_value(take("times")).map_err(text)?;
        let streamer = serde_json::from_value(take("streamer")).map_err(text)?;
        let kind = FaultKind::deserialize(&Value::Object(fields.clone())).map_err(text)?;
        // A misspelt name would otherwise pass silently: serde checks no names of flattened fields.
        let known = serde_json::to_value(&kind).map_err(text)?;
        if let Some(name) = fields.keys().find(|name| known.get(name.as_str()).is_none()) {
            return Err(format!("unknown field {name:?}"));
        }
        let fault = Self { kind, times, streamer };
        fault.check().map(|()| fault)
    }
}

fn found() -> u16 {
    302
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(json: &str) -> Result<Fault, serde_json::Error> {
        serde_json::from_str(json)
    }

    #[test]
    fn one_flat_object_there_and_back() {
        let fault = read(r#"{"kind":"status","status":503,"times":2}"#).unwrap();
        assert_eq!(fault, Fault::new(FaultKind::status(503)).times(2));
        let throttle = r#"{"kind":"throttle","retry_after":7,"form":"date"}"#;
        let again = serde_json::to_string(&read(throttle).unwrap()).unwrap();
        assert_eq!(read(&again).unwrap(), read(throttle).unwrap());
        assert_eq!(read(r#"{"kind":"no_date"}"#).unwrap(), Fault::new(FaultKind::NoDate));
    }

    #[test]
    fn mistakes_are_refused() {
        for json in [
            r#"{}"#,
            r#"{"kind":"explode"}"#,
            r#"{"kind":"status"}"#,
            r#"{"kind":"status","status":99}"#,
            r#"{"kind":"status","status":503,"time":2}"#,
            r#"{"kind":"cut_before","after":1}"#,
            r#"{"kind":"cut_before","times":-1}"#,
            r#"{"kind":"cut_before","streamer":"VJ1"}"#,
            r#"{"kind":"redirect","location":"/a","status":200}"#,
            r#"{"kind":"redirect","location":"a\nb"}"#,
            r#"{"kind":"throttle","form":"raw"}"#,
            r#"{"kind":"slow_body","bytes":0,"every_ms":1}"#,
            r#"{"kind":"clock_offset","s":9999999999}"#,
            r#"{"kind":"proxy_date","s":-9999999999}"#,
        ] {
            assert!(read(json).is_err(), "{json}");
        }
    }
}
