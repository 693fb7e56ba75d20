//! The emulator as a process of its own, so that what this one uses is the library's and its callers'.

use std::io::{BufRead as _, BufReader, Write as _, stdin, stdout};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use grantmint_emulator::{Config, Emulator, Fault, FaultKind};

/// The argument that makes this program the upstream.
pub(crate) const UPSTREAM: &str = "upstream";

/// How long it takes to answer.
const LATENCY: Duration = Duration::from_millis(200);

/// An emulator that ends when this is dropped.
pub(super) struct Upstream {
    child: Child,
    pub(super) url: String,
}

impl Upstream {
    /// With a limit in requests per second, of which a second's may come at once; 0 for none.
    pub(super) fn start(limit: f64) -> Self {
        let program = std::env::current_exe().expect("this program has a path");
        let mut child = Command::new(program)
            .args([UPSTREAM, &limit.to_string()])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("this program starts");
        let out = child.stdout.take().expect("it is piped");
        let mut url = String::new();
        BufReader::new(out).read_line(&mut url).expect("it says where it listens");
        Self { child, url: url.trim().to_owned() }
    }

    pub(super) fn set_limit(&mut self, limit: f64) {
        let orders = self.child.stdin.as_mut().expect("it is piped");
        writeln!(orders, "{limit}").expect("it takes orders");
    }
}

impl Drop for Upstream {
    fn drop(&mut self) {
        // Without orders it ends.
        drop(self.child.stdin.take());
        let _ = self.child.wait();
    }
}

/// What this program does as the upstream: each line that it reads is another limit.
pub(crate) fn serve(arguments: &[String]) -> usize {
    let limit = |text: &str| text.trim().parse::<f64>().expect("a limit is a number");
    let rate = limit(arguments.first().expect("a limit is given"));
    let latency = u64::try_from(LATENCY.as_millis()).expect("it is short");
    let config = Config {
        rate,
        burst: burst(rate),
        faults: vec![Fault::new(FaultKind::latency(latency))],
        ..Config::default()
    };
    let emulator = Emulator::start(config).expect("the emulator starts");
    println!("{}", emulator.base_url());
    stdout().flush().expect("somebody reads");
    for line in stdin().lines() {
        let rate = limit(&line.expect("a line of text"));
        emulator.set_limit(rate, burst(rate)).expect("a limit");
    }
    0
}

#[allow(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a limit is some hundreds"
)]
fn burst(rate: f64) -> u32 {
    rate.ceil() as u32
}
