//! What stands in the file. The file's own `schema` says what the fields mean.

use std::collections::BTreeMap;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer};
use serde_json::{Map, Value};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Script {
    #[serde(rename = "about")]
    _about: Vec<String>,
    #[serde(rename = "schema")]
    _schema: BTreeMap<String, BTreeMap<String, String>>,
    pub(crate) scenarios: Vec<Scenario>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Scenario {
    pub(crate) name: String,
    #[serde(default)]
    pub(crate) rate_limited: bool,
    #[serde(default)]
    pub(crate) one_store: bool,
    pub(crate) steps: Vec<Step>,
}

#[derive(Debug)]
pub(crate) struct Step {
    /// Time since the step before.
    pub(crate) after: f64,
    pub(crate) op: Op,
    pub(crate) expect: Expect,
}

impl<'de> Deserialize<'de> for Step {
    /// `after` and `expect` belong to every step; the rest has to fit its op to the last field.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut fields = Map::deserialize(deserializer)?;
        let mut take = |name| fields.remove(name).unwrap_or_default();
        let after: Option<f64> = Option::deserialize(take("after")).map_err(D::Error::custom)?;
        let expect = Option::deserialize(take("expect")).map_err(D::Error::custom)?;
        let op = Op::deserialize(Value::Object(fields)).map_err(D::Error::custom)?;
        Ok(Self { after: after.unwrap_or(0.0), op, expect: expect.unwrap_or_default() })
    }
}

#[derive(Debug, Deserialize)]
#[serde(tag = "op", rename_all = "snake_case", deny_unknown_fields)]
pub(crate) enum Op {
    Get(Ask),
    Start { caller: String },
    StartWhenTold { caller: String, within: f64 },
    Complete { caller: String, grant: Option<String>, ttl: Option<f64> },
    Fail { caller: String, code: String, retry_after: Option<f64> },
    Abandon { caller: String },
    Result { caller: String },
    Invalidate { process: String, streamer: String },
    Purge { process: String },
    Kill { process: String },
    Flush {},
    JumpWall { seconds: f64 },
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Ask {
    pub(crate) process: String,
    pub(crate) caller: String,
    pub(crate) streamer: String,
    pub(crate) ttl: Option<f64>,
    pub(crate) min_remaining: Option<f64>,
    pub(crate) timeout: Option<f64>,
}

/// What a step shall show.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Expect {
    pub(crate) outcome: Option<String>,
    pub(crate) start: Option<String>,
    pub(crate) waited: Option<Range>,
    pub(crate) freshness: Option<String>,
    pub(crate) remaining: Option<Range>,
    pub(crate) grant: Option<String>,
    pub(crate) code: Option<String>,
    pub(crate) retry_after: Option<Range>,
    pub(crate) calls: Option<u64>,
    pub(crate) fleet: BTreeMap<String, BTreeMap<String, u64>>,
}

/// A time that a step may show: one, or from the first to the last of two.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(untagged)]
pub(crate) enum Range {
    One(f64),
    Two([f64; 2]),
}

/// What a step did show.
#[derive(Debug, Default)]
pub(crate) struct Shown {
    pub(crate) outcome: Option<String>,
    pub(crate) start: Option<String>,
    pub(crate) waited: Option<f64>,
    pub(crate) freshness: Option<String>,
    pub(crate) remaining: Option<f64>,
    pub(crate) grant: Option<String>,
    pub(crate) code: Option<String>,
    pub(crate) retry_after: Option<f64>,
}
