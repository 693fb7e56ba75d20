//! Who may use the page: a link that works once, and the key that it is swapped for.
//!
//! The link is public the moment a browser is started with it, as every user of the machine can read a program's
//! arguments. So it works once and for a short time, and a second use ends the session: one of the two was not
//! the user.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use subtle::ConstantTimeEq as _;
use zeroize::Zeroizing;

use crate::exit::Failure;

/// How long a link works.
pub(super) const LINK_LIFETIME: Duration = Duration::from_secs(120);
const CODE_BYTES: usize = 16;
const KEY_BYTES: usize = 32;

type Text = Zeroizing<String>;

/// The page's one session.
#[derive(Default)]
pub(super) struct Session(Mutex<State>);

#[derive(Default)]
struct State {
    /// The link that has not been used yet.
    link: Option<Link>,
    /// The code of the link that has opened the session.
    used: Option<Text>,
    key: Option<Text>,
}

struct Link {
    code: Text,
    until: Instant,
}

/// Why a code opens nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum NotOpened {
    Unknown,
    TooLate,
    /// It had opened the session, which has ended now.
    UsedTwice,
}

impl Session {
    /// A new code for a link. The one before no longer works; an open session goes on.
    pub(super) fn new_code(&self, now: Instant) -> Result<Text, Failure> {
        let code = random::<CODE_BYTES>()?;
        self.state().link = Some(Link { code: code.clone(), until: now + LINK_LIFETIME });
        Ok(code)
    }

    /// Swaps a code for the key of a new session, in place of the session before.
    pub(super) fn open(&self, code: &str, now: Instant) -> Result<Text, NotOpened> {
        let mut state = self.state();
        if state.used.as_ref().is_some_and(|used| same(used, code)) {
            (state.used, state.key) = (None, None);
            return Err(NotOpened::UsedTwice);
        }
        let link = state.link.take_if(|link| same(&link.code, code)).ok_or(NotOpened::Unknown)?;
        if now >= link.until {
            return Err(NotOpened::TooLate);
        }
        let key = random::<KEY_BYTES>().map_err(|_| NotOpened::Unknown)?;
        (state.used, state.key) = (Some(link.code), Some(key.clone()));
        Ok(key)
    }

    /// Whether this is the key of the session that is open.
    pub(super) fn is_open_with(&self, key: &str) -> bool {
        self.state().key.as_ref().is_some_and(|open| same(open, key))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Takes as long wherever the two differ.
fn same(one: &str, other: &str) -> bool {
    one.as_bytes().ct_eq(other.as_bytes()).into()
}

fn random<const BYTES: usize>() -> Result<Text, Failure> {
    let mut bytes = Zeroizing::new([0; BYTES]);
    getrandom::fill(&mut *bytes)
        .map_err(|_| Failure::failed("the system gives no random numbers"))?;
    Ok(Zeroizing::new(URL_SAFE_NO_PAD.encode(*bytes)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_opens_a_session_once() {
        let (session, now) = (Session::default(), Instant::now());
        let code = session.new_code(now).unwrap();
        assert_eq!(code.len(), 22);
        let key = session.open(&code, now).unwrap();
        assert_eq!(key.len(), 43);
        assert!(session.is_open_with(&key));
        assert!(!session.is_open_with(&key[1..]) && !session.is_open_with(""));

        assert_eq!(session.open(&code, now), Err(NotOpened::UsedTwice));
        assert!(!session.is_open_with(&key), "the session has ended");
        assert_eq!(session.open(&code, now), Err(NotOpened::Unknown));
    }

    #[test]
    fn a_link_is_void_when_its_time_is_over_or_another_is_there() {
        let (session, now) = (Session::default(), Instant::now());
        let old = session.new_code(now).unwrap();
        let new = session.new_code(now).unwrap();
        assert_eq!(session.open(&old, now), Err(NotOpened::Unknown));
        assert_eq!(session.open(&new, now + LINK_LIFETIME), Err(NotOpened::TooLate));
        assert_eq!(session.open(&new, now), Err(NotOpened::Unknown));
    }

    #[test]
    fn a_new_link_replaces_the_session_only_when_it_is_used() {
        let (session, now) = (Session::default(), Instant::now());
        let first = session.open(&session.new_code(now).unwrap(), now).unwrap();
        let code = session.new_code(now).unwrap();
        assert!(session.is_open_with(&first));
        let second = session.open(&code, now).unwrap();
        assert!(session.is_open_with(&second) && !session.is_open_with(&first));
    }

    #[test]
    fn nobody_is_in_before_a_link_was_used() {
        let session = Session::default();
        assert!(!session.is_open_with(""));
        assert_eq!(session.open("", Instant::now()), Err(NotOpened::Unknown));
    }
}
