//! The pages that show Rust. The examples of a page are the tests of its module.

#[doc = include_str!("../../../docs/tutorial/first-token.md")]
pub mod first_token {}

#[doc = include_str!("../../../docs/credentials.md")]
pub mod credentials {}

#[doc = include_str!("../../../docs/ice.md")]
pub mod ice {}

#[doc = include_str!("../../../docs/howto/oauth.md")]
pub mod oauth {}

#[doc = include_str!("../../../docs/howto/rotate-a-key.md")]
pub mod rotate_a_key {}

#[doc = include_str!("../../../docs/howto/grants.md")]
pub mod grants {}

#[doc = include_str!("../../../docs/jwt.md")]
pub mod jwt {}

#[doc = include_str!("../../../docs/rust.md")]
pub mod rust {}

#[doc = include_str!("../../../docs/testing.md")]
pub mod testing {}
