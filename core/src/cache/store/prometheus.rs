//! The statistics of a cache as the page that Prometheus scrapes.

use std::fmt::Write as _;
use std::time::Duration;

use super::stats::{LatencyHistogram, Stats};
use crate::cache::decide::Freshness;
use crate::fleet::FleetStats;

impl Stats {
    /// The statistics in the text format that Prometheus scrapes, each series with the label
    /// `cache`.
    #[must_use]
    pub fn to_prometheus(&self, cache: &str) -> String {
        let mut page = Page { text: String::new(), label: label(cache) };
        page.head("grantmint_hits_total", "counter", "Grants handed out at once");
        let hits = [
            (Freshness::Fresh, self.hits_fresh),
            (Freshness::Refreshing, self.hits_refreshing),
            (Freshness::Degraded, self.hits_degraded),
        ];
        for (freshness, count) in hits {
            page.with("grantmint_hits_total", "freshness", freshness.as_str(), count);
        }
        page.counter("grantmint_waits_total", "Calls that waited for a fetch", self.waits);
        page.counter("grantmint_refusals_total", "Calls refused at once", self.refusals);
        let help = "Calls refused because the account's rate leaves no room";
        page.counter("grantmint_no_room_total", help, self.no_room);
        page.counter("grantmint_fetches_total", "Fetches sent upstream", self.fetches);
        page.counter("grantmint_refreshes_total", "Fetches of a grant still good", self.refreshes);
        page.head("grantmint_fetch_errors_total", "counter", "Fetches that failed");
        for (kind, count) in &self.errors {
            page.with("grantmint_fetch_errors_total", "code", kind.code(), *count);
        }
        page.counter("grantmint_throttled_total", "Fetches answered with a 429", self.throttled);
        page.counter("grantmint_evictions_total", "Entries that made space", self.evictions);
        page.gauge("grantmint_keys", "Entries in the cache", &self.keys.to_string());
        page.gauge("grantmint_in_flight", "Fetches in flight", &self.in_flight.to_string());
        let cooldown = self.cooldown_left.as_secs_f64().to_string();
        page.gauge("grantmint_cooldown_seconds", "Left of the account's cool-down", &cooldown);
        if let Some(rate) = self.calls_per_second {
            let help = "Calls a second that the account may make now";
            page.gauge("grantmint_calls_per_second", help, &rate.to_string());
        }
        page.gauge(
            "grantmint_waiting",
            "Fetches that wait for their turn",
            &self.waiting.to_string(),
        );
        let help = "Keys refused for want of room within the last minute";
        page.gauge("grantmint_keys_refused", help, &self.keys_refused.to_string());
        if let Some(offset) = self.clock_offset_ms {
            let help = "Clock of upstream ahead of the local one";
            let seconds = Duration::from_millis(offset.unsigned_abs()).as_secs_f64();
            let sign = if offset < 0 { "-" } else { "" };
            page.gauge("grantmint_clock_offset_seconds", help, &format!("{sign}{seconds}"));
        }
        let help = "Grants that came with a Date of another clock";
        page.counter("grantmint_implausible_dates_total", help, self.implausible_dates);
        page.histogram("grantmint_fetch_seconds", "How long fetches took", &self.fetch_latency);
        if let Some(fleet) = &self.fleet {
            page.fleet(fleet);
        }
        page.text
    }
}

struct Page {
    text: String,
    label: String,
}

impl Page {
    /// What other processes have brought.
    fn fleet(&mut self, fleet: &FleetStats) {
        let counters = [
            ("values", "Grants that another process had fetched", fleet.values),
            ("leases", "Fetches that this process made for all", fleet.leases),
            ("waits", "Fetches that waited for another process's", fleet.waits),
            ("pauses", "Fetches not sent as upstream had refused another process's", fleet.pauses),
            ("rejected", "Contents of the fleet's store that were not handed out", fleet.rejected),
            ("skewed", "Grants that end sooner by the local clock than the store's", fleet.skewed),
            ("errors", "Times that the fleet's store failed", fleet.errors),
        ];
        for (name, help, count) in counters {
            self.counter(&format!("grantmint_fleet_{name}_total"), help, count);
        }
        let alone = "grantmint_fleet_alone_total";
        self.head(alone, "counter", "Fetches sent without the right to");
        for (reason, count) in [
            ("failed", fleet.alone_failed),
            ("nolease", fleet.alone_nolease),
            ("late", fleet.alone_late),
            ("rejected", fleet.alone_rejected),
        ] {
            self.with(alone, "reason", reason, count);
        }
        let name = "grantmint_fleet_answer_seconds";
        self.head(name, "summary", "How long the fleet's store took to answer");
        let (label, sum) = (&self.label, fleet.answer_time.as_secs_f64());
        let count = fleet.answers;
        let _ = writeln!(self.text, "{name}_sum{{{label}}} {sum}\n{name}_count{{{label}}} {count}");
        self.fleet_now(fleet);
    }

