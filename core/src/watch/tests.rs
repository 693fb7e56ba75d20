//! Alarms, what is watched, and the thread that sees to both.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, channel};
use std::time::Instant;

use super::*;

const SOON: u64 = 20_000_000;
const LONG: Duration = Duration::from_secs(10);

/// Falls due once.
struct Once {
    at: AtomicU64,
    polled: Mutex<std::sync::mpsc::Sender<()>>,
}

impl Watched for Once {
    fn next_wakeup(&self) -> Option<Duration> {
        let at = Some(self.at.load(Ordering::SeqCst)).filter(|at| *at > 0)?;
        Some(Duration::from_nanos(at.saturating_sub(boot_nanos())))
    }

    fn poll(self: Arc<Self>) {
        self.at.store(0, Ordering::SeqCst);
        self.polled.lock().send(()).unwrap();
        panic!("in something watched, on purpose");
    }
}

fn once() -> (Arc<Once>, Receiver<()>) {
    let (polled, seen) = channel();
    let at = AtomicU64::new(boot_nanos() + SOON);
    (Arc::new(Once { at, polled: Mutex::new(polled) }), seen)
}

#[test]
fn alarms_go_off_in_order_and_not_before_their_time() {
    let (note, noted) = channel();
    let start = boot_nanos();
    for wait in [3, 1, 2] {
        let note = note.clone();
        at(start + wait * SOON, move || note.send((wait, boot_nanos())).unwrap());
    }
    for expected in 1..=3 {
        let (wait, time) = noted.recv_timeout(LONG).unwrap();
        assert_eq!(wait, expected);
        assert!(time >= start + wait * SOON);
    }
}

#[test]
fn an_alarm_that_was_cancelled_is_gone_with_all_it_owns() {
    let owned = Arc::new(());
    let held = Arc::clone(&owned);
    at(boot_nanos() + nanos(LONG), move || drop(held)).cancel();
    assert_eq!(Arc::strong_count(&owned), 1);
}

#[test]
fn a_panic_keeps_nobody_else_from_being_served() {
    at(boot_nanos(), || panic!("in an alarm, on purpose"));
    let (watched, seen) = once();
    over(&watched);
    seen.recv_timeout(LONG).unwrap();
    let (note, noted) = channel();
    at(boot_nanos(), move || note.send(()).unwrap());
    noted.recv_timeout(LONG).unwrap();
}

#[test]
fn the_thread_ends_with_nothing_to_come_and_starts_again() {
    let watch = Arc::new(Watch::new(Duration::from_millis(20)));
    for _ in 0..2 {
        let (watched, seen) = once();
        let mut work = watch.work.lock();
        work.watched.add(Arc::downgrade(&watched) as _, false);
        watch.attend(work, 0);
        seen.recv_timeout(LONG).unwrap();
        let start = Instant::now();
        while watch.work.lock().attended {
            assert!(start.elapsed() < LONG, "an idle thread stays");
            std::thread::sleep(Duration::from_millis(1));
        }
        assert_eq!(watch.work.lock().watched.len(), 0);
    }
}
