//! Tokens against their floor and their peers.

use std::hint::black_box;

use grantmint_bench::cases::{Case, five_slots, one_slot};
use grantmint_bench::peers::{ByHand, Floor, JsonWebToken};
use grantmint_bench::rounds::{Contestant, Effort, Times, contestant, on_two_threads};
use grantmint_core::{JwtMinter, Result, TokenMinter};

use crate::report::Report;

pub(crate) fn run(report: &mut Report, effort: Effort, identities: &[String]) {
    against_floor_and_peers(report, "video", &Case::video(), 4.0, effort, identities);
    against_floor_and_peers(
        report,
        "playback, 0.9 KB",
        &Case::playback(900),
        8.0,
        effort,
        identities,
    );
    slots(report, effort, identities);
    growth(report, effort, identities);
    two_threads(report, effort, identities);
}

/// Most times the floor that a mint may take.
const MINT_BAR: f64 = 2.4;
/// Most times the floor that a mint into a buffer may take.
const MINT_INTO_BAR: f64 = 2.2;

fn against_floor_and_peers(
    report: &mut Report,
    name: &str,
    case: &Case,
    peer_bar: f64,
    effort: Effort,
    identities: &[String],
) {
    let (minter, floor, by_hand) = (case.minter(), Floor::new(), ByHand::new(case));
    let unique = case.unique_minter();
    let rust_crypto = JsonWebToken::new(case, false);
    let aws_lc = JsonWebToken::new(case, true);
    let message = [b'm'; 40];
    let mut buffer = String::new();
    let mut contestants = [
        contestant(|_| floor.tag(black_box(&message))),
        contestant(|identity| minter.mint(identity)),
        contestant(|identity| minter.mint_into(&mut buffer, identity)),
        contestant(|identity| rust_crypto.mint(identity)),
        contestant(|identity| aws_lc.mint(identity)),
        contestant(|identity| by_hand.mint(identity)),
        contestant(|identity| unique.mint(identity)),
        contestant(|identity| minter.mint_at(identity, 1_800_000_000)),
    ];
    let times = Times::measure(effort, identities, &mut contestants);
    let names = [
        "HMAC-SHA256 of 40 bytes",
        "grantmint mint",
        "grantmint mint_into",
        "jsonwebtoken, rust_crypto",
        "jsonwebtoken, aws_lc_rs",
        "serde_json + base64 + hmac",
        "grantmint mint, unique jti",
        "grantmint mint_at, another second",
    ];
    report.medians(name, &names, &times);
    let of_floor = |index: usize| times.median_of(|round| round[index] / round[0]);
    let peer = times.median_of(|round| round[3].min(round[4]) / round[1]);
    report.at_most("mint / floor", of_floor(1), MINT_BAR);
    report.at_most("mint_into / floor", of_floor(2), MINT_INTO_BAR);
    report.at_least("faster jsonwebtoken / mint", peer, peer_bar);
    let by_hand = times.median_of(|round| round[5] / round[1]);
    report.ratio("by hand / mint", by_hand);
}

/// Most times a TokenMinter that a JwtMinter with one slot may take, and one with five.
const ONE_SLOT_BAR: f64 = 1.05;
const FIVE_SLOTS_BAR: f64 = 1.5;

/// What slots cost: one, as a TokenMinter has, and five of a nested claim.
fn slots(report: &mut Report, effort: Effort, identities: &[String]) {
    let (minter, one, five) = (Case::video().minter(), one_slot(), five_slots());
    let mut contestants = [
        contestant(|identity| minter.mint(identity)),
        contestant(|identity| one.mint(identity, &[])),
        contestant(|identity| mint_five(&five, identity)),
    ];
    let times = Times::measure(effort, identities, &mut contestants);
    let names = ["TokenMinter", "JwtMinter, one slot", "JwtMinter, five slots"];
    report.medians("slots", &names, &times);
    let of_token_minter = |index: usize| times.median_of(|round| round[index] / round[0]);
    report.at_most("one slot / TokenMinter", of_token_minter(1), ONE_SLOT_BAR);
    report.at_most("five slots / TokenMinter", of_token_minter(2), FIVE_SLOTS_BAR);
}

fn mint_five(minter: &JwtMinter, identity: &str) -> Result<String> {
    let [room, name] = ["DailyStandup".into(), "Alice".into()];
    let slots = [("room", room), ("host", true.into()), ("seat", 7.into()), ("name", name)];
    minter.mint(identity, &slots)
}

/// From a grant of 0.1 KB to one of 8 KB a mint may grow by little more than it takes to allocate
/// and copy the added bytes.
fn growth(report: &mut Report, effort: Effort, identities: &[String]) {
    let (small, large) = (Case::playback(100).minter(), Case::playback(8192).minter());
    let length = |minter: &TokenMinter| minter.mint("alice").map_or(0, |token| token.len());
    let added = "x".repeat(length(&large) - length(&small));
    let mut contestants = [
        contestant(|identity| small.mint(identity)),
        contestant(|identity| large.mint(identity)),
        contestant(|_| black_box(&added).clone()),
    ];
    let times = Times::measure(effort, identities, &mut contestants);
    let names = ["mint, 0.1 KB", "mint, 8 KB", "copy of the added bytes"];
    report.medians("growth from a grant of 0.1 KB to one of 8 KB", &names, &times);
    let growth = times.median_of(|round| (round[1] - round[0]) / round[2]);
    report.at_most("growth / copy", growth, 1.5);
}

/// Two threads that share a minter may take little longer than two that have one each.
fn two_threads(report: &mut Report, effort: Effort, identities: &[String]) {
    let case = Case::video();
    let (shared, own) = (case.minter(), [case.minter(), case.minter()]);
    let mut contestants: [Contestant<'_>; 2] = [
        on_two_threads([&shared, &shared], |minter, identity| minter.mint(identity)),
        on_two_threads([&own[0], &own[1]], |minter, identity| minter.mint(identity)),
    ];
    let effort = Effort { calls: effort.calls * 5, ..effort };
    let times = Times::measure(effort, identities, &mut contestants);
    report.medians("video, two threads", &["on one minter", "on two minters"], &times);
    report.at_most("one / two", times.median_of(|round| round[0] / round[1]), 1.25);
}
