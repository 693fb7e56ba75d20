/*!
The C interface of grantmint, from which `include/grantmint.h` is generated.

All knowledge is in `grantmint-core`. A function here converts its arguments, calls the core once
and converts the result. A class of the header has a file with its name, and its options struct has
another: `grantmint_grant_cache_t` is in `cache/grant_cache.rs`. A struct or enum that only one
class uses is in the file of that class.

* `token`: Access Tokens, the grants in them, and verifying,
* `jwt`: tokens of other services,
* `playback`: tokens for live streams, and where the grants in them come from,
* `rest`, `credential`, `ice`: short-lived credentials of other services, and ICE servers,
* `cache`: the cache of all that is fetched,
* the files beside this one: what all of them use.

No panic gets into C: `panic` catches it, `boundary` turns it into a status. Words in brackets, in
`# Safety` sections and `SAFETY` comments, are the rules at the top of the header. Each rule has a
file with the code that relies on it:

* `handle`: [handles], objects behind pointers,
* `str`: [strings], text as a pointer and a length,
* `arrays`: [arrays] and [buffers],
* `options`: [structs], which start with their size,
* `output`: [outputs], results that are written where C says,
* `callback`: [callbacks], functions of the host.
*/

#![allow(non_camel_case_types, reason = "the types have their C names, so that both sides agree")]
#![allow(
    rustdoc::broken_intra_doc_links,
    rustdoc::private_intra_doc_links,
    reason = "words in brackets are rules of the header"
)]

#[cfg(panic = "abort")]
compile_error!(
    "grantmint-ffi catches panics at the FFI boundary: build it with panic = \"unwind\""
);

mod arrays;
mod boundary;
mod callback;
mod handle;
mod output;
mod panic;
mod time;

// The header has the functions in the order of the lines below, here and in the folders.
mod status;

mod error;
mod named_text;
mod options;
mod str;
mod string;
mod strings;
mod switch;
mod version;

mod api_key;

mod fleet;
mod redis_fleet_options;

mod token;

mod jwt;

mod playback;

mod rest;

mod credential;

mod ice;

mod cache;

mod manual_clock;
mod testing;

pub use api_key::*;
pub use cache::*;
pub use callback::*;
pub use credential::*;
pub use error::*;
pub use fleet::*;
pub use ice::*;
pub use jwt::*;
pub use manual_clock::*;
pub use named_text::*;
pub use options::*;
pub use playback::*;
pub use redis_fleet_options::*;
pub use rest::*;
pub use status::*;
pub use str::*;
pub use string::*;
pub use strings::*;
pub use switch::*;
pub use testing::*;
pub use time::GRANTMINT_ZERO_MS;
pub use token::*;
pub use version::*;
