//! Tokens of other services than Twilio, by fixed claims and slots.

mod jwt_minter;
mod jwt_minter_options;
mod presets;
mod slot;
mod slot_value;

pub use jwt_minter::*;
pub use jwt_minter_options::*;
pub use presets::*;
pub use slot::*;
pub use slot_value::*;
