//! The flags of `token`: those of each kind are named as twilio-cli's plugin names them.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::common::{Format, MessageArgs};
use super::credentials::CredentialArgs;
use super::fleet::{ServerArgs, StoreArgs};
use super::upstream::UpstreamArgs;
use super::values::{self, Time};

/// What a token is for.
#[derive(Subcommand)]
pub(crate) enum KindArgs {
    /// A video room
    Video(VideoArgs),
    /// Calls from and to a browser or app
    Voice(VoiceArgs),
    /// Conversations
    Chat(ChatArgs),
    /// State that clients share
    Sync(SyncArgs),
    /// A worker of TaskRouter or Flex
    #[command(visible_alias = "flex")]
    Taskrouter(TaskRouterArgs),
    /// A Live player, around a grant that all processes of this machine share
    Playback(PlaybackArgs),
    /// Any grants
    Custom(CustomArgs),
}

impl KindArgs {
    /// The flags that all kinds have.
    pub(crate) fn token(&self) -> &TokenArgs {
        match self {
            Self::Video(args) => &args.token,
            Self::Voice(args) => &args.token,
            Self::Chat(args) => &args.token,
            Self::Sync(args) => &args.token,
            Self::Taskrouter(args) => &args.token,
            Self::Playback(args) => &args.token,
            Self::Custom(args) => &args.token,
        }
    }
}

#[derive(Args)]
pub(crate) struct VideoArgs {
    /// The only room that may be joined; any without it
    #[arg(long, value_name = "ROOM", value_parser = values::text)]
    pub(crate) room_name: Option<String>,

    #[command(flatten)]
    pub(crate) token: TokenArgs,
}

#[derive(Args)]
pub(crate) struct VoiceArgs {
    /// The TwiML application that outgoing calls run
    #[arg(long, value_name = "AP…", value_parser = values::text)]
    pub(crate) voice_app_sid: String,

    /// Whether calls may come in, too; they may without it
    #[arg(
        long,
        value_name = "true|false",
        num_args = 0..=1,
        default_value = "true",
        default_missing_value = "true",
        hide_default_value = true,
        hide_possible_values = true,
        value_parser = values::boolean
    )]
    pub(crate) allow_incoming: bool,

    /// The push credential of an app
    #[arg(long, value_name = "CR…", value_parser = values::text)]
    pub(crate) push_credential_sid: Option<String>,

    #[command(flatten)]
    pub(crate) token: TokenArgs,
}

#[derive(Args)]
pub(crate) struct ChatArgs {
    /// The Conversations service
    #[arg(long, value_name = "IS…", value_parser = values::text)]
    pub(crate) chat_service_sid: String,

    /// The push credential of an app
    #[arg(long, value_name = "CR…", value_parser = values::text)]
    pub(crate) push_credential_sid: Option<String>,

    #[command(flatten)]
    pub(crate) token: TokenArgs,
}

#[derive(Args)]
pub(crate) struct SyncArgs {
    /// The Sync service
    #[arg(long, value_name = "IS…", value_parser = values::text)]
    pub(crate) sync_service_sid: String,

    #[command(flatten)]
    pub(crate) token: TokenArgs,
}

#[derive(Args)]
pub(crate) struct TaskRouterArgs {
    /// The worker
    #[arg(long, value_name = "WK…", value_parser = values::text)]
    pub(crate) worker_sid: String,

    /// The worker's workspace
    #[arg(long, value_name = "WS…", value_parser = values::text)]
    pub(crate) workspace_sid: String,

    /// The worker's role
    #[arg(long, value_name = "ROLE", default_value = "worker", value_parser = values::text)]
    pub(crate) role: String,

    #[command(flatten)]
    pub(crate) token: TokenArgs,
}

#[derive(Args)]
pub(crate) struct PlaybackArgs {
    /// The player streamer
    #[arg(value_name = "VJ…")]
    pub(crate) streamer: String,

    #[command(flatten)]
    pub(crate) upstream: UpstreamArgs,

    #[command(flatten)]
    pub(crate) store: StoreArgs,

    #[command(flatten)]
    pub(crate) server: ServerArgs,

    /// Fetches a grant for this run alone
    #[arg(long, conflicts_with = "fleet", help_heading = "Fleet")]
    pub(crate) no_fleet: bool,

    #[command(flatten)]
    pub(crate) token: TokenArgs,
}

#[derive(Args)]
pub(crate) struct CustomArgs {
    /// A grant's key and its JSON (repeatable)
    #[arg(long, value_name = "KEY=JSON", required = true)]
    pub(crate) grant: Vec<String>,

    #[command(flatten)]
    pub(crate) token: TokenArgs,
}

/// The flags of all kinds.
#[derive(Args)]
pub(crate) struct TokenArgs {
    /// Whom the token is for; with --count, an n in braces is the token's number
    #[arg(long, value_name = "NAME", required_unless_present = "identities")]
    pub(crate) identity: Option<String>,

    #[command(flatten)]
    pub(crate) bulk: BulkArgs,

    /// How long a token is valid: seconds, or 90m, 4h, 1h10m
    #[arg(long, value_name = "TIME", allow_hyphen_values = true, value_parser = values::ttl)]
    pub(crate) ttl: Option<u64>,

    /// When it becomes valid: Unix seconds, +5m, or 2030-01-31T12:00:00Z
    #[arg(long, value_name = "TIME", allow_hyphen_values = true, value_parser = values::time)]
    pub(crate) nbf: Option<Time>,

    /// Gives each token a jti of its own
    #[arg(long)]
    pub(crate) unique: bool,

    /// A further grant, such as chat:service_sid=IS… (repeatable)
    #[arg(long, value_name = "KIND:K=V[,K=V]")]
    pub(crate) with: Vec<String>,

    /// How tokens are laid out on stdout
    #[arg(
        short,
        long,
        alias = "cli-output-format",
        value_name = "FORMAT",
        default_value = "columns"
    )]
    pub(crate) output: Format,

    #[command(flatten)]
    pub(crate) messages: MessageArgs,

    #[command(flatten)]
    pub(crate) credentials: CredentialArgs,
}

/// Many tokens in one run.
#[derive(Args)]
pub(crate) struct BulkArgs {
    /// A file with one identity a line, or - for stdin
    #[arg(long, value_name = "FILE", conflicts_with = "identity")]
    pub(crate) identities: Option<PathBuf>,

    /// So many tokens, each numbered by an n in braces in --identity, or --unique
    #[arg(long, value_name = "N", conflicts_with = "identities", value_parser = values::count)]
    pub(crate) count: Option<u64>,

    /// Begins at this line, or number
    #[arg(long, value_name = "N", default_value = "1", hide_default_value = true, value_parser = values::count)]
    pub(crate) from_line: u64,

    /// Goes on after a line that is no identity
    #[arg(long)]
    pub(crate) skip_bad: bool,
}
