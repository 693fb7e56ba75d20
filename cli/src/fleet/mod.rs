//! Processes that share grants: which they are, and `fleet check`, which tries whether they can.

mod way;

use grantmint_core::FleetState;

use crate::args::FleetArgs;
use crate::exit::{Exit, Failure};
use crate::flags::named;
use crate::report::Report;

pub(crate) use self::way::Way;

/// A line for each thing that a fleet needs.
pub(crate) fn run(args: &FleetArgs) -> Result<Exit, Failure> {
    let way = args.place.as_ref().map(|place| Way::new(place, &args.server));
    let way = way.or_else(|| Way::of(&args.store, &args.server)).unwrap_or_else(Way::host)?;
    let mut report = Report::default();
    for finding in way.fleet()?.check().map_err(named)? {
        let (what, message) = (finding.what, finding.message);
        match finding.state {
            FleetState::Good => report.good(what, message),
            FleetState::Warning => report.warning(what, message),
            FleetState::Bad if finding.is_retryable => {
                report.bad(what, Failure::new(Exit::TryLater, message));
            }
            FleetState::Bad => report.bad(what, Failure::failed(message)),
            _ => report.unknown(what, message),
        }
    }
    report.end(args.messages.silent)
}
