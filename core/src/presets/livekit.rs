//! Rooms of LiveKit, by the names of its Python library: <https://docs.livekit.io/home/get-started/authentication/>.

use std::env;

use super::preset::{Preset, Row};
use super::rules::{is_map_of_texts, is_object, texts};
use crate::error::{Error, ErrorKind, Result};
use crate::jwt::{Bond, JwtMinter, JwtMinterBuilder, LengthUnit, NotBefore, Times};

const KINDS: &[&str] = &["standard", "egress", "ingress", "sip", "agent"];
const SOURCES: &[&str] = &["camera", "microphone", "screen_share", "screen_share_audio"];
/// The server's default limits, in bytes.
const NAME_MAX: usize = 256;
const METADATA_MAX: usize = 64_000;

pub(super) const LIVEKIT: Preset = Preset {
    typ: Some("JWT"),
    times: Times {
        ttl: 21_600,
        iat: false,
        nbf: NotBefore::Minted,
        // Servers refuse what is a second ahead of their clock.
        backdate: 10,
        ..Times::DEFAULT
    },
    fixed: &[Row::text("iss", &["iss"]).required()],
    rows: &[
        Row::text("room", &["video", "room"]).max(NAME_MAX, LengthUnit::Bytes),
        Row::bool("room_create", &["video", "roomCreate"]),
        Row::bool("room_list", &["video", "roomList"]),
        Row::bool("room_record", &["video", "roomRecord"]),
        Row::bool("room_admin", &["video", "roomAdmin"]),
        Row::bool("room_join", &["video", "roomJoin"]),
        Row::text("destination_room", &["video", "destinationRoom"])
            .max(NAME_MAX, LengthUnit::Bytes),
        Row::bool("can_publish", &["video", "canPublish"]),
        Row::bool("can_subscribe", &["video", "canSubscribe"]),
        Row::bool("can_publish_data", &["video", "canPublishData"]),
        Row::json("can_publish_sources", &["video", "canPublishSources"], are_sources),
        Row::bool("can_update_own_metadata", &["video", "canUpdateOwnMetadata"]),
        Row::bool("ingress_admin", &["video", "ingressAdmin"]),
        Row::bool("hidden", &["video", "hidden"]),
        Row::bool("recorder", &["video", "recorder"]),
        Row::bool("agent", &["video", "agent"]),
        Row::bool("can_manage_agent_session", &["video", "canManageAgentSession"]),
        Row::bool("can_subscribe_metrics", &["video", "canSubscribeMetrics"]),
        Row::bool("sip_admin", &["sip", "admin"]),
        Row::bool("sip_call", &["sip", "call"]),
        Row::bool("inference_perform", &["inference", "perform"]),
        Row::bool("observability_write", &["observability", "write"]),
        Row::bool("agent_admin", &["agent", "admin"]),
        Row::identity(&["sub"]).max(NAME_MAX, LengthUnit::Bytes),
        Row::text("name", &["name"]).max(NAME_MAX, LengthUnit::Bytes),
        Row::text("kind", &["kind"]).one_of(KINDS),
        Row::text("metadata", &["metadata"]).max(METADATA_MAX, LengthUnit::Bytes),
        Row::json("attributes", &["attributes"], is_map_of_texts)
            .max(METADATA_MAX, LengthUnit::Bytes),
        Row::text("sha256", &["sha256"]),
        Row::text("room_preset", &["roomPreset"]),
        Row::json("room_config", &["roomConfig"], is_object),
    ],
    bonds: &[Bond::Needs("room_join", "identity"), Bond::Needs("room_join", "room")],
    advise: |_, _| Vec::new(),
};

impl JwtMinter {
    /// Tokens of LiveKit. The slots have the names of its Python library's grants: `identity`, `name`,
    /// `metadata`, `attributes`, and of the video grant `room_join`, `room`, `can_publish` and so on. Those that
    /// all tokens share are given to [`JwtMinterBuilder::bind`], the others to a mint.
    ///
    /// Tokens are valid for six hours and from 10 seconds before their minting on, as servers' clocks
    /// differ. Who joins a room needs a `room` and an identity. Names have at most 256 bytes, metadata
    /// and attributes 64,000: the server's defaults.
    ///
    /// # Example: join a room
    ///
    /// ```
    /// use grantmint_core::JwtMinter;
    ///
    /// let joins = JwtMinter::livekit("APIkey", "a secret of at least thirty-two bytes")
    ///     .bind("room_join", true)
    ///     .build()?;
    /// let jwt = joins.mint("alice", &[("room", "DailyStandup".into()), ("name", "Alice".into())])?;
    /// assert_eq!(jwt.matches('.').count(), 2);
    ///
    /// let error = joins.mint("alice", &[]).unwrap_err();
    /// assert_eq!(error.message(), "room must be given");
    /// # Ok::<(), grantmint_core::Error>(())
    /// ```
    pub fn livekit(api_key: &str, api_secret: &str) -> JwtMinterBuilder {
        LIVEKIT.builder(api_secret).claim("iss", api_key)
    }

    /// As [`JwtMinter::livekit`], with the key of the environment variables `LIVEKIT_API_KEY` and
    /// `LIVEKIT_API_SECRET`.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidCredentials`] names a variable that is missing, empty or not UTF-8.
    pub fn livekit_from_env() -> Result<JwtMinterBuilder> {
        Self::livekit_from_lookup(|name| env::var(name).ok())
    }

    /// As [`JwtMinter::livekit_from_env`], from any look-up of a variable by its name.
    ///
    /// # Errors
    ///
    /// As there.
    pub fn livekit_from_lookup(
        lookup: impl Fn(&str) -> Option<String>,
    ) -> Result<JwtMinterBuilder> {
        let need = |name: &str| {
            lookup(name).filter(|value| !value.is_empty()).ok_or_else(|| {
                let what = "is missing, empty or not UTF-8 in the environment";
                Error::of_argument(ErrorKind::InvalidCredentials, name, what)
            })
        };
        let secret = zeroize::Zeroizing::new(need("LIVEKIT_API_SECRET")?);
        Ok(Self::livekit(&need("LIVEKIT_API_KEY")?, &secret))
    }
}

fn are_sources(json: &str) -> Result<(), &'static str> {
    let known = |sources: &Vec<String>| sources.iter().all(|source| SOURCES.contains(&&**source));
    let what = "must be an array of camera, microphone, screen_share, screen_share_audio";
    texts(json).filter(known).map(drop).ok_or(what)
}
