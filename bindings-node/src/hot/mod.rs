//! The functions on the hot path: minting, and asking for a token whose grant is in the cache.
//!
//! To call a method of a class that the derive made costs ten times an empty call of Node-API. So these
//! functions are made by hand. The files named after classes say what each function does; the others
//! carry it across Node-API. `waker` is not on the hot path; it is here because it, too, calls Node-API by
//! hand.

pub(crate) mod call;
pub(crate) mod failure;
pub(crate) mod function;
mod handles;
pub(crate) mod jwt_minter;
pub(crate) mod playback_minter;
mod playback_token;
mod read;
pub(crate) mod stream_minter;
mod texts;
pub(crate) mod token_minter;
pub(crate) mod waker;
pub(crate) mod wiped;
mod write;
