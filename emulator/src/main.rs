//! The emulator as a program.

mod cli;

use std::fs;
use std::io::{self, Write as _};
use std::process::ExitCode;

use clap::Parser as _;
use grantmint_emulator::{ApiKey, ConnectProxy, Emulator};
use tokio::runtime::Runtime;

use crate::cli::Cli;

fn main() -> ExitCode {
    match run(Cli::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let _ = writeln!(io::stderr(), "grantmint-emulator: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(cli: Cli) -> io::Result<()> {
    let signals = Signals::watch()?;
    let ca_out = cli.tls_ca_out.clone();
    let proxy = start_proxy(&cli)?;
    let is_demo = cli.has_no_key();
    let config = cli.into_config().map_err(io::Error::other)?;
    if config.allow_remote && !config.listen.ip().is_loopback() {
        let warning = "whoever can reach it can steer this emulator";
        writeln!(io::stderr(), "warning: {}: {warning}", config.listen)?;
    }
    let emulator = Emulator::start(config)?;
    if let (Some(path), Some(pem)) = (ca_out, emulator.ca_pem()) {
        fs::write(path, pem)?;
    }
    let base_url = emulator.base_url();
    writeln!(io::stdout(), "grantmint-emulator listens on {base_url}")?;
    if let Some(proxy) = &proxy {
        writeln!(io::stdout(), "its CONNECT proxy listens on {}", proxy.url())?;
    }
    if is_demo {
        write!(io::stdout(), "{}", ApiKey::demo().exports())?;
    }
    signals.wait();
    Ok(())
}

fn start_proxy(cli: &Cli) -> io::Result<Option<ConnectProxy>> {
    let credentials = cli.proxy_credentials();
    cli.connect_proxy.map(|address| ConnectProxy::listen(address, credentials)).transpose()
}

/// SIGINT and SIGTERM. They are watched from the start, so that one that comes right after the line
/// saying that the emulator is ready ends it in order, too.
struct Signals {
    runtime: Runtime,
    #[cfg(unix)]
    watched: [tokio::signal::unix::Signal; 2],
}

impl Signals {
    fn watch() -> io::Result<Self> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        #[cfg(unix)]
        let watched = {
            use tokio::signal::unix::{SignalKind, signal};
            let _inside = runtime.enter();
            [signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?]
        };
        Ok(Self {
            runtime,
            #[cfg(unix)]
            watched,
        })
    }

    #[cfg(unix)]
    fn wait(self) {
        let [mut interrupt, mut terminate] = self.watched;
        self.runtime.block_on(async {
            tokio::select! {
                _ = interrupt.recv() => {}
                _ = terminate.recv() => {}
            }
        });
    }

    #[cfg(not(unix))]
    fn wait(self) {
        let _ = self.runtime.block_on(tokio::signal::ctrl_c());
    }
}
