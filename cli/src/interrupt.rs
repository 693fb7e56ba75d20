//! Ctrl-C: what it does while a command runs, put back afterwards. The process may be another
//! language's, with a handler of its own.

#![allow(unsafe_code, reason = "what a signal does has no safe interface")]

#[cfg(unix)]
pub(crate) use self::unix::{CtrlC, is_pressed};

/// Ctrl-C ends the process there.
#[cfg(not(unix))]
pub(crate) use self::elsewhere::{CtrlC, is_pressed};

#[cfg(unix)]
mod unix {
    use std::sync::atomic::{AtomicBool, Ordering};

    use nix::libc::c_int;
    use nix::sys::signal::{SaFlags, SigAction, SigHandler, SigSet, Signal, sigaction};

    static IS_PRESSED: AtomicBool = AtomicBool::new(false);

    /// Whether Ctrl-C has been pressed since it is [noted](CtrlC::noted).
    pub(crate) fn is_pressed() -> bool {
        IS_PRESSED.load(Ordering::Relaxed)
    }

    /// What Ctrl-C did before; dropped, it does that again.
    pub(crate) struct CtrlC(Option<SigAction>);

    impl CtrlC {
        /// Ctrl-C ends the process.
        pub(crate) fn deadly() -> Self {
            Self::set(SigHandler::SigDfl, SaFlags::empty())
        }

        /// Ctrl-C is noted, and ends what waits for input. A second one ends the process.
        pub(crate) fn noted() -> Self {
            IS_PRESSED.store(false, Ordering::Relaxed);
            Self::set(SigHandler::Handler(note), SaFlags::SA_RESETHAND)
        }

        fn set(handler: SigHandler, flags: SaFlags) -> Self {
            let action = SigAction::new(handler, flags, SigSet::empty());
            // SAFETY: the handler does nothing but store to an atomic.
            let before = unsafe { sigaction(Signal::SIGINT, &action) };
            let ctrl_c = Self(before.ok());
            // Who started this process in the background wants it to go on.
            let is_ignored = |before: &SigAction| matches!(before.handler(), SigHandler::SigIgn);
            if ctrl_c.0.as_ref().is_some_and(is_ignored) {
                drop(ctrl_c);
                return Self(None);
            }
            ctrl_c
        }
    }

    impl Drop for CtrlC {
        fn drop(&mut self) {
            if let Some(before) = &self.0 {
                // SAFETY: it was there before, and whoever put it there still runs.
                let _ = unsafe { sigaction(Signal::SIGINT, before) };
            }
        }
    }

    extern "C" fn note(_: c_int) {
        IS_PRESSED.store(true, Ordering::Relaxed);
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
}
