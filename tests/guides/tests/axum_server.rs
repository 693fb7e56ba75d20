//! The token server with axum, against the emulator.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

#[path = "../examples/axum_server.rs"]
#[allow(dead_code, reason = "its main reads the environment and binds a port")]
mod server;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{Request, Response, StatusCode, header};
use grantmint_core::{ApiKey, PlaybackMinter, TokenMinter, VerifyOptions, VideoGrant, verify};
use grantmint_emulator::{ApiKey as KnownKey, Config, Emulator, Fault, FaultKind};
use server::{Minters, app};
use tokio_util::sync::CancellationToken;
use tower::ServiceExt as _;

const STREAM: &str = "VJ00000000000000000000000000000001";

struct Served {
    emulator: Emulator,
    key: ApiKey,
    minters: Minters,
}

impl Served {
    fn start() -> Self {
        let emulator = Emulator::start(Config::default()).unwrap();
        let known = KnownKey::demo();
        let key = ApiKey::new(&known.account_sid, &known.key_sid, &known.secret).unwrap();
        let live = PlaybackMinter::builder(&key).base_url(emulator.base_url()).build().unwrap();
        let rooms = TokenMinter::builder(&key).grant(VideoGrant::new()).build().unwrap();
        Self { emulator, key, minters: Minters { rooms, live, stopping: CancellationToken::new() } }
    }

    fn app(&self) -> Router {
        app(self.minters.clone())
    }
}

async fn ask(app: Router, path: &str) -> Response<Body> {
    let request = Request::get(path).body(Body::empty()).unwrap();
    app.oneshot(request).await.unwrap()
}

async fn body(response: Response<Body>) -> serde_json::Value {
    serde_json::from_slice(&to_bytes(response.into_body(), 65_536).await.unwrap()).unwrap()
}

fn live_path(stream: &str, viewer: &str) -> String {
    format!("/live/{stream}/token?identity={viewer}")
}

#[tokio::test]
async fn a_crowd_gets_tokens_of_its_own_around_one_grant() {
    let served = Served::start();
    let crowd = (0..100).map(|number| {
        let (app, key) = (served.app(), served.key.clone());
        tokio::spawn(async move {
            let viewer = format!("viewer-{number}");
            let response = ask(app, &live_path(STREAM, &viewer)).await;
            assert_eq!(response.status(), StatusCode::OK);
            assert_eq!(response.headers()[header::CACHE_CONTROL], "no-store");
            let token = body(response).await["token"].as_str().unwrap().to_owned();
            let decoded = verify(&token, &key, &VerifyOptions::new()).unwrap();
            assert_eq!(decoded.identity(), Some(viewer.as_str()));
        })
    });
    for viewer in crowd.collect::<Vec<_>>() {
        viewer.await.unwrap();
    }
    assert_eq!(served.minters.live.stats().unwrap().fetches, 1);
    let room = ask(served.app(), "/rooms/token?identity=alice").await;
    assert_eq!(room.status(), StatusCode::OK);
}

#[tokio::test]
async fn errors_say_whose_fault_it_is_and_when_to_come_back() {
    let served = Served::start();
    let nobody = ask(served.app(), "/rooms/token").await;
    assert_eq!(nobody.status(), StatusCode::BAD_REQUEST);
    assert_eq!(body(nobody).await["error"], "invalid_identity");
    let misspelled = ask(served.app(), &live_path("VJ1", "alice")).await;
    assert_eq!(misspelled.status(), StatusCode::BAD_REQUEST);
    let gone = served.emulator.base_url().to_owned();
    drop(served.emulator);
    let live = PlaybackMinter::builder(&served.key).base_url(gone).isolated().build().unwrap();
    let down = ask(app(Minters { live, ..served.minters }), &live_path(STREAM, "alice")).await;
    assert_eq!(down.status(), StatusCode::SERVICE_UNAVAILABLE);
    assert!(down.headers().contains_key(header::RETRY_AFTER));
}

#[tokio::test]
async fn who_waits_when_the_process_stops_is_told_so_and_the_fetch_goes_on() {
    let served = Served::start();
    served.emulator.add_fault(Fault::new(FaultKind::latency(1_000))).unwrap();
    let waiting = tokio::spawn({
        let app = served.app();
        async move { ask(app, &live_path(STREAM, "alice")).await }
    });
    while served.emulator.counters().calls(STREAM) == 0 {
        tokio::task::yield_now().await;
    }
    served.minters.stopping.cancel();
    let told = waiting.await.unwrap();
    assert_eq!(told.status(), StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(body(told).await["error"], "stopping");
    let live = served.minters.live.clone();
    let late = tokio::task::spawn_blocking(move || live.token(STREAM, "bob")).await.unwrap();
    assert!(late.is_ok());
    assert_eq!(served.emulator.counters().calls(STREAM), 1);
}
