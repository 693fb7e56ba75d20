//! The grants: values with Twilio's argument names. Each is checked when it is made.

pub(crate) mod argument;
mod check;
pub(crate) mod custom;
pub(crate) mod playback;
pub(crate) mod text_grants;
pub(crate) mod voice;
