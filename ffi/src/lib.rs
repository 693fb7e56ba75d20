/*!
The C interface of grantmint, from which `include/grantmint.h` is generated.

Everything that grantmint knows lies in `grantmint-core`. A function here converts its arguments,
calls the core once and converts the result. A class of the header has a file named like it, and so
has its options struct: `grantmint_grant_cache_t` is in `cache/grant_cache.rs`. Structs and enums
that one class alone uses are in the file of that class.

* `token`: Access Tokens, the grants in them, and verifying,
* `playback`: tokens for live streams, and where the grants in them come from,
* `cache`: the cache of those grants,
* the files beside this one: what all three use.

No panic crosses the border: `panic` catches it, `boundary` makes it a status. The words in brackets
in `# Safety` sections and `SAFETY` comments are the rules at the top of the header. These files keep
them:

* `handle`: [handles], objects behind pointers,
* `str`: [strings], text by its place and length,
* `arrays`: [arrays] and [buffers],
* `options`: [structs], of any size that a version of the header knows,
* `output`: [outputs],
* `callback`: [callbacks], calling into C.
*/

#![allow(non_camel_case_types, reason = "the types have their C names, so that both sides agree")]
#![allow(
    rustdoc::broken_intra_doc_links,
    rustdoc::private_intra_doc_links,
    reason = "words in brackets are rules of the header"
)]

#[cfg(panic = "abort")]
compile_error!("grantmint-ffi catches panics at its border: build it with panic = \"unwind\"");

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
mod options;
mod str;
mod string;
mod strings;
mod switch;
mod version;

mod api_key;

mod token;

mod playback;

mod cache;

mod manual_clock;
mod testing;

pub use api_key::*;
pub use cache::*;
pub use callback::*;
pub use error::*;
pub use manual_clock::*;
pub use options::*;
pub use playback::*;
pub use status::*;
pub use str::*;
pub use string::*;
pub use strings::*;
pub use switch::*;
pub use testing::*;
pub use time::GRANTMINT_ZERO_MS;
pub use token::*;
pub use version::*;
