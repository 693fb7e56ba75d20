//! Which fleet a command belongs to, as its flags say it.

use std::env;
use std::path::PathBuf;

use grantmint_core::{Error, Fleet};

use crate::args::{ServerArgs, StoreArgs};
use crate::exit::Failure;
use crate::flags::named;

/// What `--fleet env` reads.
const VARIABLE: &str = "GRANTMINT_FLEET";

/// A fleet and what is told its server. May have a password in it, and so has no `Debug`.
#[derive(Clone)]
#[cfg_attr(feature = "page", derive(serde::Deserialize, serde::Serialize))]
#[cfg_attr(feature = "page", serde(deny_unknown_fields))]
pub(crate) struct Way {
    text: String,
    ca_file: Option<PathBuf>,
    prefix: Option<String>,
    is_insecure: bool,
}

impl Way {
    /// The processes of this user on this machine.
    pub(crate) fn host() -> Result<Self, Failure> {
        Ok(Self { text: "host".to_owned(), ca_file: None, prefix: None, is_insecure: false })
    }

    /// Where its store lies, for people: without a user or a password.
    #[cfg(feature = "page")]
    pub(crate) fn place(&self) -> Result<String, Failure> {
        match self.text.as_str() {
            "host" => Ok("this machine's store".to_owned()),
            _ => self.fleet()?.place().map_err(named),
        }
    }

    /// As each process has it that stands for a machine of its own: without a folder in front of a server.
    #[cfg(feature = "page")]
    pub(crate) fn fleet_of_machine(&self) -> Result<Fleet, Failure> {
        let fleet = self.fleet()?;
        #[cfg(target_os = "linux")]
        if self.text.contains("://") {
            return fleet.without_host().map_err(named);
        }
        Ok(fleet)
    }

    /// What the flags say, if they do.
    pub(crate) fn of(store: &StoreArgs, server: &ServerArgs) -> Option<Result<Self, Failure>> {
        store.fleet.as_ref().map(|text| Self::new(text, server))
    }

    /// The fleet of this name.
    ///
    /// # Errors
    ///
    /// If it is none, or has a password where every user of the machine can read it.
    pub(crate) fn new(text: &str, server: &ServerArgs) -> Result<Self, Failure> {
        let from_env = text == "env";
        let text = match from_env {
            true => env::var(VARIABLE)
                .map_err(|_| Failure::failed(format!("--fleet env: {VARIABLE} is not set")))?,
            false => text.to_owned(),
        };
        let way = Self {
            text,
            ca_file: server.fleet_ca_file.clone(),
            prefix: server.fleet_prefix.clone(),
            is_insecure: server.fleet_insecure,
        };
        if way.fleet()?.has_password() && !from_env {
            return Err(Failure::usage(format!(
                "--fleet: no password here, every user of this machine can read it (ps): set {VARIABLE}, and give \
                 --fleet env"
            )));
        }
        Ok(way)
    }

    /// As core has it.
    pub(crate) fn fleet(&self) -> Result<Fleet, Failure> {
        self.built().map_err(named)
    }

    #[cfg(target_os = "linux")]
    fn built(&self) -> Result<Fleet, Error> {
        let mut fleet = match self.is_insecure {
            true => Fleet::redis(&self.text)?.insecure()?,
            false => self.text.parse()?,
        };
        if let Some(file) = &self.ca_file {
            fleet = fleet.ca_file(file).map_err(|error| error.with_argument("--fleet-ca-file"))?;
        }
        if let Some(prefix) = &self.prefix {
            fleet = fleet.prefix(prefix).map_err(|error| error.with_argument("--fleet-prefix"))?;
        }
        Ok(fleet)
    }

    /// There are no servers of fleets here, and so nothing to tell one.
    #[cfg(not(target_os = "linux"))]
    fn built(&self) -> Result<Fleet, Error> {
        let _ = (&self.ca_file, &self.prefix, self.is_insecure);
        self.text.parse()
    }
}
