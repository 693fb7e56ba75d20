//! Long times in short: simulated upstreams on a clock that jumps from event to event.

mod chance;
mod world;

use std::thread;
use std::time::Duration;

use chance::Chance;
use grantmint_core::{CachePolicy, CachePolicyBuilder};
use world::{Fate, World, boot};

const SECOND: f64 = 1.0;
/// Of a grant of 60 s, net of the margin.
const LIFETIME: f64 = 58.0;
/// At this remaining lifetime a refresh is due at the latest, and so much earlier at the earliest.
const SOFT_POINT: f64 = 30.0;
const SOFT_JITTER: f64 = 5.0;
const FETCH_TIMEOUT: f64 = 4.0;

const OUTAGES: usize = 200_000;
const OUTAGES_OF_ONE_CACHE: usize = 250;
const OUTAGE: f64 = 20.0;

fn jittered(jitter: f64) -> CachePolicyBuilder {
    CachePolicy::builder().jitter(jitter)
}

fn seconds(time: f64) -> Duration {
    Duration::from_secs_f64(time)
}

/// Outages of 20 s that begin up to 20 s before the refresh of a grant falls due, so that the
/// attempts to refresh fall into them.
///
/// The model: one stream is read at random moments (a Poisson process of 0.2 to 1 reads a second),
/// each reader wanting the default `min_remaining` and waiting at most 5 s. A request sent during
/// the outage fails, in one of three styles: with a 5xx within 0.3 s, without a connection within
/// 2 s, or with silence until the fetch time-out of 4 s. A request sent before or after it is
/// answered within 0.5 s. Jitter differs from cache to cache. Reads while the grant is fresh
/// are hits whatever upstream does, so the clock skips them. An error is a reader that gets none.
#[test]
fn no_reader_notices_an_outage_of_twenty_seconds() {
    let threads = thread::available_parallelism().map_or(1, usize::from).min(8);
    let caches = OUTAGES / OUTAGES_OF_ONE_CACHE;
    let tallies: Vec<Tally> = thread::scope(|scope| {
        let run = |first: usize| {
            (first..caches).step_by(threads).map(outages_of_one_cache).fold(Tally::default(), sum)
        };
        let running: Vec<_> = (0..threads).map(|first| scope.spawn(move || run(first))).collect();
        running.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    let all = tallies.into_iter().fold(Tally::default(), sum);
    println!("{all:?}");
    assert_eq!((all.outages, all.errors), (OUTAGES, 0), "{all:?}");
    assert!(all.failed_fetches > OUTAGES && all.degraded > 0, "nothing was put to the test");
}

#[derive(Debug, Default)]
struct Tally {
    outages: usize,
    reads: usize,
    failed_fetches: usize,
    degraded: usize,
    errors: usize,
}

fn sum(a: Tally, b: Tally) -> Tally {
    Tally {
        outages: a.outages + b.outages,
        reads: a.reads + b.reads,
        failed_fetches: a.failed_fetches + b.failed_fetches,
        degraded: a.degraded + b.degraded,
        errors: a.errors + b.errors,
    }
}

fn outages_of_one_cache(seed: usize) -> Tally {
    let mut chance = Chance::new(seed);
    let jitter = chance.unit();
    let mut world = World::new(jittered(jitter));
    world.read(|_| Fate::granted(Duration::ZERO));
    world.land();
    for _ in 0..OUTAGES_OF_ONE_CACHE {
        outage(&mut world, jitter, &mut chance);
    }
    Tally {
        outages: OUTAGES_OF_ONE_CACHE,
        reads: world.reads,
        failed_fetches: world.failed_fetches,
        degraded: world.degraded,
        errors: world.errors,
    }
}

/// From a fresh grant over an outage to the next fresh grant.
fn outage(world: &mut World, jitter: f64, chance: &mut Chance) {
    let due = world.last_sent + seconds(LIFETIME - SOFT_POINT - SOFT_JITTER * jitter);
    let begin = due - seconds(OUTAGE * chance.unit());
    let end = begin + seconds(OUTAGE);
    let style = chance.below(3);
    let pause = 1.0 / [0.2, 0.5, 1.0][chance.below(3)];
    let granted = world.granted;
    let mut next_read = due.max(boot(&world.clock)) + seconds(chance.exponential(pause));
    while world.granted == granted {
        if world.lands_at().is_some_and(|lands| lands <= next_read) {
            world.land();
            continue;
        }
        world.advance_to(next_read);
        world.read(|sent| {
            if sent < begin || sent >= end {
                return Fate::granted(seconds(0.5 * chance.unit()));
            }
            match style {
                0 => Fate::unavailable(seconds(0.3 * chance.unit())),
                1 => Fate::no_connection(seconds(2.0 * chance.unit())),
                _ => Fate::silent(seconds(FETCH_TIMEOUT)),
            }
        });
        next_read += seconds(chance.exponential(pause));
    }
}

#[test]
fn a_stream_read_for_an_hour_costs_128_to_157_fetches() {
    let mut chance = Chance::new(3600);
    let policies = [
        CachePolicy::builder(),
        jittered(0.0),
        jittered(0.5),
        jittered(1.0),
        jittered(chance.unit()),
    ];
    for policy in policies {
        let mut world = World::new(policy);
        let end = boot(&world.clock) + Duration::from_secs(3600);
        read_until(end, 0.1, &mut world, &mut chance);
        let fetches = world.cache.stats().fetches;
        println!("{fetches} fetches in an hour");
        assert!((128..=157).contains(&fetches), "{fetches} fetches");
        assert_eq!((world.errors, world.degraded), (0, 0));
    }
}

/// Reads at regular times; requests are answered within 0.3 s.
fn read_until(end: Duration, pause: f64, world: &mut World, chance: &mut Chance) {
    let mut next_read = boot(&world.clock);
    while next_read < end {
        if world.lands_at().is_some_and(|lands| lands <= next_read) {
            world.land();
            continue;
        }
        world.advance_to(next_read);
        world.read(|_| Fate::granted(seconds(0.3 * chance.unit())));
        next_read += seconds(pause);
    }
}

#[test]
fn a_wrong_or_stepped_wall_clock_changes_no_lifetime_and_costs_no_error() {
    let mut chance = Chance::new(45);
    for wrong in [-3600.0, -45.0, 45.0, 3600.0] {
        // Upstream's clock never enters; wrong from the start is as good as right.
        let steady = ten_minutes(wrong, 0.0, false, &mut chance);
        for in_flight in [false, true] {
            let stepped = ten_minutes(0.0, wrong, in_flight, &mut chance);
            let spent = stepped.cache.stats().fetches;
            let usual = steady.cache.stats().fetches;
            assert!(spent.abs_diff(usual) <= 3, "{spent} fetches instead of {usual}");
        }
    }
}

/// Ten minutes of reading with a wall clock that is wrong at the start and stepped in the middle,
/// perhaps while a request is in flight.
fn ten_minutes(wrong: f64, step: f64, in_flight: bool, chance: &mut Chance) -> World {
    let mut world = World::new(jittered(0.5));
    world.clock.jump_wall(wrong);
    let middle = boot(&world.clock) + Duration::from_secs(300);
    read_until(middle, 0.5, &mut world, chance);
    if in_flight {
        take_off(&mut world);
    }
    world.clock.jump_wall(step);
    read_until(middle + Duration::from_secs(300), 0.5, &mut world, chance);
    assert_eq!(world.errors, 0, "wrong by {wrong}, stepped by {step}");
    let shortest = LIFETIME - 0.3 * SECOND;
    assert!(world.shortest_new >= seconds(shortest), "a lifetime of {:?}", world.shortest_new);
    assert!(world.longest <= seconds(LIFETIME), "a lifetime of {:?}", world.longest);
    world
}

/// Lets time pass until a request is in flight that somebody waits for.
fn take_off(world: &mut World) {
    while world.lands_at().is_some() {
        world.land();
    }
    world.advance_to(boot(&world.clock) + seconds(LIFETIME + SECOND));
    world.read(|_| Fate::granted(seconds(0.2)));
    assert!(world.lands_at().is_some());
}
