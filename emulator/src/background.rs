//! A runtime of its own on background threads, stopped when dropped.

use std::future::Future;
use std::io;
use std::time::Duration;

use tokio::runtime::{Builder, Handle, Runtime};
use tokio::sync::watch;
use tokio::time::timeout;

/// How long what is under way may take to end, before it is cut off.
const GRACE: Duration = Duration::from_millis(200);

/// Threads that run tasks until this is dropped.
pub(crate) struct Background {
    runtime: Option<Runtime>,
    stop: watch::Sender<bool>,
}

/// Tells a task when to end; whoever holds one is waited for.
#[derive(Clone)]
pub(crate) struct Stop(watch::Receiver<bool>);

impl Background {
    pub(crate) fn start(name: &str, threads: usize) -> io::Result<Self> {
        let runtime = Builder::new_multi_thread()
            .thread_name(name)
            .worker_threads(threads.max(1))
            .enable_all()
            .build()?;
        Ok(Self { runtime: Some(runtime), stop: watch::Sender::new(false) })
    }

    /// Runs `make` inside the runtime, and then what it made.
    pub(crate) fn run<F>(&self, make: impl FnOnce(Stop) -> io::Result<F>) -> io::Result<()>
    where
        F: Future<Output = ()> + Send + 'static,
    {
        let runtime = self.runtime.as_ref().expect("there until dropped");
        let _inside = runtime.enter();
        runtime.spawn(make(Stop(self.stop.subscribe()))?);
        Ok(())
    }
}

impl Stop {
    pub(crate) async fn requested(&mut self) {
        // An error means that the sender is gone, which asks for the same.
        let _ = self.0.wait_for(|stop| *stop).await;
    }
}

impl Drop for Background {
    fn drop(&mut self) {
        let Some(runtime) = self.runtime.take() else {
            return;
        };
        self.stop.send_replace(true);
        if Handle::try_current().is_ok() {
            // Inside somebody's async code nothing may block.
            return runtime.shutdown_background();
        }
        let _ = runtime.block_on(async { timeout(GRACE, self.stop.closed()).await });
        runtime.shutdown_timeout(GRACE);
    }
}
