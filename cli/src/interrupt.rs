//! Ctrl-C and SIGTERM: what they do while a command runs, put back afterwards. The process may be another
//! language's, with a handler of its own.

#![allow(unsafe_code, reason = "what a signal does has no safe interface")]

#[cfg(unix)]
pub(crate) use self::unix::{CtrlC, Term, is_pressed};

/// Ctrl-C ends the process there.
#[cfg(not(unix))]
pub(crate) use self::elsewhere::{CtrlC, Term, is_pressed};

#[cfg(unix)]
mod unix {
    use std::sync::atomic::{AtomicBool, Ordering};

    use nix::libc::{self, c_int};
    use nix::sys::signal::{SaFlags, SigAction, SigHandler, SigSet, Signal, sigaction};

    static IS_PRESSED: AtomicBool = AtomicBool::new(false);

    /// Whether Ctrl-C has been pressed since it is [noted](CtrlC::noted).
    pub(crate) fn is_pressed() -> bool {
        IS_PRESSED.load(Ordering::Relaxed)
    }

    /// What Ctrl-C did before; dropped, it does that again.
    pub(crate) struct CtrlC {
        _before: Option<Before>,
    }

    /// What SIGTERM did before, if that was changed; dropped, it does that again.
    pub(crate) struct Term {
        _before: Option<Before>,
    }

    impl CtrlC {
        /// Ctrl-C ends the process.
        pub(crate) fn deadly() -> Self {
            Self::set(if is_first() { SigHandler::Handler(end) } else { SigHandler::SigDfl })
        }

        /// Ctrl-C is noted, and ends what waits for input. A second one ends the process.
        pub(crate) fn noted() -> Self {
            IS_PRESSED.store(false, Ordering::Relaxed);
            Self::set(SigHandler::Handler(note))
        }

        fn set(handler: SigHandler) -> Self {
            // Who started this process in the background wants it to go on.
            let is_ignored = |before| matches!(before, SigHandler::SigIgn);
            Self { _before: Before::of(Signal::SIGINT, handler).unless(is_ignored) }
        }
    }

    impl Term {
        /// SIGTERM ends the process, as it does by itself unless the process is the first of its container.
        pub(crate) fn deadly() -> Self {
            if !is_first() {
                return Self { _before: None };
            }
            let before = Before::of(Signal::SIGTERM, SigHandler::Handler(end));
            // Another language's handler, or its wish to go on, is its own.
            Self { _before: before.unless(|before| !matches!(before, SigHandler::SigDfl)) }
        }
    }

    /// What a signal did before; dropped, it does that again.
    struct Before(Signal, Option<SigAction>);

    impl Before {
        fn of(signal: Signal, handler: SigHandler) -> Self {
            let flags = match handler {
                SigHandler::Handler(_) if !is_first() => SaFlags::SA_RESETHAND,
                _ => SaFlags::empty(),
            };
            let action = SigAction::new(handler, flags, SigSet::empty());
            // SAFETY: the handlers do nothing but swap an atomic and call _exit.
            Self(signal, unsafe { sigaction(signal, &action) }.ok())
        }

        /// None, and all as before, if the signal did something of which this is true.
        fn unless(self, is_kept: impl FnOnce(SigHandler) -> bool) -> Option<Self> {
            match &self.1 {
                Some(before) if is_kept(before.handler()) => None,
                _ => Some(self),
            }
        }
    }

    impl Drop for Before {
        fn drop(&mut self) {
            if let Self(signal, Some(before)) = self {
                // SAFETY: it was there before, and whoever put it there still runs.
                let _ = unsafe { sigaction(*signal, before) };
            }
        }
    }

    /// Whether this process is the first of its container. No signal ends that one by itself: it needs a handler.
    fn is_first() -> bool {
        std::process::id() == 1
    }

    extern "C" fn note(signal: c_int) {
        if IS_PRESSED.swap(true, Ordering::Relaxed) {
            end(signal);
        }
    }

    extern "C" fn end(signal: c_int) {
        // SAFETY: it may be called in a handler.
        unsafe { libc::_exit(128 + signal) };
    }
}

#[cfg(not(unix))]
mod elsewhere {
    pub(crate) fn is_pressed() -> bool {
        false
    }

    pub(crate) struct CtrlC;

    impl CtrlC {
        pub(crate) fn deadly() -> Self {
            Self
        }

        pub(crate) fn noted() -> Self {
            Self
        }
    }

    pub(crate) struct Term;

    impl Term {
        pub(crate) fn deadly() -> Self {
            Self
        }
    }
}
