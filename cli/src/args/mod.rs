//! The command line as clap sees it: which commands and flags there are, and what they are called.

mod command;
mod common;
mod credentials;
#[cfg(feature = "page")]
mod emulator;
mod fleet;
mod inspect;
mod mistake;
#[cfg(feature = "page")]
mod page;
mod refused;
mod spelling;
mod token;
mod upstream;
mod values;

pub(crate) use command::{Command, FleetCommand, Grantmint, Shell};
pub(crate) use common::{Format, Level, MessageArgs};
pub(crate) use credentials::CredentialArgs;
#[cfg(feature = "page")]
pub(crate) use emulator::EmulatorArgs;
pub(crate) use fleet::{FleetArgs, ServerArgs, StoreArgs};
pub(crate) use inspect::{InspectArgs, KeyArgs, ReportFormat};
pub(crate) use mistake::explained;
#[cfg(feature = "page")]
pub(crate) use page::PageArgs;
pub(crate) use refused::refuse_secrets;
pub(crate) use spelling::spelled_out;
pub(crate) use token::{
    BulkArgs, ChatArgs, CustomArgs, KindArgs, PlaybackArgs, SyncArgs, TaskRouterArgs, TokenArgs,
    VideoArgs, VoiceArgs,
};
pub(crate) use upstream::{CheckArgs, GrantArgs, UpstreamArgs, WayArgs};
