//! The answer of a store. One that is asked over a network answers later: an event loop cannot wait for it, so
//! nobody does who does not want to.

use std::task::Waker;

use super::clock::StoreClock;
use super::trouble::Trouble;

/// What a store answers, now or later.
pub(crate) enum Answer<T> {
    /// By the clock since boot.
    Now(Result<T, Trouble>),
    Later(Box<dyn Pending<T>>),
}

/// An answer that comes later, within the store's own time. It is dropped by who does not want it any more.
pub(crate) trait Pending<T>: Send {
    /// The answer, once. Until it is there, or the time for it is over, the task is woken that asked last.
    fn poll(&mut self, waker: Option<&Waker>) -> Option<Answered<T>>;

    /// When the time for it is over, in nanoseconds since boot by the machine's clock.
    fn until(&self) -> u64;

    /// Hands the answer to a function when it comes, which must not wait.
    fn then(self: Box<Self>, run: Box<dyn FnOnce(Result<T, Trouble>) + Send>);
}

/// An answer that has come, and how the clock of the store stood.
pub(crate) struct Answered<T> {
    pub(crate) result: Result<T, Trouble>,
    pub(crate) clock: StoreClock,
}

impl<T> Answer<T> {
    /// The answer, or this again if it has not come.
    pub(crate) fn poll(self, waker: Option<&Waker>) -> Result<Answered<T>, Box<dyn Pending<T>>> {
        match self {
            Self::Now(result) => Ok(Answered { result, clock: StoreClock::BOOT }),
            Self::Later(mut pending) => pending.poll(waker).ok_or(pending),
        }
    }

    /// Waits for the answer on this thread, where that is what the caller wants.
    #[cfg(any(test, feature = "test-helpers", target_os = "linux"))]
    pub(crate) fn wait(self) -> Answered<T> {
        let mut answer = self;
        loop {
            match answer.poll(None) {
                Ok(answered) => return answered,
                Err(pending) => answer = Self::Later(pending),
            }
            std::thread::sleep(std::time::Duration::from_micros(100));
        }
    }

    /// Waits for the answer on this thread, whatever the clock says.
    #[cfg(any(test, feature = "test-helpers"))]
    pub(crate) fn result(self) -> Result<T, Trouble> {
        self.wait().result
    }
}
