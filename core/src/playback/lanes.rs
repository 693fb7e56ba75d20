//! Who is served next: one lane for each cache, in turn, so that a cache with many streams does not
//! hold up another.

use std::collections::VecDeque;

/// A cache among others: what is in one lane waits for each other, not for what is in another.
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
    jobs: VecDeque<J>,
    running: usize,
}

impl<J> Lanes<J> {
    pub(super) fn new(at_once: usize) -> Self {
        Self { queues: VecDeque::new(), at_once }
    }

    pub(super) fn push(&mut self, lane: Lane, job: J) {
        match self.queues.iter_mut().find(|queue| queue.lane == lane) {
            Some(queue) => queue.jobs.push_back(job),
            None => self.queues.push_back(Queue { lane, jobs: [job].into(), running: 0 }),
        }
    }

    /// The next job; [`Lanes::done`] gives its place back.
    pub(super) fn take_turn(&mut self) -> Option<(Lane, J)> {
        let at_once = self.at_once;
        let index = self.queues.iter().position(|queue| queue.is_ready(at_once))?;
        let mut queue = self.queues.remove(index)?;
        let job = queue.jobs.pop_front()?;
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
        self.queues.retain(|queue| queue.running > 0 || !queue.jobs.is_empty());
    }

    /// How many jobs could start now.
    pub(super) fn ready(&self) -> usize {
        let of = |queue: &Queue<J>| queue.jobs.len().min(self.at_once - queue.running);
        self.queues.iter().map(of).sum()
    }

    /// All jobs that have not started.
    pub(super) fn take_all(&mut self) -> Vec<J> {
        let jobs = self.queues.iter_mut().flat_map(|queue| queue.jobs.drain(..)).collect();
        self.queues.retain(|queue| queue.running > 0);
        jobs
    }
}

impl<J> Queue<J> {
    fn is_ready(&self, at_once: usize) -> bool {
        !self.jobs.is_empty() && self.running < at_once
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
            lanes.push(ONE, job);
        }
        lanes.push(OTHER, 10);
        assert_eq!(lanes.ready(), 3);
        let turns: Vec<_> = std::iter::from_fn(|| lanes.take_turn()).collect();
        assert_eq!(turns, [(ONE, 0), (OTHER, 10), (ONE, 1)]);
        assert_eq!(lanes.ready(), 0);
        lanes.done(ONE);
        assert_eq!(lanes.take_turn(), Some((ONE, 2)));
        assert_eq!(lanes.take_turn(), None);
        assert_eq!(lanes.take_all(), [3, 4]);
    }

    #[test]
    fn a_lane_without_work_leaves_nothing_behind() {
        let mut lanes = Lanes::new(1);
        lanes.push(ONE, ());
        lanes.take_turn();
        lanes.done(ONE);
        assert!(lanes.queues.is_empty());
    }
}
