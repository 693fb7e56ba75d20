//! Times with confidence intervals: `cargo bench -p grantmint-bench`.

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use grantmint_bench::cases::{Case, identities, key};
use grantmint_bench::peers::{ByHand, Floor, JsonWebToken};
use grantmint_core::{VerifyOptions, verify};

fn token(criterion: &mut Criterion) {
    let floor = Floor::new();
    let message = [b'm'; 40];
    criterion.bench_function("floor/hmac_40_bytes", |bencher| {
        bencher.iter(|| floor.tag(black_box(&message)));
    });
    for (name, case) in [("video", Case::video()), ("playback", Case::playback(900))] {
        mint(criterion, name, &case);
        check(criterion, name, &case);
    }
}

fn mint(criterion: &mut Criterion, name: &str, case: &Case) {
    let identities = identities();
    let mut turns = identities.iter().cycle();
    let mut next = move || turns.next().expect("the identities take turns for ever").as_str();
    let minter = case.minter();
    let mut group = criterion.benchmark_group(name);
    group.bench_function("mint", |bencher| bencher.iter(|| minter.mint(next())));
    let mut buffer = String::new();
    group.bench_function("mint_into", |bencher| {
        bencher.iter(|| minter.mint_into(&mut buffer, next()));
    });
    for (peer, use_aws_lc) in [("jsonwebtoken_rust_crypto", false), ("jsonwebtoken_aws_lc", true)] {
        let peer_minter = JsonWebToken::new(case, use_aws_lc);
        group.bench_function(peer, |bencher| bencher.iter(|| peer_minter.mint(next())));
    }
    let by_hand = ByHand::new(case);
    group.bench_function("by_hand", |bencher| bencher.iter(|| by_hand.mint(next())));
    group.finish();
}

fn check(criterion: &mut Criterion, name: &str, case: &Case) {
    let token = case.minter().mint("alice").expect("the identity is valid");
    let key = key();
    let decoded = verify(&token, &key, &VerifyOptions::new()).expect("the token is valid");
    let now = decoded.issued_at().expect("the token has a time");
    let options = VerifyOptions::new().now(now);
    criterion.bench_function(&format!("{name}/verify"), |bencher| {
        bencher.iter(|| verify(black_box(&token), &key, &options));
    });
}

criterion_group!(benches, token);
criterion_main!(benches);
