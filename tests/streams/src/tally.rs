//! What callers and upstream met with.

/// The width of a window in which a stream is judged, in seconds.
const WINDOW: f64 = 60.0;

#[derive(Clone, Copy, Default)]
struct Window {
    served: u32,
    asked: u32,
}

/// What one run has counted, from the end of its warm-up on unless said otherwise.
pub(crate) struct Tally {
    warm_up: f64,
    /// Of each stream.
    windows: Vec<Vec<Window>>,
    /// Of each second, warm-up included.
    seconds: Vec<Window>,
    pub(crate) served: u64,
    pub(crate) refused: u64,
    pub(crate) timed_out: u64,
    pub(crate) calls: u64,
    pub(crate) throttled: u64,
    pub(crate) lost: u64,
    /// Calls that waited for their turn for over a second.
    pub(crate) delayed: u64,
    /// Of each process.
    pub(crate) accepted: Vec<u64>,
    /// Calls that were answered with a grant, of each second, warm-up included.
    accepted_at: Vec<u32>,
    /// The rate in force now and then, of all processes.
    pub(crate) rates: Vec<(f64, f64)>,
    /// How long the first callers of streams waited in all, in seconds.
    pub(crate) first_waits: Vec<f64>,
    /// When the last stream got its first grant.
    pub(crate) last_first: f64,
    /// Calls sent in a cool-down, or beside a probe.
    pub(crate) closed_calls: u64,
    /// How long a refusal took at most, in real nanoseconds.
    pub(crate) slowest_refusal: u128,
}

/// How callers came off.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Outcome {
    Served,
    Refused,
    TimedOut,
}

/// What became of the streams, in parts of all their windows.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Classes {
    pub(crate) served: f64,
    pub(crate) now_and_then: f64,
    /// How often a stream changed between served and not served.
    pub(crate) changes: u32,
}

impl Tally {
    pub(crate) fn new(streams: usize, processes: usize, duration: f64, warm_up: f64) -> Self {
        let windows = vec![vec![Window::default(); index(duration, WINDOW) + 1]; streams];
        Self {
            warm_up,
            windows,
            seconds: vec![Window::default(); index(duration, 1.0) + 10],
            served: 0,
            refused: 0,
            timed_out: 0,
            calls: 0,
            throttled: 0,
            lost: 0,
            delayed: 0,
            accepted: vec![0; processes],
            accepted_at: vec![0; index(duration, 1.0) + 10],
            rates: Vec::new(),
            first_waits: Vec::new(),
            last_first: 0.0,
            closed_calls: 0,
            slowest_refusal: 0,
        }
    }

    pub(crate) fn caller(&mut self, stream: usize, outcome: Outcome, time: f64) {
        let served = u32::from(outcome == Outcome::Served);
        let last = self.windows[stream].len() - 1;
        let window = &mut self.windows[stream][index(time, WINDOW).min(last)];
        (window.served, window.asked) = (window.served + served, window.asked + 1);
        let last = self.seconds.len() - 1;
        let second = &mut self.seconds[index(time, 1.0).min(last)];
        (second.served, second.asked) = (second.served + served, second.asked + 1);
        if time >= self.warm_up {
            match outcome {
                Outcome::Served => self.served += 1,
                Outcome::Refused => self.refused += 1,
                Outcome::TimedOut => self.timed_out += 1,
            }
        }
    }

    /// A call is sent, which may have waited for its turn.
    pub(crate) fn sent(&mut self, is_delayed: bool, time: f64) {
        self.delayed += u64::from(is_delayed && time >= self.warm_up);
    }

    pub(crate) fn call(
        &mut self,
        process: usize,
        is_accepted: bool,
        is_throttled: bool,
        time: f64,
    ) {
        let last = self.accepted_at.len() - 1;
        self.accepted_at[index(time, 1.0).min(last)] += u32::from(is_accepted);
        if time >= self.warm_up {
            self.calls += 1;
            self.accepted[process] += u64::from(is_accepted);
            self.throttled += u64::from(is_throttled);
            self.lost += u64::from(!is_accepted && !is_throttled);
        }
    }

