//! The command line as clap sees it: which commands and flags there are, and what they are called.

mod command;
mod credentials;
#[cfg(feature = "page")]
mod page;
mod refused;

pub(crate) use command::{Command, Grantmint};
pub(crate) use credentials::CredentialArgs;
#[cfg(feature = "page")]
pub(crate) use page::PageArgs;
pub(crate) use refused::refuse_secrets;
