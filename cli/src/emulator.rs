//! The emulator: upstream for whoever has no account there, and for tests.

use std::net::{Ipv4Addr, SocketAddr};
use std::thread;

use grantmint_emulator::{ApiKey, Config, Emulator};

use crate::args::EmulatorArgs;
use crate::exit::{Exit, Failure};
use crate::output::Stdout;

/// Serves until a signal ends the process.
pub(crate) fn run(args: &EmulatorArgs) -> Result<Exit, Failure> {
    let listen = SocketAddr::from((Ipv4Addr::LOCALHOST, args.port));
    let emulator =
        Emulator::start(Config { listen, rate: args.rate, burst: args.burst, ..Config::default() })
            .map_err(|error| {
                Failure::failed(format!(
                    "the emulator cannot listen on {listen}: {error}; --port takes another port"
                ))
            })?;
    let mut stdout = Stdout::open()?;
    stdout.text(&format!("# The emulator listens on {}\n", emulator.base_url()))?;
    stdout.text(&ApiKey::demo().exports())?;
    stdout.flush()?;
    loop {
        thread::park();
    }
}