    fn fleet_now(&mut self, fleet: &FleetStats) {
        for (name, help, is_so) in [
            (
                "broken",
                "Whether the fleet's store is not asked now because it failed",
                fleet.is_broken,
            ),
            (
                "connected",
                "Whether there is a connection to the fleet's server",
                fleet.is_connected,
            ),
            (
                "unsupported",
                "Whether the fleet's server cannot do what a fleet needs",
                fleet.is_unsupported,
            ),
        ] {
            let value = if is_so { "1" } else { "0" };
            self.gauge(&format!("grantmint_fleet_{name}"), help, value);
        }
        if let Some(rate) = fleet.calls_per_second {
            let help = "Calls a second of all processes that the account was let make last";
            self.gauge("grantmint_fleet_calls_per_second", help, &rate.to_string());
        }
        let left = fleet.cooldown_left.as_secs_f64().to_string();
        let help = "Left of the account's cool-down, as the fleet's store says";
        self.gauge("grantmint_fleet_cooldown_seconds", help, &left);
    }

    fn head(&mut self, name: &str, kind: &str, help: &str) {
        let _ = writeln!(self.text, "# HELP {name} {help}.\n# TYPE {name} {kind}");
    }

    fn with(&mut self, name: &str, label: &str, value: &str, count: u64) {
        let _ = writeln!(self.text, "{name}{{{},{label}=\"{value}\"}} {count}", self.label);
    }

    fn counter(&mut self, name: &str, help: &str, count: u64) {
        self.head(name, "counter", help);
        let _ = writeln!(self.text, "{name}{{{}}} {count}", self.label);
    }

    fn gauge(&mut self, name: &str, help: &str, value: &str) {
        self.head(name, "gauge", help);
        let _ = writeln!(self.text, "{name}{{{}}} {value}", self.label);
    }

    fn histogram(&mut self, name: &str, help: &str, histogram: &LatencyHistogram) {
        self.head(name, "histogram", help);
        let bucket = format!("{name}_bucket");
        for (bound, count) in &histogram.buckets {
            self.with(&bucket, "le", &bound.as_secs_f64().to_string(), *count);
        }
        self.with(&bucket, "le", "+Inf", histogram.count);
        let (label, sum, count) = (&self.label, histogram.sum.as_secs_f64(), histogram.count);
        let _ = writeln!(self.text, "{name}_sum{{{label}}} {sum}\n{name}_count{{{label}}} {count}");
    }
}

/// The label, with what the format does not allow in it escaped.
fn label(cache: &str) -> String {
    let escaped = cache.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n");
    format!("cache=\"{escaped}\"")
}

#[cfg(test)]
mod tests {
    use crate::cache::store::counters::Counters;
    use crate::fleet::FleetStats;

    #[test]
    fn the_prometheus_page_has_a_fleets_series_if_there_is_one() {
        let mut stats = Counters::new().read();
        stats.fleet = None;
        assert!(!stats.to_prometheus("a").contains("fleet"));
        let fleet = FleetStats { values: 3, is_broken: true, ..FleetStats::default() };
        stats.fleet = Some(fleet);
        let page = stats.to_prometheus("a");
        assert!(page.contains("\ngrantmint_fleet_values_total{cache=\"a\"} 3\n"), "{page}");
        assert!(page.contains("\ngrantmint_fleet_alone_total{cache=\"a\",reason=\"late\"} 0\n"));
        assert!(page.contains("\ngrantmint_fleet_broken{cache=\"a\"} 1\n"));
    }

    #[test]
    fn the_prometheus_page_has_each_series_once() {
        let counters = Counters::new();
        counters.took(1);
        counters.clock(Some(-1500), true);
        let page = counters.read().to_prometheus("a\"b");
        assert!(page.contains("grantmint_hits_total{cache=\"a\\\"b\",freshness=\"fresh\"} 0\n"));
        assert!(page.contains("grantmint_clock_offset_seconds{cache=\"a\\\"b\"} -1.5\n"));
        assert!(page.contains("grantmint_implausible_dates_total{cache=\"a\\\"b\"} 1\n"));
        assert!(page.contains("grantmint_fetch_seconds_bucket{cache=\"a\\\"b\",le=\"+Inf\"} 1\n"));
        let mut series: Vec<&str> = page
            .lines()
            .filter(|line| !line.starts_with('#'))
            .map(|line| line.rsplit_once(' ').unwrap().0)
            .collect();
        let all = series.len();
        series.sort_unstable();
        series.dedup();
        assert_eq!(series.len(), all);
    }
}
