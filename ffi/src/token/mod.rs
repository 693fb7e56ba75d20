//! Access Tokens: the grants in them, minting, signing and verifying.

pub(crate) mod grants;

mod access_token;
mod access_token_options;
pub(crate) mod warning;

mod token_minter;
mod token_minter_options;

pub(crate) mod algorithm;
mod sign;

mod verify;
mod verify_options;

mod decoded;

pub use access_token::*;
pub use access_token_options::*;
pub use algorithm::*;
pub use decoded::*;
pub use grants::*;
pub use sign::*;
pub use token_minter::*;
pub use token_minter_options::*;
pub use verify::*;
pub use verify_options::*;
pub use warning::*;
