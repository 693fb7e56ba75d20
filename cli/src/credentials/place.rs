//! Which place the key comes from: one, and all of it.

use grantmint_core::ApiKey;

use super::env_file::EnvFile;
use super::environment;
use super::found::{Found, Place};
use super::names::API_SECRET;
use super::profile::Profiles;
use super::secret_input;
use crate::args::CredentialArgs;
use crate::exit::Failure;
use crate::output::Messages;

/// A key, and what to say of where it comes from.
pub(crate) struct Key {
    pub(crate) key: ApiKey,
    pub(crate) place: Place,
    /// Others may read the env file that it comes from.
    pub(crate) is_open_to_others: bool,
}

impl Key {
    /// Says which key it is, and what is wrong with where it comes from.
    pub(crate) fn say(&self, messages: Messages) {
        messages.debug(format!("signing with {} of {}", self.key.key_sid(), self.place));
        if self.is_open_to_others {
            messages.warn("--env-file: others can read it; chmod 600 keeps the secret yours");
        }
    }
}

/// The key that the flags name, else the environment, else twilio-cli's active profile.
pub(crate) fn api_key(args: &CredentialArgs) -> Result<Key, Failure> {
    let mut key = from_one_place(args)?;
    if let Some(region) = &args.region {
        let with_region = key.key.with_region(region);
        key.key = with_region.map_err(|error| error.with_argument("--region"))?;
    }
    Ok(key)
}

/// As [`api_key`]; none if no flag names a place, and none of the others has any part of a key.
pub(crate) fn api_key_if_any(args: &CredentialArgs) -> Result<Option<Key>, Failure> {
    let is_named = args.env_file.is_some()
        || args.profile.is_some()
        || args.secret_file.is_some()
        || args.secret_stdin;
    if is_named || found(args)?.is_begun() { api_key(args).map(Some) } else { Ok(None) }
}

fn from_one_place(args: &CredentialArgs) -> Result<Key, Failure> {
    if let Some(path) = &args.env_file {
        let mut file = EnvFile::read(path)?;
        add_secret(&mut file.found, args)?;
        let key = file.found.key(|name| file.has(name))?;
        return Ok(Key { key, place: Place::EnvFile, is_open_to_others: file.is_open_to_others });
    }
    let found = found(args)?;
    let key = found.key(environment::has)?;
    Ok(Key { key, place: found.place, is_open_to_others: false })
}

fn found(args: &CredentialArgs) -> Result<Found, Failure> {
    if let Some(name) = &args.profile {
        return match Profiles::read()? {
            Some(profiles) => profiles.named(name),
            None => Err(Failure::failed("--profile: twilio-cli has no profiles here")),
        };
    }
    let mut environment = environment::read()?;
    add_secret(&mut environment, args)?;
    if environment.is_begun() {
        return Ok(environment);
    }
    let active = Profiles::read()?.map(|profiles| profiles.active()).transpose()?;
    Ok(active.flatten().unwrap_or(environment))
}

/// Adds a secret that comes alone to what a place holds of the key.
fn add_secret(found: &mut Found, args: &CredentialArgs) -> Result<(), Failure> {
    let Some(secret) = secret_input::read(args)? else { return Ok(()) };
    if found.has(API_SECRET) {
        let flag = if args.secret_stdin { "--secret-stdin" } else { "--secret-file" };
        let line =
            format!("{flag}: {API_SECRET} is set in {}, too; leave one of them out", found.place);
        return Err(Failure::failed(line));
    }
    found.set(API_SECRET, secret);
    Ok(())
}
