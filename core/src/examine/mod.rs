//! Everything there is to say of one token, where `verify` stops at the first fault; and the token in a text that somebody
//! has copied.

mod claims;
mod examination;
mod find_token;
mod findings;
mod grants;
mod header;
mod identity;
mod members;
mod names;
mod options;
mod report;
mod service;
mod signature;
mod text;

pub use examination::{Examination, Times, examine};
pub use find_token::find_token;
pub use findings::{Finding, Part};
pub use options::ExamineOptions;
pub use signature::Signature;
