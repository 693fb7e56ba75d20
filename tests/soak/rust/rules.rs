//! What must hold for every answer, whatever upstream does.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use grantmint_core::{
    ApiKey, Decoded, Error, ErrorKind, PlaybackToken, Result, VerifyOptions, verify,
};

/// The promise of every token by default, less what may pass between its making and its check.
const PROMISE: Duration = Duration::from_millis(4_500);

/// One in this many tokens is verified, and one in ten times as many is shown to the player.
const SAMPLE: u64 = 20;

pub(crate) struct Rules {
    keys: [ApiKey; 2],
    tokens: AtomicU64,
    refused: AtomicU64,
}

impl Rules {
    pub(crate) fn new(keys: &[ApiKey; 2]) -> Self {
        Self { keys: keys.clone(), tokens: AtomicU64::new(0), refused: AtomicU64::new(0) }
    }

    /// How many tokens there were, and how many callers had none.
    pub(crate) fn counted(&self) -> (u64, u64) {
        (self.tokens.load(Ordering::Relaxed), self.refused.load(Ordering::Relaxed))
    }

    /// A token or an error that may be.
    pub(crate) fn answer(&self, result: Result<PlaybackToken>, identity: &str) -> Option<u64> {
        match result {
            Ok(token) => {
                assert!(token.grant_remaining >= PROMISE, "{token:?}");
                self.jwt(&token.jwt, identity);
                Some(token.generation)
            }
            Err(error) => {
                self.error(&error);
                None
            }
        }
    }

    /// Done, or an error that may be.
    pub(crate) fn done(&self, result: Result<()>) {
        if let Err(error) = result {
            self.error(&error);
        }
    }

    /// A token that can be given to its viewer.
    pub(crate) fn jwt(&self, jwt: &str, identity: &str) {
        let number = self.tokens.fetch_add(1, Ordering::Relaxed);
        if !number.is_multiple_of(SAMPLE) {
            return;
        }
        let decoded = self.verified(jwt);
        assert_eq!(decoded.identity(), Some(identity));
        assert!(decoded.grants().is_some_and(|grants| grants.contains_key("player")));
        if number.is_multiple_of(10 * SAMPLE) {
            println!("token {jwt}");
        }
    }

    /// Signed with one of the keys that are in turn.
    fn verified(&self, jwt: &str) -> Decoded {
        let options = VerifyOptions::new();
        let mut found = self.keys.iter().filter_map(|key| verify(jwt, key, &options).ok());
        found.next().expect("a token of ours verifies")
    }

    /// Only upstream's troubles, waiting and the rate limit are reasons to have no token.
    pub(crate) fn error(&self, error: &Error) {
        self.refused.fetch_add(1, Ordering::Relaxed);
        let number = error.kind() as i32;
        let its_trouble = (300..400).contains(&number);
        let of_waiting = [ErrorKind::DeadlineExceeded, ErrorKind::Abandoned, ErrorKind::Overloaded];
        assert!(its_trouble || of_waiting.contains(&error.kind()), "{error}");
    }
}
