//! Tokens of other services: JSON Web Tokens of any claims, with slots for what differs between users.
//!
//! A builder collects a `definition`, whose claims are a `tree`. A `plan` puts them into the order in which they
//! are written: what all tokens share first, then the slots. A `template` stamps that once a second and
//! mints from it what `fill` has checked.

mod bonds;
mod builder;
mod definition;
mod fill;
mod filled;
mod header;
mod kind;
mod minter;
mod path;
mod plan;
mod read;
mod slot;
mod strict;
mod template;
mod times;
mod tree;
mod value;

pub(crate) use bonds::Bond;
pub use builder::JwtMinterBuilder;
pub(crate) use definition::Bound;
pub use kind::{LengthUnit, SlotKind};
pub use minter::{JwtMinter, JwtUser};
pub use path::ClaimPath;
pub use slot::Slot;
pub(crate) use slot::{IDENTITY, Rule};
pub use times::NotBefore;
pub(crate) use times::Times;
pub use value::SlotValue;

#[cfg(test)]
mod tests;
