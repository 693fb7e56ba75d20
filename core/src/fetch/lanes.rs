//! Which fetch is run next.
//!
//! Each account in a cache has a lane, and lanes take turns, so that an account with many streams does not
//! hold up another. One lane alone may have half of the threads; of several that are slow, each leaves as many
//! free as it has. In a lane they go in the order in which they were called.

use std::collections::VecDeque;

/// An account in a cache: what is in one lane waits for each other, not for what is in another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Lane(pub(super) usize);

/// Work in lanes, at most so much of it at once.
pub(super) struct Lanes<J> {
    /// Those with work, in the order in which their turn comes.
    queues: VecDeque<Queue<J>>,
    at_once: usize,
    running: usize,
}

struct Queue<J> {
    lane: Lane,
    waiting: VecDeque<J>,
    running: usize,
}

impl<J> Lanes<J> {
    pub(super) fn new(at_once: usize) -> Self {
        Self { queues: VecDeque::new(), at_once, running: 0 }
    }

    pub(super) fn push(&mut self, lane: Lane, job: J) {
        let index = self.queues.iter().position(|queue| queue.lane == lane);
        let index = index.unwrap_or_else(|| {
            self.queues.push_back(Queue::new(lane));
            self.queues.len() - 1
        });
        self.queues[index].waiting.push_back(job);
    }

    /// The next job; [`Lanes::done`] gives its place back.
    pub(super) fn take_turn(&mut self) -> Option<(Lane, J)> {
        let free = self.free();
        let index = self.queues.iter().position(|queue| queue.is_ready(free))?;
        let mut queue = self.queues.remove(index)?;
        let job = queue.waiting.pop_front()?;
        queue.running += 1;
        self.running += 1;
        let lane = queue.lane;
        self.queues.push_back(queue);
        Some((lane, job))
    }

    /// A job of a lane is over.
    pub(super) fn done(&mut self, lane: Lane) {
        if let Some(queue) = self.queues.iter_mut().find(|queue| queue.lane == lane) {
            queue.running -= 1;
            self.running -= 1;
        }
        self.queues.retain(|queue| queue.running > 0 || !queue.waiting.is_empty());
    }

    /// How many jobs could start now, about.
    pub(super) fn ready(&self) -> usize {
        let free = self.free();
        let of = |queue: &Queue<J>| queue.waiting.len().min(free.saturating_sub(queue.running));
        self.queues.iter().map(of).sum()
    }

    fn free(&self) -> usize {
        self.at_once.saturating_sub(self.running)
    }
}

impl<J> Queue<J> {
    fn new(lane: Lane) -> Self {
        Self { lane, waiting: VecDeque::new(), running: 0 }
    }

    /// Whether one more may start while so many threads are free.
    fn is_ready(&self, free: usize) -> bool {
        !self.waiting.is_empty() && self.running < free
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ONE: Lane = Lane(1);
    const OTHER: Lane = Lane(2);

    #[test]
    fn lanes_take_turns_and_leave_as_many_threads_as_they_have() {
        let mut lanes = Lanes::new(4);
        for job in 0..5 {
            lanes.push(ONE, job);
        }
        lanes.push(OTHER, 10);
        let turns: Vec<_> = std::iter::from_fn(|| lanes.take_turn()).collect();
        assert_eq!(turns, [(ONE, 0), (OTHER, 10), (ONE, 1)]);
        assert_eq!(lanes.ready(), 0, "one thread is left for others");
    }

    #[test]
    fn one_lane_has_half_of_all_threads() {
        let mut lanes = Lanes::new(4);
        for job in 0..5 {
            lanes.push(ONE, job);
        }
        let turns: Vec<_> = std::iter::from_fn(|| lanes.take_turn()).collect();
        assert_eq!(turns, [(ONE, 0), (ONE, 1)]);
        lanes.push(OTHER, 10);
        assert_eq!(lanes.take_turn(), Some((OTHER, 10)), "a slow lane holds up no other");
        lanes.done(ONE);
        assert_eq!(lanes.take_turn(), Some((ONE, 2)));
    }

    #[test]
    fn a_lane_without_work_leaves_nothing_behind() {
        let mut lanes = Lanes::new(2);
        lanes.push(ONE, ());
        lanes.take_turn();
        lanes.done(ONE);
        assert!(lanes.queues.is_empty());
    }
}
