//! What a place holds of a key.

use std::fmt;

use grantmint_core::ApiKey;
use zeroize::Zeroizing;

use super::names::{ACCOUNT_SID, API_KEY, API_SECRET, NEEDED, REGION, missing};
use crate::exit::Failure;

/// The parts of a key that one place holds, and what the place is called in messages.
pub(crate) struct Found {
    pub(super) place: Place,
    values: Vec<(&'static str, Zeroizing<String>)>,
}

/// Where a key comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    Environment,
    EnvFile,
    Profile,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Environment => "the environment",
            Self::EnvFile => "--env-file",
            Self::Profile => "twilio-cli's profile",
        })
    }
}

impl Found {
    pub(super) fn new(place: Place) -> Self {
        Self { place, values: Vec::new() }
    }

    pub(super) fn set(&mut self, name: &'static str, value: Zeroizing<String>) {
        self.values.push((name, value));
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.get(name).is_some()
    }

    fn get(&self, name: &str) -> Option<&Zeroizing<String>> {
        self.values.iter().find(|(known, _)| *known == name).map(|(_, value)| value)
    }

    /// Whether any of the three is there.
    pub(super) fn is_begun(&self) -> bool {
        NEEDED.iter().any(|name| self.has(name))
    }

    /// The key, if all of it is there. `has` looks for other programs' names in the same place.
    pub(super) fn key(&self, has: impl Fn(&str) -> bool) -> Result<ApiKey, Failure> {
        let lacking: Vec<&str> = NEEDED.into_iter().filter(|name| !self.has(name)).collect();
        let [Some(account), Some(key), Some(secret)] = NEEDED.map(|name| self.get(name)) else {
            let what = missing(&lacking, has);
            return Err(Failure::failed(match self.place {
                Place::Environment => format!("no credentials: {what}{}", self.not_mixed()),
                place => format!("no credentials: {what} in {place}{}", self.not_mixed()),
            }));
        };
        let made = ApiKey::new(account, key, secret).map_err(|error| {
            Failure::from(match error.argument() {
                Some("account_sid") => error.with_argument(ACCOUNT_SID),
                Some("key_sid") => error.with_argument(API_KEY),
                _ => error.with_argument(API_SECRET),
            })
        })?;
        match self.get(REGION) {
            Some(region) => {
                Ok(made.with_region(region).map_err(|error| error.with_argument(REGION))?)
            }
            None => Ok(made),
        }
    }

    /// Who has set a part of a key may wonder why the rest is not taken from elsewhere.
    fn not_mixed(&self) -> &'static str {
        if self.is_begun() { "; all of them have to come from one place" } else { "" }
    }
}
