//! Which fetch is run next.
//!
//! Each account in a cache has a lane, and lanes take turns, so that an account with many streams does not
//! hold up another. In a lane refreshes go first, so that new streams do not hold up those that are being
//! watched.

use std::collections::VecDeque;

/// An account in a cache: what is in one lane waits for each other, not for what is in another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Lane(pub(super) usize);

/// Work in lanes, at most so much of one lane at once.
pub(super) struct Lanes<J> {
    /// Those with work, in the order in which their turn comes.
    queues: VecDeque<Queue<J>>,
    at_once: usize,
}

struct Queue<J> {
    lane: Lane,
    refreshes: VecDeque<J>,
    cold: VecDeque<J>,
    running: usize,
}

impl<J> Lanes<J> {
    pub(super) fn new(at_once: usize) -> Self {
        Self { queues: VecDeque::new(), at_once }
    }

    pub(super) fn push(&mut self, lane: Lane, job: J, is_refresh: bool) {
        let index = self.queues.iter().position(|queue| queue.lane == lane);
        let index = index.unwrap_or_else(|| {
            self.queues.push_back(Queue::new(lane));
            self.queues.len() - 1
        });
        let queue = &mut self.queues[index];
        if is_refresh { &mut queue.refreshes } else { &mut queue.cold }.push_back(job);
    }

    /// The next job; [`Lanes::done`] gives its place back.
    pub(super) fn take_turn(&mut self) -> Option<(Lane, J)> {
        let at_once = self.at_once;
        let index = self.queues.iter().position(|queue| queue.is_ready(at_once))?;
        let mut queue = self.queues.remove(index)?;
        let job = queue.refreshes.pop_front().or_else(|| queue.cold.pop_front())?;
        queue.running += 1;
        let lane = queue.lane;
        self.queues.push_back(queue);
        Some((lane, job))
    }

    /// A job of a lane is over.
    pub(super) fn done(&mut self, lane: Lane) {
        if let Some(queue) = self.queues.iter_mut().find(|queue| queue.lane == lane) {
            queue.running -= 1;
        }
        self.queues.retain(|queue| queue.running > 0 || queue.len() > 0);
    }

    /// How many jobs could start now.
    pub(super) fn ready(&self) -> usize {
        let of = |queue: &Queue<J>| queue.len().min(self.at_once - queue.running);
        self.queues.iter().map(of).sum()
    }
}

impl<J> Queue<J> {
    fn new(lane: Lane) -> Self {
        Self { lane, refreshes: VecDeque::new(), cold: VecDeque::new(), running: 0 }
    }

    /// How many wait.
    fn len(&self) -> usize {
        self.refreshes.len() + self.cold.len()
    }

    fn is_ready(&self, at_once: usize) -> bool {
        self.len() > 0 && self.running < at_once
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ONE: Lane = Lane(1);
    const OTHER: Lane = Lane(2);

    #[test]
    fn lanes_take_turns_and_each_has_its_limit() {
        let mut lanes = Lanes::new(2);
        for job in 0..5 {
            lanes.push(ONE, job, false);
        }
        lanes.push(OTHER, 10, false);
        assert_eq!(lanes.ready(), 3);
        let turns: Vec<_> = std::iter::from_fn(|| lanes.take_turn()).collect();
        assert_eq!(turns, [(ONE, 0), (OTHER, 10), (ONE, 1)]);
        assert_eq!(lanes.ready(), 0);
        lanes.done(ONE);
        assert_eq!(lanes.take_turn(), Some((ONE, 2)));
        assert_eq!(lanes.take_turn(), None);
        lanes.done(OTHER);
        assert_eq!(lanes.take_turn(), None, "its lane is full");
    }

    #[test]
    fn refreshes_go_first_in_their_lane() {
        let mut lanes = Lanes::new(9);
        for job in 0..3 {
            lanes.push(ONE, job, false);
        }
        lanes.push(ONE, 10, true);
        lanes.push(OTHER, 20, false);
        lanes.push(ONE, 11, true);
        let turns: Vec<_> = std::iter::from_fn(|| lanes.take_turn()).map(|(_, job)| job).collect();
        assert_eq!(turns, [10, 20, 11, 0, 1, 2]);
    }

    #[test]
    fn a_lane_without_work_leaves_nothing_behind() {
        let mut lanes = Lanes::new(1);
        lanes.push(ONE, (), false);
        lanes.take_turn();
        lanes.done(ONE);
        assert!(lanes.queues.is_empty());
    }
}
