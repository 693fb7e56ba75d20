//! `token`: one token or many, of any kind.

mod bulk;
mod identities;
mod kind;
mod lines;
mod mint;
mod run;
mod with;

pub(crate) use run::run;
