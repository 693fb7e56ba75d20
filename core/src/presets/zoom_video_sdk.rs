//! Sessions of Zoom's Video SDK, by the names of its claims: <https://developers.zoom.us/docs/video-sdk/auth/>.

use super::preset::{Preset, Row};
use super::rules::text_of;
use crate::jwt::{Bond, Bound, JwtMinter, JwtMinterBuilder, LengthUnit, Times};
use crate::token::Warning;

/// Lifetimes in seconds: half an hour to two days.
const TTL_MIN: u64 = 1_800;
const TTL_MAX: u64 = 172_800;
const TOPIC_MAX: usize = 200;
/// What the pages on sessions say, in characters.
const TOPIC_ADVISED: usize = 150;
const NAME_MAX: usize = 35;
const REGIONS: &[&str] = &["AU", "BR", "CA", "CN", "DE", "HK", "IN", "JP", "MX", "NL", "SG", "US"];
/// What a session name may have beside letters, digits and spaces.
const PUNCTUATION: &str = r"!#$%&()+-:;<=.>?@[]^_{}|~,\";

pub(super) const ZOOM_VIDEO_SDK: Preset = Preset {
    typ: Some("JWT"),
    times: Times { ttl: 7_200, min_ttl: TTL_MIN, max_ttl: TTL_MAX, ..Times::DEFAULT },
    fixed: &[
        Row::text("app_key", &["app_key"]).required(),
        Row::integer("version", &["version"], 1, 1).required(),
        Row::integer("iat", &["iat"], 0, i64::MAX).required(),
        Row::integer("exp", &["exp"], 0, i64::MAX).required(),
    ],
    rows: &[
        Row::text("tpc", &["tpc"]).required().max(TOPIC_MAX, LengthUnit::Utf16).rule(is_topic),
        Row::integer("role_type", &["role_type"], 0, 1).required(),
        Row::identity(&["user_identity"]).max(NAME_MAX, LengthUnit::Utf16),
        Row::text("user_key", &["user_key"]).max(NAME_MAX, LengthUnit::Utf16),
        Row::text("session_key", &["session_key"]).max(NAME_MAX, LengthUnit::Utf16),
        Row::text("geo_regions", &["geo_regions"]).rule(are_regions),
        Row::integer("cloud_recording_option", &["cloud_recording_option"], 0, 1),
        Row::integer("cloud_recording_election", &["cloud_recording_election"], 0, 1),
        Row::text("telemetry_tracking_id", &["telemetry_tracking_id"]),
        Row::integer("video_webrtc_mode", &["video_webrtc_mode"], 0, 1),
        Row::integer("audio_webrtc_mode", &["audio_webrtc_mode"], 0, 1),
    ],
    bonds: &[Bond::Excludes("identity", "user_key")],
    advise,
};

impl JwtMinter {
    /// Tokens of Zoom's Video SDK. The slots have the names of its claims: `tpc`, the session's name, and
    /// `role_type`, 1 for a host and 0 for a participant, are required. The identity is `user_identity`;
    /// a `user_key` may stand in its place.
    ///
    /// Tokens are valid for two hours if not set, 1,800 to 172,800 seconds. Lengths are those of Zoom,
    /// in UTF-16 code units: 200 for `tpc`, 35 for `user_identity`, `user_key` and `session_key`.
    ///
    /// # Example: a host of a session
    ///
    /// ```
    /// use grantmint_core::JwtMinter;
    ///
    /// let hosts = JwtMinter::zoom_video_sdk("sdk-key", "a secret of at least thirty-two bytes")
    ///     .bind("role_type", 1)
    ///     .build()?;
    /// let jwt = hosts.mint("bob", &[("tpc", "Cool Cars".into())])?;
    /// assert_eq!(jwt.matches('.').count(), 2);
    /// # Ok::<(), grantmint_core::Error>(())
    /// ```
    pub fn zoom_video_sdk(sdk_key: &str, sdk_secret: &str) -> JwtMinterBuilder {
        ZOOM_VIDEO_SDK.builder(sdk_secret).claim("app_key", sdk_key).claim("version", 1)
    }
}

fn is_topic(topic: &str) -> Result<(), &'static str> {
    let allowed = |c: char| c.is_alphanumeric() || c == ' ' || PUNCTUATION.contains(c);
    if topic.chars().all(allowed) {
        return Ok(());
    }
    Err(
        "has a character that Zoom refuses: letters, digits, spaces and !#$%&()+-:;<=.>?@[]^_{}|~,\\ are taken",
    )
}

fn are_regions(regions: &str) -> Result<(), &'static str> {
    if regions.split(',').all(|region| REGIONS.contains(&region)) {
        return Ok(());
    }
    Err(
        "must be of AU, BR, CA, CN, DE, HK, IN, JP, MX, NL, SG and US, with commas and no spaces between them",
    )
}

fn advise(times: &Times, bound: &Bound) -> Vec<Warning> {
    let topic = bound.json("tpc").and_then(text_of);
    let is_long = topic.is_some_and(|topic| LengthUnit::Utf16.measure(&topic) > TOPIC_ADVISED);
    let found = [(Warning::ZoomTtl, times.ttl == TTL_MIN), (Warning::ZoomTopicLong, is_long)];
    found.into_iter().filter_map(|(warning, holds)| holds.then_some(warning)).collect()
}
