//! What some services want in their tokens: a table for each, over the minter of `jwt`.

mod daily;
mod jitsi;
mod livekit;
mod preset;
mod rules;
mod service;
mod zoom_video_sdk;

pub use service::Service;

#[cfg(test)]
mod tests;
