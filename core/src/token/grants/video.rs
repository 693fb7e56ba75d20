//! Video rooms, and the conversations that came before them.

use super::writer::ObjectWriter;
use crate::error::{Error, ErrorKind, Result};
use crate::limits::ROOM_MAX_CHARS;
use crate::sid::SidKind;
use crate::wiped::WipedString;

/// Lets its holder join rooms of Programmable Video.
///
/// # Example: one room
///
/// ```
/// use grantmint_core::VideoGrant;
///
/// let any_room = VideoGrant::new();
/// let one_room = VideoGrant::new().room("DailyStandup");
/// assert_ne!(any_room, one_room);
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct VideoGrant {
    room: String,
}

impl VideoGrant {
    pub(in crate::token) const KEY: &'static str = "video";

    /// A grant for every room.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// For one room only, by its unique name or SID; at most 128 characters.
    #[must_use]
    pub fn room(mut self, room: impl Into<String>) -> Self {
        self.room = room.into();
        self
    }

    pub(super) fn write(&self, out: &mut WipedString) -> Result<()> {
        if is_room_too_long(&self.room) {
            return Err(Error::of_argument(
                ErrorKind::InvalidGrant,
                "video.room",
                "is over 128 characters",
            ));
        }
        let mut object = ObjectWriter::new(Self::KEY, out);
        object.text("room", &self.room);
        object.end();
        Ok(())
    }
}

/// Whether no video room has this name.
pub(crate) fn is_room_too_long(room: &str) -> bool {
    room.len() > ROOM_MAX_CHARS && room.chars().count() > ROOM_MAX_CHARS
}

/// Legacy: lets its holder take part in conversations, which rooms replaced.
///
/// # Example: a configuration profile
///
/// ```
/// use grantmint_core::RtcGrant;
///
/// let grant = RtcGrant::new().configuration_profile_sid("CP00000000000000000000000000000003");
/// assert_ne!(grant, RtcGrant::new());
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RtcGrant {
    configuration_profile_sid: String,
}

impl RtcGrant {
    pub(in crate::token) const KEY: &'static str = "rtc";

    /// A grant with no profile.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The profile, `CP…`.
    #[must_use]
    pub fn configuration_profile_sid(mut self, sid: impl Into<String>) -> Self {
        self.configuration_profile_sid = sid.into();
        self
    }

    pub(super) fn write(&self, out: &mut WipedString) -> Result<()> {
        let mut object = ObjectWriter::new(Self::KEY, out);
        let (kind, sid) = (SidKind::ConfigurationProfile, &self.configuration_profile_sid);
        object.sid(kind, "configuration_profile_sid", sid)?;
        object.end();
        Ok(())
    }
}
