//! Services whose tokens are known by their claims, and what each would say of them: by the same tables and rules that
//! the minters have.

use serde_json::{Map, Value};

use super::daily::DAILY;
use super::jitsi::JITSI;
use super::livekit::LIVEKIT;
use super::preset::{Preset, Row};
use super::zoom_video_sdk::ZOOM_VIDEO_SDK;
use crate::jwt::{Bond, Bound, SlotValue, Times};
use crate::token::Warning;
use crate::wiped::WipedString;

/// A service for which there is a preset.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Service {
    /// LiveKit.
    LiveKit,
    /// Zoom's Video SDK.
    ZoomVideoSdk,
    /// A Jitsi Meet of one's own.
    Jitsi,
    /// Daily, for tokens that are signed by its users.
    Daily,
}

/// What a service would say of a claim.
pub(crate) struct Fault {
    pub(crate) path: Vec<&'static str>,
    /// None of the claim's text is in it.
    pub(crate) what: String,
    /// The claim is not there.
    pub(crate) is_missing: bool,
}

impl Service {
    /// The service whose token has these claims; none for an Access Token, and for what nobody knows.
    pub(crate) fn of(claims: &Map<String, Value>) -> Option<Self> {
        let has = |name: &str| claims.contains_key(name);
        let is_object = |name: &str| claims.get(name).is_some_and(Value::is_object);
        match () {
            () if has("grants") || has("grant") => None,
            () if has("app_key") && (has("tpc") || has("role_type")) => Some(Self::ZoomVideoSdk),
            () if is_object("context") || (has("room") && has("aud")) => Some(Self::Jitsi),
            () if ["video", "sip", "roomConfig"].into_iter().any(is_object) => Some(Self::LiveKit),
            () if has("d") && !has("iss") && !has("sub") => Some(Self::Daily),
            () => None,
        }
    }

    /// `LiveKit`, `Zoom Video SDK`, `Jitsi` or `Daily`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::LiveKit => "LiveKit",
            Self::ZoomVideoSdk => "Zoom Video SDK",
            Self::Jitsi => "Jitsi",
            Self::Daily => "Daily",
        }
    }

    fn preset(self) -> &'static Preset {
        match self {
            Self::LiveKit => &LIVEKIT,
            Self::ZoomVideoSdk => &ZOOM_VIDEO_SDK,
            Self::Jitsi => &JITSI,
            Self::Daily => &DAILY,
        }
    }

    /// By how many seconds its tokens are to be valid before they are minted.
    pub(crate) fn backdate(self) -> u64 {
        self.preset().times.backdate
    }

    /// What is wrong with a lifetime, if the service has limits of its own.
    pub(crate) fn check_lifetime(self, seconds: u64) -> Result<(), String> {
        let Times { min_ttl, max_ttl, .. } = self.preset().times;
        if min_ttl <= Times::DEFAULT.min_ttl || (min_ttl..=max_ttl).contains(&seconds) {
            return Ok(());
        }
        let name = self.name();
        Err(format!("{name} takes lifetimes of {min_ttl} to {max_ttl} seconds, not of {seconds}"))
    }

    /// What the service would say of each claim that it knows.
    pub(crate) fn faults(self, claims: &Map<String, Value>) -> Vec<Fault> {
        let preset = self.preset();
        let rows = preset.fixed.iter().chain(preset.rows);
        let of_rows = rows.filter_map(|row| self.fault(row, claims));
        let of_bonds = preset.bonds.iter().filter_map(|bond| broken(*bond, preset.rows, claims));
        of_rows.chain(of_bonds).collect()
    }

    /// What a minter of the preset would be advised.
    pub(crate) fn advice(self, claims: &Map<String, Value>, lifetime: Option<u64>) -> Vec<Warning> {
        let preset = self.preset();
        let values = preset.rows.iter().filter_map(|row| Some((row.name, row.claim(claims)?)));
        let times = Times { ttl: lifetime.unwrap_or_default(), ..preset.times };
        (preset.advise)(&times, &Bound::of(values.map(|(name, value)| (name, json(value)))))
    }

    /// The claims that stand in the object of a name, as far as the service knows them.
    pub(crate) fn members(self, object: &str) -> impl Iterator<Item = &'static str> {
        let within = |row: &'static Row| match row.path {
            [parent, name] => Some((*parent, *name)),
            _ => None,
        };
        let rows = self.preset().rows.iter().filter_map(within);
        rows.filter(move |(parent, _)| *parent == object).map(|(_, name)| name)
    }

    fn fault(self, row: &Row, claims: &Map<String, Value>) -> Option<Fault> {
        let (path, name) = (row.path.to_vec(), row.path.join("."));
        let Some(value) = row.claim(claims) else {
            let what = format!("{name} is missing, which {} needs", self.name());
            return row.required.then_some(Fault { path, what, is_missing: true });
        };
        let json = json(value);
        let value = match value {
            Value::String(text) if row.takes_texts() => SlotValue::Text(text),
            Value::Bool(value) if row.takes_texts() => SlotValue::Bool(*value),
            Value::Number(number) if row.takes_texts() => match number.as_i64() {
                Some(number) => SlotValue::Integer(number),
                None => SlotValue::Float(number.as_f64()?),
            },
            _ => SlotValue::Json(&json),
        };
        let error = row.slot().check(value).err()?.with_argument(&name);
        Some(Fault { path, what: error.message().to_owned(), is_missing: false })
    }
}

/// What two claims together are wrong in.
fn broken(bond: Bond, rows: &'static [Row], claims: &Map<String, Value>) -> Option<Fault> {
    let row = |name: &str| rows.iter().find(|row| row.name == name);
    let is_set = |row: &Row| {
        let value = row.claim(claims);
        value.is_some_and(|value| *value != Value::Bool(false) && value.as_str() != Some(""))
    };
    let shown = |row: &Row| row.path.join(".");
    match bond {
        Bond::Needs(one, other) => {
            let (one, other) = (row(one)?, row(other)?);
            let what = format!("{} needs {}", shown(one), shown(other));
            let path = other.path.to_vec();
            (is_set(one) && !is_set(other)).then_some(Fault { path, what, is_missing: true })
        }
        Bond::Excludes(one, other) => {
            let (one, other) = (row(one)?, row(other)?);
            let what = format!("{} and {} exclude each other", shown(one), shown(other));
            let path = one.path.to_vec();
            (is_set(one) && is_set(other)).then_some(Fault { path, what, is_missing: false })
        }
    }
}

fn json(value: &Value) -> WipedString {
    let mut json = WipedString::new();
    serde_json::to_writer(&mut json, value).expect("a value is JSON");
    json
}
