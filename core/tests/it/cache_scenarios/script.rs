//! What stands in the file. The file's own `schema` says what the fields mean.

use std::collections::BTreeMap;
use std::time::Duration;

use grantmint_core::CachePolicy;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer};
use serde_json::{Map, Value};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Script {
    #[serde(rename = "about")]
    _about: Vec<String>,
    #[serde(default, rename = "schema")]
    _schema: BTreeMap<String, BTreeMap<String, String>>,
    pub(crate) scenarios: Vec<Scenario>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Scenario {
    pub(crate) name: String,
    pub(crate) trap: String,
    pub(crate) policy: Policy,
    pub(crate) steps: Vec<Step>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Policy {
    jitter: Option<f64>,
    wait_below: Option<f64>,
    soft_point: Option<f64>,
    safety_margin: Option<f64>,
    fetch_timeout: Option<f64>,
    max_keys: Option<usize>,
    session: Option<f64>,
}

impl Policy {
    pub(crate) fn build(&self) -> CachePolicy {
        let mut policy = CachePolicy::builder();
        if let Some(jitter) = self.jitter {
            policy = policy.jitter(jitter);
        }
        if let Some(time) = self.wait_below {
            policy = policy.wait_below(Duration::from_secs_f64(time));
        }
        if let Some(time) = self.soft_point {
            policy = policy.soft_point(Duration::from_secs_f64(time));
        }
        if let Some(time) = self.safety_margin {
            policy = policy.safety_margin(Duration::from_secs_f64(time));
        }
        if let Some(time) = self.fetch_timeout {
            policy = policy.fetch_timeout(Duration::from_secs_f64(time));
        }
        if let Some(keys) = self.max_keys {
            policy = policy.max_keys(keys);
        }
        if let Some(time) = self.session {
            policy = policy.session(Duration::from_secs_f64(time));
        }
        policy.build().unwrap()
    }
}

#[derive(Debug)]
pub(crate) struct Step {
    pub(crate) at: Option<f64>,
    pub(crate) op: Op,
    pub(crate) expect: Expect,
}

impl<'de> Deserialize<'de> for Step {
    /// `at` and `expect` belong to every step; the rest has to fit its op to the last field.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut fields = Map::deserialize(deserializer)?;
        let mut take = |name| fields.remove(name).unwrap_or_default();
        let at = Option::deserialize(take("at")).map_err(D::Error::custom)?;
        let expect = Option::deserialize(take("expect")).map_err(D::Error::custom)?;
        let op = Op::deserialize(Value::Object(fields)).map_err(D::Error::custom)?;
        Ok(Self { at, op, expect: expect.unwrap_or_default() })
    }
}

#[derive(Debug, Deserialize)]
#[serde(tag = "op", rename_all = "snake_case", deny_unknown_fields)]
pub(crate) enum Op {
    Get(Ask),
    Try(Ask),
    Prefetch { caller: String, streamer: String },
    Poll { caller: String },
    Start { caller: String },
    Complete { caller: String, grant: Option<String>, ttl: Option<f64> },
    Fail { caller: String, code: String, retry_after: Option<f64> },
    Abandon { caller: String },
    Result { caller: String },
    GiveUp { caller: String },
    KeepWarm { streamer: String, seconds: f64 },
    NextWakeup {},
    Invalidate { streamer: String },
    InvalidateIf { streamer: String, seen_by: String },
    Purge {},
    Rotate {},
    Fork {},
    Advance { seconds: f64 },
    Suspend { seconds: f64 },
    JumpWall { seconds: f64 },
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Ask {
    pub(crate) caller: String,
    pub(crate) streamer: String,
    pub(crate) ttl: Option<f64>,
    pub(crate) min_remaining: Option<f64>,
    pub(crate) timeout: Option<f64>,
    #[serde(default)]
    pub(crate) hold: bool,
}

/// What a step shall show, and also what it did show. In `reason`, `retry_after` and `after` there
/// may be nothing to show, which is something to expect.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Expect {
    pub(crate) outcome: Option<String>,
    pub(crate) freshness: Option<String>,
    pub(crate) remaining: Option<f64>,
    pub(crate) grant: Option<String>,
    #[serde(deserialize_with = "present")]
    pub(crate) reason: Option<Option<String>>,
    pub(crate) code: Option<String>,
    #[serde(deserialize_with = "present")]
    pub(crate) retry_after: Option<Option<f64>>,
    pub(crate) start: Option<String>,
    #[serde(deserialize_with = "present")]
    pub(crate) after: Option<Option<f64>>,
    pub(crate) emptied: Option<bool>,
    pub(crate) keys: Option<usize>,
    pub(crate) calls: Option<u64>,
}

/// Tells a null from a field that is not there.
fn present<'de, D: Deserializer<'de>, T: Deserialize<'de>>(
    deserializer: D,
) -> Result<Option<T>, D::Error> {
    T::deserialize(deserializer).map(Some)
}
