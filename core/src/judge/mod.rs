//! What a video room, a player and Voice say of the grants of a token that is otherwise in order: pure functions of the
//! grants, without a key, a clock or a network.
//!
//! [`Examination`](crate::Examination) asks them about a token that it has looked at; the emulator asks them about a
//! token that it has checked in its own way.

mod player;
mod refusal;
mod room;
mod voice;

pub use player::{PlaybackUrl, PlayerGrant, UrlClaims, player};
pub use refusal::Refusal;
pub use room::{Room, room};
pub use voice::voice;
