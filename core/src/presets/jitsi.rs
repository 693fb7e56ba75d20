//! Rooms of a Jitsi Meet of one's own: <https://github.com/jitsi/lib-jitsi-meet/blob/master/doc/tokens.md>.

use super::preset::{Preset, Row};
use super::rules::{is_object, text_of};
use crate::jwt::{Bound, JwtMinter, JwtMinterBuilder, NotBefore, Times};
use crate::token::Warning;

pub(super) const JITSI: Preset = Preset {
    typ: Some("JWT"),
    times: Times {
        nbf: NotBefore::Minted,
        // The plugin of the XMPP server forgives nothing.
        backdate: 10,
        ..Times::DEFAULT
    },
    fixed: &[
        Row::text("iss", &["iss"]).required(),
        Row::text("aud", &["aud"]).required(),
        Row::text("sub", &["sub"]).required(),
    ],
    rows: &[
        Row::text("room", &["room"]).required(),
        Row::identity(&["context", "user", "id"]),
        Row::text("name", &["context", "user", "name"]),
        Row::text("email", &["context", "user", "email"]),
        Row::text("avatar", &["context", "user", "avatar"]),
        Row::bool("moderator", &["context", "user", "moderator"]),
        Row::text("affiliation", &["context", "user", "affiliation"]).one_of(&[
            "owner",
            "moderator",
            "teacher",
            "member",
        ]),
        Row::text("group", &["context", "group"]),
        Row::json("features", &["context", "features"], is_object),
    ],
    bonds: &[],
    advise,
};

impl JwtMinter {
    /// Tokens of a Jitsi Meet of your own. `aud` and `sub` are what it is configured with: the audience
    /// that it accepts, `jitsi` for most, and its domain or tenant in lower case. The slots are `room`,
    /// which is required and may be `*`, and of the user in the context `identity` (its `id`), `name`,
    /// `email`, `avatar`, `moderator`, `affiliation`; beside it `group` and `features`.
    ///
    /// Tokens are valid from 10 seconds before their minting on, as the server forgives nothing. What makes a
    /// moderator depends on the deployment's plugins: some read `moderator`, some `affiliation`.
    ///
    /// # Example: a moderator of a room
    ///
    /// ```
    /// use grantmint_core::JwtMinter;
    ///
    /// let secret = "a secret of at least thirty-two bytes";
    /// let rooms = JwtMinter::jitsi("my_client", secret, "jitsi", "meet.example.com").build()?;
    /// let jwt = rooms.mint("alice", &[("room", "standup".into()), ("moderator", true.into())])?;
    /// assert_eq!(jwt.matches('.').count(), 2);
    ///
    /// let error = rooms.mint("alice", &[("room", "standup".into()), ("moderator", "true".into())]);
    /// assert_eq!(error.unwrap_err().message(), "moderator must be true or false, not a text");
    /// # Ok::<(), grantmint_core::Error>(())
    /// ```
    pub fn jitsi(app_id: &str, app_secret: &str, aud: &str, sub: &str) -> JwtMinterBuilder {
        JITSI.builder(app_secret).claim("iss", app_id).claim("aud", aud).claim("sub", sub)
    }
}

fn advise(_: &Times, bound: &Bound) -> Vec<Warning> {
    let room = bound.json("room").and_then(text_of);
    let other = |c: char| !c.is_ascii() && c.to_lowercase().ne([c]);
    let has_other = room.is_some_and(|room| room.chars().any(other));
    has_other.then_some(Warning::JitsiRoomCase).into_iter().collect()
}