    pub(crate) fn callers(&self) -> u64 {
        self.served + self.refused + self.timed_out
    }

    /// Streams of whose callers none was served in the last two minutes.
    pub(crate) fn dark(&self) -> usize {
        let is_dark = |windows: &Vec<Window>| {
            let last = &windows[windows.len().saturating_sub(3)..];
            let asked: u32 = last.iter().map(|window| window.asked).sum();
            let served: u32 = last.iter().map(|window| window.served).sum();
            asked > 0 && served == 0
        };
        self.windows.iter().filter(|windows| is_dark(windows)).count()
    }

    pub(crate) fn classes(&self) -> Classes {
        let (mut good, mut bad, mut mixed, mut changes) = (0u32, 0u32, 0u32, 0);
        let first = index(self.warm_up, WINDOW) + usize::from(self.warm_up % WINDOW > 0.0);
        for windows in &self.windows {
            let mut before = None;
            let judged =
                windows[first..windows.len() - 1].iter().filter(|window| window.asked >= 5);
            for window in judged {
                let part = f64::from(window.served) / f64::from(window.asked);
                let is_good = if part >= 0.95 {
                    good += 1;
                    true
                } else if part <= 0.05 {
                    bad += 1;
                    false
                } else {
                    mixed += 1;
                    continue;
                };
                changes += u32::from(before.is_some_and(|before| before != is_good));
                before = Some(is_good);
            }
        }
        let all = f64::from((good + bad + mixed).max(1));
        Classes { served: f64::from(good) / all, now_and_then: f64::from(mixed) / all, changes }
    }

    /// Streams of whose callers in a minute none was served, though five or more came.
    pub(crate) fn starved(&self, minute: usize) -> usize {
        let is_starved = |window: &Window| window.asked >= 5 && window.served == 0;
        self.windows.iter().filter(|windows| is_starved(&windows[minute])).count()
    }

    /// Calls that were answered with a grant within a minute.
    pub(crate) fn accepted_in(&self, minute: usize) -> u32 {
        self.accepted_at[60 * minute..60 * (minute + 1)].iter().sum()
    }

    /// The mean of the rate in force between two times.
    #[allow(clippy::cast_precision_loss, reason = "some thousand looks")]
    pub(crate) fn mean_rate(&self, from: f64, to: f64) -> f64 {
        let looks = self.rates.iter().filter(|(time, _)| (from..to).contains(time));
        let (sum, count) =
            looks.fold((0.0, 0u32), |(sum, count), (_, rate)| (sum + rate, count + 1));
        sum / f64::from(count.max(1))
    }

    /// After how many seconds from a time on so great a part of callers is served for five seconds.
    pub(crate) fn recovered(&self, from: f64, part: f64) -> Option<usize> {
        let after = &self.seconds[index(from, 1.0)..self.seconds.len() - 10];
        after.windows(5).position(|five| {
            let asked: u32 = five.iter().map(|second| second.asked).sum();
            let served: u32 = five.iter().map(|second| second.served).sum();
            asked > 0 && f64::from(served) >= part * f64::from(asked)
        })
    }

    /// How evenly the calls that were answered are spread over the processes: 1 if all have as many.
    #[allow(clippy::cast_precision_loss, reason = "some thousand calls")]
    pub(crate) fn fairness(&self) -> f64 {
        let sum: f64 = self.accepted.iter().map(|calls| *calls as f64).sum();
        let squares: f64 = self.accepted.iter().map(|calls| (*calls as f64).powi(2)).sum();
        sum * sum / (self.accepted.len() as f64 * squares.max(1.0))
    }

    /// The median wait of a stream's first caller, in seconds.
    pub(crate) fn first_wait(&self) -> f64 {
        let mut waits = self.first_waits.clone();
        waits.sort_by(f64::total_cmp);
        waits.get(waits.len() / 2).copied().unwrap_or(0.0)
    }
}

#[allow(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a time of some minutes"
)]
fn index(time: f64, width: f64) -> usize {
    (time / width) as usize
}
