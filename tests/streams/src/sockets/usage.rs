//! What this process takes of the machine. Linux says so in files; elsewhere all of it is zero.

use std::fs;

/// How many ticks the system counts in a second of processor time.
const TICKS: f64 = 100.0;

#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Usage {
    /// Processor time, in seconds.
    pub(super) cpu: f64,
    /// Resident memory now, in MiB.
    pub(super) resident: f64,
    /// The most that it was.
    pub(super) peak: f64,
    pub(super) threads: f64,
}

impl Usage {
    pub(super) fn now() -> Self {
        let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
        let of = |name| {
            let line = status.lines().find_map(|line| line.strip_prefix(name)).unwrap_or_default();
            number(line.split_whitespace().next())
        };
        Self {
            cpu: cpu(),
            resident: of("VmRSS:") / 1024.0,
            peak: of("VmHWM:") / 1024.0,
            threads: of("Threads:"),
        }
    }
}

/// What was used in user and in kernel mode, in seconds.
fn cpu() -> f64 {
    let stat = fs::read_to_string("/proc/self/stat").unwrap_or_default();
    // The name of the program is in brackets, and may hold anything.
    let after = stat.rsplit_once(')').map_or("", |(_, after)| after);
    let mut fields = after.split_whitespace().skip(11);
    (number(fields.next()) + number(fields.next())) / TICKS
}

/// The machine's load averages.
pub(super) fn machine_load() -> String {
    let load = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    load.split_whitespace().take(3).collect::<Vec<_>>().join(" ")
}

fn number(text: Option<&str>) -> f64 {
    text.and_then(|text| text.parse().ok()).unwrap_or(0.0)
}
