//! The answer of the endpoint: the resource, and the grant inside it.

use std::fmt::Write as _;

use ring::digest::{SHA256, digest};
use serde::Serialize;

/// The largest grant that padding can make.
pub(crate) const MAX_PADDED_BYTES: usize = 16 << 20;

/// The answer to a granted call: exactly the documented fields.
#[derive(Serialize)]
pub(crate) struct PlaybackGrantResource<'a, G: Serialize> {
    pub(crate) sid: &'a str,
    pub(crate) url: String,
    pub(crate) account_sid: &'a str,
    pub(crate) date_created: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) grant: Option<G>,
}

/// The grant: what the player needs to start.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Grant<'a> {
    request_credentials: Option<&'static str>,
    playback_url: String,
    player_streamer_sid: &'a str,
}

/// The channel that a PlayerStreamer is shown on. It follows from the SID alone, so the CDN's check
/// needs no table of what was granted.
pub(crate) struct Channel {
    account: String,
    id: String,
}

impl<'a> Grant<'a> {
    pub(crate) fn new(streamer: &'a str, url_token: &str) -> Self {
        let playback_url = format!("{}?token={url_token}", Channel::of(streamer).url());
        Self { request_credentials: None, playback_url, player_streamer_sid: streamer }
    }

    /// Lengthens the URL until the grant has at least `bytes` bytes of JSON.
    pub(crate) fn padded_to(mut self, bytes: usize) -> Self {
        const PARAMETER: &str = "&padding=";
        let missing = bytes.min(MAX_PADDED_BYTES).saturating_sub(self.to_json().len());
        if missing > 0 {
            self.playback_url.push_str(PARAMETER);
            let zeros = missing.saturating_sub(PARAMETER.len());
            self.playback_url.extend(std::iter::repeat_n('0', zeros));
        }
        self
    }

    pub(crate) fn to_json(&self) -> String {
        serde_json::to_string(self).expect("string keys and plain values")
    }
}

impl Channel {
    pub(crate) fn of(streamer: &str) -> Self {
        let hash = digest(&SHA256, streamer.as_bytes());
        let (account, id) = hash.as_ref().split_at(12);
        let account = account.iter().map(|byte| char::from(b'0' + byte % 10)).collect();
        let mut channel = Self { account, id: String::new() };
        for byte in &id[..6] {
            let _ = write!(channel.id, "{byte:02x}");
        }
        channel
    }

    pub(crate) fn arn(&self) -> String {
        format!("arn:aws:ivs:us-east-1:{}:channel/{}", self.account, self.id)
    }

    pub(crate) fn url(&self) -> String {
        let Self { account, id } = self;
        let host = format!("{id}.us-east-1.playback.live-video.net");
        format!("https://{host}/api/video/v1/us-east-1.{account}.channel.{id}.m3u8")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const STREAMER: &str = "VJ00000000000000000000000000000001";

    #[test]
    fn a_grant_has_the_documented_shape() {
        let grant: serde_json::Value =
            serde_json::from_str(&Grant::new(STREAMER, "a.b.c").to_json()).unwrap();
        assert_eq!(grant["requestCredentials"], serde_json::Value::Null);
        assert_eq!(grant["playerStreamerSid"], STREAMER);
        let url = grant["playbackUrl"].as_str().unwrap();
        assert!(url.starts_with("https://") && url.ends_with(".m3u8?token=a.b.c"), "{url}");
        assert!(url.contains(".playback.live-video.net/api/video/v1/us-east-1."), "{url}");
    }

    #[test]
    fn padding_reaches_its_size() {
        for bytes in [0, 700, 4096, 100_000] {
            let grant = Grant::new(STREAMER, "t").padded_to(bytes).to_json();
            assert!(grant.len() >= bytes && grant.len() < bytes.max(300) + 10, "{}", grant.len());
        }
    }

    #[test]
    fn streamers_have_channels_of_their_own() {
        let other = Channel::of("VJ00000000000000000000000000000002");
        assert_ne!(Channel::of(STREAMER).arn(), other.arn());
        assert_eq!(Channel::of(STREAMER).arn(), Channel::of(STREAMER).arn());
    }
}
