//! Who polls: of the threads that wake something, one at a time, and without a lock. What is called then may
//! wake the same thing again, on that very thread, or another that wakes it.

/// Something that is polled until it is over.
pub(crate) enum Progress<F> {
    Waiting(F),
    /// A thread is polling it, and polls again if it has been woken meanwhile.
    Polling {
        woken: bool,
    },
    Over,
}

impl<F> Progress<F> {
    /// The future, to poll it; none if another thread does, which then polls once more, or if it is
    /// over.
    pub(crate) fn take(&mut self) -> Option<F> {
        match std::mem::replace(self, Self::Polling { woken: false }) {
            Self::Waiting(future) => Some(future),
            Self::Polling { .. } => {
                *self = Self::Polling { woken: true };
                None
            }
            Self::Over => {
                *self = Self::Over;
                None
            }
        }
    }

    /// Leaves it to be woken; gives it back if it has been woken already.
    pub(crate) fn put_back(&mut self, future: F) -> Option<F> {
        if matches!(self, Self::Polling { woken: true }) {
            *self = Self::Polling { woken: false };
            return Some(future);
        }
        *self = Self::Waiting(future);
        None
    }
}
