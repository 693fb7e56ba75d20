//! The emulator's flags.

use clap::Args;
use grantmint_emulator::{DEFAULT_BURST, DEFAULT_RATE};

use super::values;

#[derive(Args)]
pub(crate) struct EmulatorArgs {
    /// Where to listen on 127.0.0.1; 0 takes a free port
    #[arg(long, default_value = "8900", value_parser = values::port, value_name = "PORT")]
    pub(crate) port: u16,

    /// Requests per second of one account; 0 for no limit
    #[arg(long, default_value_t = DEFAULT_RATE, value_parser = values::rate, value_name = "NUMBER")]
    pub(crate) rate: f64,

    /// Requests that an idle account may make at once
    #[arg(long, default_value_t = DEFAULT_BURST, value_parser = values::burst, value_name = "NUMBER")]
    pub(crate) burst: u32,
}
