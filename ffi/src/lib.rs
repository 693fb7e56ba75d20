/*!
The C interface of grantmint, from which `include/grantmint.h` is generated.

Everything that grantmint knows lies in `grantmint-core`. A function here converts its arguments,
calls the core once and converts the result. One file per class of the C interface; what they share:

* `panic`: no panic crosses the border,
* `handle`: objects behind pointers,
* `callback`: calling into C,
* `strings`, `options`, `time`: values on their way in and out,
* `error`: the status numbers and the error object.

The words in brackets in `# Safety` sections and `SAFETY` comments are the rules at the top of the
header.
*/

#![allow(non_camel_case_types, reason = "the types have their C names, so that both sides agree")]
#![allow(
    rustdoc::broken_intra_doc_links,
    rustdoc::private_intra_doc_links,
    reason = "words in brackets are rules of the header"
)]

#[cfg(panic = "abort")]
compile_error!("grantmint-ffi catches panics at its border: build it with panic = \"unwind\"");

#[macro_use]
mod panic;

// The header has the classes in this order.
mod callback;
mod error;
mod handle;
mod options;
mod strings;
mod time;
mod version;

mod api_key;
mod grants;

mod access_token;
mod token_minter;
mod verify;

mod playback_minter;
mod playback_token;
mod source;
mod stream_minter;
mod ticket;

mod grant_cache;
mod waiter;

mod events;
mod stats;

mod clock;
mod testing;

pub use access_token::*;
pub use api_key::*;
pub use callback::*;
pub use clock::*;
pub use error::*;
pub use events::*;
pub use grant_cache::*;
pub use grants::*;
pub use options::*;
pub use playback_minter::*;
pub use playback_token::*;
pub use source::*;
pub use stats::*;
pub use stream_minter::*;
pub use strings::*;
pub use testing::*;
pub use ticket::*;
pub use time::GRANTMINT_ZERO_MS;
pub use token_minter::*;
pub use verify::*;
pub use version::*;
pub use waiter::*;
