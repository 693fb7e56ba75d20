//! Rooms of Daily, by the names of its REST API: <https://docs.daily.co/reference/rest-api/meeting-tokens/self-signing-tokens>.

use super::preset::{Preset, Row};
use super::rules::is_object;
use crate::jwt::{JwtMinter, JwtMinterBuilder, Times};

/// Seconds that `eject_after_elapsed` may name: a day.
const ELAPSED_MAX: i64 = 86_400;

pub(super) const DAILY: Preset = Preset {
    typ: Some("JWT"),
    times: Times::DEFAULT,
    fixed: &[
        Row::text("d", &["d"]).required(),
        Row::integer("iat", &["iat"], 0, i64::MAX).required(),
    ],
    rows: &[
        Row::text("room_name", &["r"]).required(),
        Row::identity(&["ud"]),
        Row::text("user_name", &["u"]),
        Row::bool("is_owner", &["o"]),
        Row::bool("knocking", &["k"]),
        Row::bool("close_tab_on_exit", &["ctoe"]),
        Row::text("redirect_on_meeting_exit", &["rome"]),
        Row::bool("intercom_join_alert", &["ij"]),
        Row::bool("start_cloud_recording", &["sr"]),
        Row::json("start_cloud_recording_opts", &["sro"], is_object),
        Row::bool("auto_start_transcription", &["ast"]),
        Row::text("enable_recording", &["er"]),
        Row::bool("enable_recording_ui", &["erui"]),
        Row::bool("enable_screenshare", &["ss"]),
        Row::bool("start_video_off", &["vo"]),
        Row::bool("start_audio_off", &["ao"]),
        Row::text("meeting_join_hook", &["mjh"]),
        Row::bool("eject_at_token_exp", &["ejt"]),
        Row::integer("eject_after_elapsed", &["eje"], 1, ELAPSED_MAX),
        Row::text("lang", &["uil"]),
        Row::json("permissions", &["p"], is_object),
    ],
    bonds: &[],
    advise: |_, _| Vec::new(),
};

impl JwtMinter {
    /// Self-signed meeting tokens of Daily, signed with the API key. The slots have the names of its REST
    /// API, and become the short names of the token: `room_name` is required, as a token without it opens
    /// every room; the identity is `user_id`.
    ///
    /// # Example: an owner of a room
    ///
    /// ```
    /// use grantmint_core::JwtMinter;
    ///
    /// let rooms = JwtMinter::daily("30f866c3-9123-452a-8723-ff58322d09c5", "the API key of the domain")
    ///     .bind("room_name", "test")
    ///     .build()?;
    /// let jwt = rooms.mint("alice", &[("is_owner", true.into())])?;
    /// assert_eq!(jwt.matches('.').count(), 2);
    /// # Ok::<(), grantmint_core::Error>(())
    /// ```
    pub fn daily(domain_id: &str, api_key: &str) -> JwtMinterBuilder {
        DAILY.builder(api_key).claim("d", domain_id)
    }
}
