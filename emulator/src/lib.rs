/*!
An emulator of the PlaybackGrant endpoint, and of everyone who judges the tokens made with it.

The product behind the endpoint was closed, so this program is the upstream that grantmint runs
against. It speaks the endpoint as documented, and strictly: credentials, path, form fields, a request
limit per account, and playback URLs that carry a real ES384 token. It also does what the others in the
chain do: [`Emulator::play`] checks an Access Token as the player and the CDN check it,
[`Emulator::join`] as a video room does. Faults on request make it fail in every way an upstream can,
and it counts every call.

Signatures and claims it checks by itself, without a line of the library under test, so that each of the two finds the
other's mistakes. What the grants open, the judges of `grantmint_core::judge` say, the same that examine a token; only the
CDN's signature is checked here.

Of the services whose credentials are fetched in the same way it speaks four, as strictly: Twilio's and Cloudflare's TURN
credentials, which a coturn server with the same secret takes, an OAuth 2 token endpoint, and one that answers with the
token as text.

The feature `tls` adds HTTPS and a CONNECT proxy, and `program` the program with its command line; without either there
is plain HTTP, which is all that a page on this machine needs.

# Example: an upstream that fails twice, and a player without a token

```
use grantmint_emulator::{Config, Emulator, Fault, FaultKind};

let emulator = Emulator::start(Config::default())?;
// The next two calls of {base_url}/v1/PlayerStreamers/VJ…/PlaybackGrant are answered 503.
emulator.add_fault(Fault::new(FaultKind::status(503)).times(2))?;
assert!(emulator.base_url().starts_with("http://127.0.0.1:"));

let refusal = emulator.play("no token at all", Some("https://www.example.com")).unwrap_err();
assert_eq!(refusal.reason, "token_malformed");
assert_eq!(emulator.counters().plays_refused, 1);
# Ok::<(), std::io::Error>(())
```
*/

#![forbid(unsafe_code)]

mod access_token;
mod auth;
mod background;
mod clock;
mod config;
mod control;
mod counters;
mod emulator;
mod endpoint;
mod es384;
mod fault_queue;
mod faults;
mod form;
mod grant;
mod join;
mod play;
#[cfg(feature = "tls")]
mod proxy;
mod refusal;
mod reply;
mod reply_body;
mod request_body;
mod router;
mod server;
mod services;
mod sid;
mod state;
mod throttle;
#[cfg(feature = "tls")]
mod tls;
mod turn;
mod wire;

pub use crate::config::{
    ApiKey, Config, DEFAULT_BURST, DEFAULT_RATE, DEFAULT_TURN_URL, DEMO_ACCOUNT_SID,
    DEMO_AUTH_TOKEN, DEMO_KEY_SID, DEMO_SECRET, DEMO_TURN_API_TOKEN, DEMO_TURN_KEY_ID,
    DEMO_TURN_SECRET, RetryAfter,
};
pub use crate::counters::Counters;
pub use crate::emulator::Emulator;
pub use crate::faults::{Fault, FaultKind, RetryAfterForm};
pub use crate::join::{JoinRequest, Joined};
pub use crate::play::Admission;
#[cfg(feature = "tls")]
pub use crate::proxy::ConnectProxy;
#[cfg(feature = "tls")]
pub use crate::tls::Tls;
pub use grantmint_core::judge::Refusal;
