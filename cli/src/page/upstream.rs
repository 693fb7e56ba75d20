//! Where playback grants come from. It is fixed at the start: the page takes no addresses.

use grantmint_core::ApiKey;
use grantmint_emulator::{Config, DEMO_ACCOUNT_SID, DEMO_KEY_SID, DEMO_SECRET, Emulator};

use crate::exit::Failure;

/// The upstream of the view Generate. Showtime and Fleet have emulators of their own.
pub(super) enum Upstream {
    /// The emulator inside, whose key is public: its tokens work here, and not at Twilio.
    Demo(Emulator),
    /// What the command line says, else Twilio.
    Real(Option<String>),
}

impl Upstream {
    pub(super) fn demo() -> Result<(Self, ApiKey), Failure> {
        let emulator = Emulator::start(Config::default())
            .map_err(|error| Failure::failed(format!("the emulator does not start: {error}")))?;
        let key = ApiKey::new(DEMO_ACCOUNT_SID, DEMO_KEY_SID, DEMO_SECRET)?;
        Ok((Self::Demo(emulator), key))
    }

    pub(super) fn base_url(&self) -> Option<&str> {
        match self {
            Self::Demo(emulator) => Some(emulator.base_url()),
            Self::Real(base_url) => base_url.as_deref(),
        }
    }

    pub(super) fn is_demo(&self) -> bool {
        matches!(self, Self::Demo(_))
    }
}
