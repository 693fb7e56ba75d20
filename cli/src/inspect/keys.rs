//! The keys that may have signed.

use grantmint_core::ApiKey;

use crate::args::{CredentialArgs, KeyArgs};
use crate::credentials::{Key, api_key, api_key_if_any};
use crate::exit::Failure;
use crate::output::Messages;

/// Those that the flags name, else the one at hand. Half a key at hand is none: the token can be looked at without.
pub(super) fn keys(args: &KeyArgs, messages: Messages) -> Result<Vec<ApiKey>, Failure> {
    let named = named(args);
    let found: Vec<Key> = if !named.is_empty() {
        named.iter().map(api_key).collect::<Result<_, _>>()?
    } else if args.secret_stdin || args.secret_file.is_some() {
        vec![api_key(&alone(args))?]
    } else {
        at_hand(messages).into_iter().collect()
    };
    Ok(found
        .into_iter()
        .map(|key| {
            key.say(messages);
            key.key
        })
        .collect())
}

fn named(args: &KeyArgs) -> Vec<CredentialArgs> {
    let files = args
        .env_file
        .iter()
        .map(|file| CredentialArgs { env_file: Some(file.clone()), ..CredentialArgs::default() });
    let profiles = args
        .profile
        .iter()
        .map(|name| CredentialArgs { profile: Some(name.clone()), ..CredentialArgs::default() });
    files.chain(profiles).collect()
}

fn alone(args: &KeyArgs) -> CredentialArgs {
    CredentialArgs {
        secret_stdin: args.secret_stdin,
        secret_file: args.secret_file.clone(),
        ..CredentialArgs::default()
    }
}

fn at_hand(messages: Messages) -> Option<Key> {
    api_key_if_any(&CredentialArgs::default()).unwrap_or_else(|failure| {
        messages.warn(format!("the signature is not checked: {}", failure.line));
        None
    })
}
