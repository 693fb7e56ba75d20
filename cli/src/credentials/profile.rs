//! The profiles of twilio-cli, which keeps them in clear text.

use std::env;
use std::fs::File;
use std::io;
use std::path::PathBuf;

use serde_json::{Map, Value};
use zeroize::Zeroizing;

use super::found::{Found, Place};
use super::names::{ACCOUNT_SID, API_KEY, API_SECRET, REGION};
use crate::exit::Failure;
use crate::input::{self, read_small};

const FILE: &str = "twilio-cli's config.json";

/// The profiles on this machine.
pub(super) struct Profiles {
    config: Map<String, Value>,
}

impl Profiles {
    /// None if twilio-cli has no file here.
    pub(super) fn read() -> Result<Option<Self>, Failure> {
        let Some(path) = path() else { return Ok(None) };
        let file = match File::open(path) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(input::unreadable(FILE, &error)),
        };
        let text = read_small(FILE, file)?;
        match serde_json::from_str(&text) {
            Ok(config) => Ok(Some(Self { config })),
            Err(_) => Err(Failure::failed(format!("{FILE} is not a JSON object"))),
        }
    }

    /// The profile of this name.
    pub(super) fn named(&self, name: &str) -> Result<Found, Failure> {
        match self.profiles().and_then(|profiles| profiles.get(name)) {
            Some(profile) => Ok(of_profile(profile)),
            None => {
                Err(Failure::failed(format!("--profile: no such profile; {}", self.there_are())))
            }
        }
    }

    /// The one that twilio-cli would take; none if there is no profile.
    pub(super) fn active(&self) -> Result<Option<Found>, Failure> {
        let Some(profiles) = self.profiles().filter(|profiles| !profiles.is_empty()) else {
            return Ok(None);
        };
        let active = self.config.get("activeProject").and_then(Value::as_str);
        let found = match (active.and_then(|name| profiles.get(name)), profiles.len()) {
            (Some(profile), _) => Some(profile),
            (None, 1) => profiles.values().next(),
            (None, _) => None,
        };
        match found {
            Some(profile) => Ok(Some(of_profile(profile))),
            None => {
                let line = format!("no profile of twilio-cli is active; {}", self.there_are());
                Err(Failure::failed(line))
            }
        }
    }

    fn profiles(&self) -> Option<&Map<String, Value>> {
        self.config.get("profiles").and_then(Value::as_object)
    }

    fn there_are(&self) -> String {
        let names = self.profiles().map(|profiles| profiles.keys().map(String::as_str));
        match names.map(|names| names.collect::<Vec<_>>().join(", ")).as_deref() {
            None | Some("") => "there are none: twilio profiles:create makes one".to_owned(),
            Some(names) => format!("there are: {names}"),
        }
    }
}

/// `config.json` in the folder of `TWILIO_CONFIG_DIR`, else in the home folder's `.twilio-cli`.
fn path() -> Option<PathBuf> {
    let given = env::var_os("TWILIO_CONFIG_DIR").filter(|folder| !folder.is_empty());
    let folder = given.map(PathBuf::from).or_else(|| {
        let home = env::home_dir().filter(|home| !home.as_os_str().is_empty());
        home.map(|home| home.join(".twilio-cli"))
    });
    folder.map(|folder| folder.join("config.json"))
}

fn of_profile(profile: &Value) -> Found {
    let mut found = Found::new(Place::Profile);
    let fields = [
        (ACCOUNT_SID, "accountSid"),
        (API_KEY, "apiKey"),
        (API_SECRET, "apiSecret"),
        (REGION, "region"),
    ];
    for (name, field) in fields {
        if let Some(text) =
            profile.get(field).and_then(Value::as_str).filter(|text| !text.is_empty())
        {
            found.set(name, Zeroizing::new(text.to_owned()));
        }
    }
    found
}
