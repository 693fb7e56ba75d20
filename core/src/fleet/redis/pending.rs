//! An answer that has been asked for and has not come.

use std::sync::Arc;
use std::task::Waker;

use super::job::{Job, Said};
use super::link::Link;
use crate::completion::{Subscription, Wake};
use crate::fleet::store::{Answer, Answered, Pending, StoreClock, Trouble};
use crate::fork::{Generation, generation};
use crate::thread::boot_nanos;

/// What an answer says, if it is one that our scripts give.
type Reads<T> = Box<dyn FnOnce(&Said) -> Option<Result<T, Trouble>> + Send>;

/// An answer to come, and who reads it.
struct Asked<T> {
    born: Generation,
    link: Arc<Link>,
    job: Arc<Job>,
    reads: Option<Reads<T>>,
    subscription: Option<Subscription>,
    /// Puts back what an answer brings that nobody reads.
    unread: Option<Box<dyn FnOnce() + Send>>,
}

/// Asks, and has the answer read when it comes. `unread` is called if it is not.
pub(super) fn ask<T: 'static>(
    link: &Arc<Link>,
    job: Arc<Job>,
    reads: impl FnOnce(&Said) -> Option<Result<T, Trouble>> + Send + 'static,
    unread: Option<Box<dyn FnOnce() + Send>>,
) -> Answer<T> {
    if let Err(trouble) = link.post(&job) {
        return Answer::Now(Err(trouble));
    }
    let (link, reads) = (Arc::clone(link), Some(Box::new(reads) as Reads<T>));
    let born = generation();
    Answer::Later(Box::new(Asked { born, link, job, reads, subscription: None, unread }))
}

impl<T> Asked<T> {
    /// Has a task woken when the answer comes; false if it is there.
    fn wakes(&mut self, waker: &Waker) -> bool {
        match self.subscription {
            Some(subscription) => self.job.done.set_waker(subscription, waker),
            None => match self.job.done.subscribe(Wake::Task(waker.clone())) {
                Ok(subscription) => {
                    self.subscription = Some(subscription);
                    true
                }
                Err(_) => false,
            },
        }
    }

    fn read(&mut self, said: &Said) -> Answered<T> {
        let server = &self.link.server;
        let clock = match server.is_by_hand {
            true => StoreClock::BOOT,
            false => StoreClock::between(said.time, self.job.asked, said.answered),
        };
        let read = self.reads.take().and_then(|reads| reads(said));
        let strange = || Err(self.link.trouble("it answers what no script of ours does"));
        Answered { result: read.unwrap_or_else(strange), clock }
    }
}

impl<T: 'static> Pending<T> for Asked<T> {
    fn poll(&mut self, waker: Option<&Waker>) -> Option<Answered<T>> {
        loop {
            if let Some(done) = self.job.done.outcome() {
                self.unread = None;
                return Some(match &*done {
                    Ok(said) => self.read(said),
                    Err(trouble) => {
                        Answered { result: Err(trouble.clone()), clock: StoreClock::BOOT }
                    }
                });
            }
            if self.job.is_over(boot_nanos()) {
                let result = Err(self.link.trouble("it has not answered in time"));
                return Some(Answered { result, clock: StoreClock::BOOT });
            }
            if waker.is_none_or(|waker| self.wakes(waker)) {
                return None;
            }
        }
    }

    fn until(&self) -> u64 {
        self.job.until
    }

    fn then(mut self: Box<Self>, run: Box<dyn FnOnce(Result<T, Trouble>) + Send>) {
        let job = Arc::clone(&self.job);
        let told = Box::new(move || {
            if let Some(answered) = self.poll(None) {
                run(answered.result);
            }
        });
        if let Err(Wake::Callback(told)) = job.done.subscribe(Wake::Callback(told)) {
            told();
        }
    }
}

impl<T> Drop for Asked<T> {
    fn drop(&mut self) {
        if self.born != generation() {
            // In a forked child a lock may be held by a thread that is not there.
            std::mem::forget(self.unread.take());
            return;
        }
        if let Some(subscription) = self.subscription {
            self.job.done.unsubscribe(subscription);
        }
        if let Some(unread) = self.unread.take() {
            unread();
        }
    }
}
