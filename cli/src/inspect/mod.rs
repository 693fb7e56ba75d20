//! `inspect`: what is in a token, and what is wrong with it. Core examines it.

mod keys;
mod run;
mod spans;
mod text;

pub(crate) use run::run;
