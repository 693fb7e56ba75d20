//! One fetch on its way past all stores. A store in front is asked first: who gets the right to call there goes on to the
//! next, so that of all processes that share the one in front, one talks to the next. What comes from there, or from
//! upstream, is left in both.

use std::sync::Arc;
use std::task::Waker;
use std::time::Duration;

use super::call::{Allowed, Terms};
use super::claimed::{Asks, Claimed, Outcome};
use super::counters::Counters;
use super::hand::{Hand, Mark};
use super::member::Member;
use super::sealed::{Brought, Left};
use super::store_fetch::StoreFetch;
use crate::clock::Now;
use crate::fleet::store::{Answer, Ended};
use crate::random;

/// One fetch on its way past the stores.
pub(crate) struct SharedFetch {
    front: Option<StoreFetch>,
    store: StoreFetch,
}

impl SharedFetch {
    pub(crate) fn new(member: &Arc<Member>, key: &str, ttl: Duration) -> Self {
        let access = &member.access;
        let front = access.front.as_ref();
        Self {
            front: front.map(|front| StoreFetch::new(member, front, true, (key, ttl))),
            store: StoreFetch::new(member, &access.store, false, (key, ttl)),
        }
    }

    /// Asks the stores. Takes some microseconds; never waits. The task is woken when an answer comes.
    pub(crate) fn ask(
        &self,
        hand: &Hand,
        waker: Option<&Waker>,
        counters: &Counters,
        now: Now,
    ) -> Asks {
        let Some(front) = &self.front else { return self.store.ask(hand, waker, counters, now) };
        let first = front.ask(hand, waker, counters, now);
        if !matches!(first.claimed, Claimed::Fetches) {
            return first;
        }
        // Nobody waits twice as long because there are two stores.
        front.waits_since().into_iter().for_each(|since| self.store.has_waited(since));
        let next = self.store.ask(hand, waker, counters, now);
        if let Some(epoch) = next.epoch {
            front.follow(epoch, counters, now);
        }
        match &next.claimed {
            Claimed::Value(brought, mark) => bring(front, brought, *mark, counters, now),
            Claimed::Paused(pause) => front.end(&Outcome::Told(pause), counters, now),
            Claimed::NotAgain => front.end(&Outcome::Nothing, counters, now),
            Claimed::Fetches | Claimed::Later(_) | Claimed::Unanswered(_) => {}
        }
        Asks { give_up: first.give_up || next.give_up, ..next }
    }

    /// Asks the account's cell whether the call may be made: that in the farthest store, which all share.
    pub(crate) fn admit(
        &self,
        terms: &Terms,
        waker: Option<&Waker>,
        counters: &Counters,
        now: Now,
    ) -> Allowed {
        self.store.admit(terms, waker, counters, now)
    }

    /// Tells the account's cell how the call ended.
    pub(crate) fn report(&self, how: Ended, counters: &Counters, now: Now) {
        self.store.report(how, counters, now);
    }

    /// Leaves a value for others; returns by what it is told apart.
    pub(crate) fn publish(&self, value: &Left<'_>, counters: &Counters, now: Now) -> Option<Mark> {
        let took = now.boot_nanos().saturating_sub(value.sent.boot_nanos());
        let as_what = (random::number(), took);
        let published = self.store.publish(value, as_what, counters, now);
        let Some(front) = &self.front else { return published.map(|(mark, _)| mark) };
        let leave = || front.publish(value, as_what, counters, now).map(|(mark, _)| mark);
        match published {
            // Others have given up since, behind, what was asked for before.
            Some((mark, Answer::Now(Ok(false)))) => {
                front.end(&Outcome::Nothing, counters, now);
                Some(mark)
            }
            Some((mark, Answer::Later(pending))) => {
                leave();
                let (member, store) = (Arc::clone(&front.member), Arc::clone(&front.store));
                let (slot, time) = (front.slot, now.boot_nanos());
                pending.then(Box::new(move |counts| {
                    if counts == Ok(false) {
                        member.take_back(&store, &slot, mark.generation, time);
                    }
                }));
                Some(mark)
            }
            published => {
                let in_front = leave();
                published.map(|(mark, _)| mark).or(in_front)
            }
        }
    }

    /// Gives back the right to call, and tells others why nothing came of it.
    pub(crate) fn end(&self, outcome: &Outcome<'_>, counters: &Counters, now: Now) {
        self.store.end(outcome, counters, now);
        if let Some(front) = &self.front {
            front.end(outcome, counters, now);
        }
    }
}

/// Leaves a value in front that came from behind.
fn bring(front: &StoreFetch, brought: &Brought, mark: Mark, counters: &Counters, now: Now) {
    let Brought { text, lifetime, age, head, .. } = brought;
    front.follow(mark.epoch, counters, now);
    let value = Left { text, sent: now.minus(*age), lifetime: *lifetime };
    front.publish(&value, (mark.generation, head.took), counters, now);
}
