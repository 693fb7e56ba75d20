//! How many streams a limit carries: all served, and all refreshed at leisure. Printed as CSV, from which
//! `plot.py` draws.

use grantmint_core::AccountOptions;

use crate::bars::percent;
use crate::tally::Tally;
use crate::world::Setting;

const LIMITS: [u32; 5] = [10, 25, 50, 75, 100];
/// More streams than this for each request per second are never served.
const MOST: u32 = 64;

pub(crate) fn print(seed: u64) {
    println!("calls_per_second,streams_served,streams_at_leisure");
    for limit in LIMITS {
        let served = most(limit, seed, |tally| {
            tally.dark() == 0 && percent(tally.served, tally.callers()) >= 99.9
        });
        let at_leisure = most(limit, seed, |tally| percent(tally.delayed, tally.calls) <= 1.0);
        println!("{limit},{},{}", served * limit, at_leisure * limit);
    }
}

/// The most streams for each request per second of which something holds.
fn most(limit: u32, seed: u64, holds: impl Fn(&Tally) -> bool) -> u32 {
    let (mut good, mut bad) = (0, MOST);
    while bad - good > 1 {
        let middle = u32::midpoint(good, bad);
        let setting = Setting {
            streams: (middle * limit) as usize,
            reads: 0.5,
            options: AccountOptions::new().calls_per_second(f64::from(limit)),
            seed,
            ..Setting::default()
        };
        if holds(&setting.run()) {
            good = middle;
        } else {
            bad = middle;
        }
    }
    good
}
