//! Mints Twilio Access Tokens and keeps one in-process cache of playback grants.
//!
#![doc = include_str!("../README.md")]
#![deny(unsafe_code)]

mod account;
mod authority;
mod base64_text;
mod cache;
mod clock;
mod completion;
#[cfg(feature = "http")]
mod credential;
mod credentials;
mod error;
mod examine;
mod fetch;
mod finding;
mod fleet;
mod fork;
mod hash_trie;
#[cfg(feature = "http")]
mod ice;
mod json;
mod json_string;
mod json_text;
pub mod judge;
mod jwt;
pub mod limits;
#[cfg(feature = "http")]
mod net;
mod playback;
mod presets;
mod progress;
mod random;
#[cfg(feature = "http")]
pub mod rest;
mod secret;
mod setters;
mod shelf;
mod sid;
mod strict_json;
mod sync;
mod things;
mod thread;
mod token;
mod trace;
mod upstream;
mod watch;
mod wiped;

pub use account::minter_advice;
pub use cache::{
    AccountOptions, Asking, Begin, BeginOptions, CachePolicy, CachePolicyBuilder, Event, EventKind,
    Freshness, Grant, GrantCache, GrantCacheBuilder, Handle, Hit, Key, LatencyHistogram,
    PendingCall, Registration, Start, Stats, Ticket, Waiter, answer_field, answer_grant,
    answer_ttl,
};
pub use clock::{Clock, ManualClock, Now};
#[cfg(feature = "http")]
pub use credential::{Credential, CredentialBuilder, Issued, IssuedFuture, oauth2};
pub use credentials::ApiKey;
pub use error::{Error, ErrorKind, Result};
pub use examine::{
    Examination, ExamineOptions, Finding, Part, Signature, Times, examine, find_token,
};
pub use finding::{FindingKind, Severity};
#[cfg(feature = "test-helpers")]
#[doc(hidden)]
pub use fleet::FleetByHand;
pub use fleet::{Fleet, FleetFinding, FleetState, FleetStats};
#[cfg(feature = "http")]
pub use ice::{IceCredentials, IceFuture, IceServers, IceServersBuilder};
pub use json::Json;
pub use jwt::{
    ClaimPath, JwtMinter, JwtMinterBuilder, JwtUser, LengthUnit, NotBefore, Slot, SlotKind,
    SlotValue,
};
pub use limits::{LIMITS, Limit};
#[cfg(all(feature = "http", feature = "test-helpers"))]
#[doc(hidden)]
pub use playback::read_answer;
pub use playback::{
    AsyncGrantSource, ClientOptions, Fetched, GRANT_TTL_MAX, GrantRequest, GrantSource, Origin,
    PlaybackMinter, PlaybackMinterBuilder, PlaybackToken, SourceTicket, StreamMinter, TokenFuture,
    TokenOptions, forget, source_fn,
};
#[cfg(feature = "http")]
pub use playback::{PlaybackGrantClient, UpstreamCheck};
pub use presets::Service;
#[cfg(feature = "test-helpers")]
#[doc(hidden)]
pub use random::seed_this_thread;
#[cfg(feature = "http")]
pub use rest::{RestSource, RestSourceBuilder};
pub use serde_json::{Map, Value};
pub use sid::{Sid, SidKind};
pub use token::{
    AccessToken, AccessTokenBuilder, AccessTokenGrant, Algorithm, ChatGrant, CustomGrant, Decoded,
    IpMessagingGrant, PlaybackGrant, RtcGrant, SyncGrant, TaskRouterGrant, TokenMinter,
    TokenMinterBuilder, VerifyOptions, VideoGrant, VoiceGrant, Warning, decode, sign, verify,
    verify_jwt,
};
#[cfg(all(feature = "http", feature = "test-helpers"))]
#[doc(hidden)]
pub use upstream::{Wire, read_wire};
pub use wiped::WipedString;
