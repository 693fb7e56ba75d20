//! Asks for tokens in every way for `SOAK_SECONDS`, from many threads, of an upstream that
//! `tests/soak/run.py` makes fail; then prints a line of JSON about itself. Ends badly when a rule is
//! broken.

#![allow(clippy::print_stdout, reason = "what it prints is its result")]
#![allow(clippy::unwrap_used, reason = "it fails by panicking")]

mod load;
mod memory;
mod rules;

use std::env;
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use grantmint_core::{
    AccountOptions, ApiKey, CachePolicy, Fleet, PlaybackMinter, PlaybackMinterBuilder,
};

use crate::load::Load;
use crate::rules::Rules;

const THREADS: usize = 6;

fn main() {
    let time = Duration::from_secs(setting("SOAK_SECONDS").parse().unwrap());
    let end = Instant::now() + time;
    let load = Arc::new(load());
    let threads: Vec<_> = (0..THREADS)
        .map(|_| Arc::clone(&load))
        .map(|load| thread::spawn(move || load.run(end)))
        .collect();
    while Instant::now() < end {
        println!("memory {}", memory::resident_kib());
        thread::sleep(Duration::from_secs(1));
    }
    let operations: u64 = threads.into_iter().map(|thread| thread.join().unwrap()).sum();
    let (tokens, refused) = load.rules.counted();
    println!("{{\"operations\":{operations},\"tokens\":{tokens},\"refused\":{refused}}}");
}

fn load() -> Load {
    let account = setting("TWILIO_ACCOUNT_SID");
    let keys = ["TWILIO_API", "SECOND_API"].map(|name| {
        let (sid, secret) = (setting(&format!("{name}_KEY")), setting(&format!("{name}_SECRET")));
        ApiKey::new(&account, &sid, &secret).unwrap()
    });
    // Fewer keys than streams, so that entries come and go all the time.
    let policy = CachePolicy::builder().max_keys(load::STREAMS / 2).build().unwrap();
    let (url, key) = (setting("GRANTMINT_BASE_URL"), keys[0].clone());
    // Else the rate grows to what upstream bears.
    let account = AccountOptions::new()
        .calls_per_second(setting("SOAK_RATE").parse().unwrap())
        .burst(setting("SOAK_BURST").parse().unwrap());
    let minter = move || {
        let builder = PlaybackMinter::builder(&key).base_url(&url);
        let builder = builder.account(account);
        builder.policy(policy.clone()).allow_origin("https://www.example.com")
    };
    let fleet: Fleet = setting("SOAK_FLEET").parse().unwrap();
    let build = |builder: PlaybackMinterBuilder| builder.build().unwrap();
    // Two minters of one key share a cache.
    let minters = [build(minter()), build(minter()), build(minter().fleet(fleet))];
    Load { minters, minter: Box::new(minter), rules: Rules::new(&keys), keys }
}

fn setting(name: &str) -> String {
    env::var(name).unwrap_or_else(|_| panic!("{name} is not set"))
}
