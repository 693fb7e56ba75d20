//! What a subscriber of `tracing` is told, and what it is never told. A binary of its own: there is
//! one subscriber for the whole process.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::fmt::{self, Write as _};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use grantmint_core::{ApiKey, CachePolicy, IceServers, PlaybackMinter};
use grantmint_emulator::{
    Config, DEMO_ACCOUNT_SID, DEMO_KEY_SID, DEMO_SECRET, Emulator, Fault, FaultKind,
};
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};

/// Writes down everything it is told.
#[derive(Clone, Default)]
struct Notes(Arc<Mutex<String>>);

/// Adds each field to a line.
struct Line<'a>(&'a mut String);

impl Visit for Line<'_> {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        write!(self.0, " {}={value:?}", field.name()).unwrap();
    }
}

impl Notes {
    fn note(&self, metadata: &Metadata<'_>, record: impl FnOnce(&mut dyn Visit)) {
        let mut text = self.0.lock().unwrap();
        write!(text, "{} {}", metadata.target(), metadata.name()).unwrap();
        record(&mut Line(&mut text));
        text.push('\n');
    }

    fn text(&self) -> String {
        self.0.lock().unwrap().clone()
    }
}

impl Subscriber for Notes {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }

    fn new_span(&self, span: &Attributes<'_>) -> Id {
        static NEXT: AtomicU64 = AtomicU64::new(1);
        self.note(span.metadata(), |line| span.record(line));
        Id::from_u64(NEXT.fetch_add(1, Ordering::Relaxed))
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, event: &Event<'_>) {
        self.note(event.metadata(), |line| event.record(line));
    }

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}

fn streamer(number: u32) -> String {
    format!("VJ{number:032x}")
}

#[test]
fn it_hears_of_fetches_cool_downs_and_evictions_and_of_no_secret() {
    let notes = Notes::default();
    tracing::subscriber::set_global_default(notes.clone()).unwrap();
    let emulator = Emulator::start(Config::default()).unwrap();
    let key = ApiKey::new(DEMO_ACCOUNT_SID, DEMO_KEY_SID, DEMO_SECRET).unwrap();
    let policy = CachePolicy::builder().max_keys(1).build().unwrap();
    let live = PlaybackMinter::builder(&key).base_url(emulator.base_url()).policy(policy);
    let live = live.allow_origin("https://www.example.com").build().unwrap();

    let token = live.token(&streamer(1), "identity-of-alice").unwrap();
    let servers = IceServers::twilio(&key).base_url(emulator.base_url()).build().unwrap();
    servers.get(Some("identity-of-bob")).unwrap();
    emulator.add_fault(Fault::new(FaultKind::status(503)).times(1)).unwrap();
    live.token(&streamer(2), "identity-of-alice").unwrap_err();
    emulator.add_fault(Fault::new(FaultKind::throttle(Some(3)))).unwrap();
    live.token(&streamer(3), "identity-of-alice").unwrap_err();

    let text = notes.text();
    for told in [
        "grantmint fetch key=\"VJ00000000000000000000000000000001 https://www.example.com\"",
        "event=\"fetch_sent\"",
        "event=\"fetch_succeeded\"",
        "generation=1",
        "event=\"fetch_failed\"",
        "error=\"upstream_unavailable\"",
        "event=\"evicted\"",
        "event=\"cool_down\" time_ms=3",
        "error=\"throttled\"",
    ] {
        assert!(text.contains(told), "{told} in {text}");
    }
    let hidden = [DEMO_SECRET, "identity-of", "playbackUrl", "token=", "Basic ", &token.jwt[..20]];
    for secret in hidden {
        assert!(!text.contains(secret), "{secret} in {text}");
    }
    assert!(live.stats().unwrap().cooldown_left > Duration::ZERO);
}
