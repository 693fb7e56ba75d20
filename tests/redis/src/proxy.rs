//! What comes between a server and its caller: a network that delays, cuts, trickles and drops.

use std::io::{self, Read as _, Write as _};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

/// What happens to what goes through.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Nothing.
    None,
    /// It comes later.
    Delays(Duration),
    /// It comes byte by byte, with so much time between two.
    Trickles(Duration),
    /// It is lost without a word.
    Drops,
    /// The connection is cut, and each new one.
    Cuts,
}

/// A way to a server.
#[derive(Debug)]
pub struct Proxy {
    port: u16,
    state: Arc<Mutex<State>>,
}

#[derive(Debug)]
struct State {
    /// The port of the server.
    far: u16,
    fault: Fault,
    open: Vec<TcpStream>,
    connections: usize,
}

impl Proxy {
    /// A way to a port of this machine.
    ///
    /// # Panics
    ///
    /// If there is no free port.
    #[must_use]
    pub fn to(port: u16) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let own = listener.local_addr().expect("its address").port();
        let state = State { far: port, fault: Fault::None, open: Vec::new(), connections: 0 };
        let state = Arc::new(Mutex::new(state));
        let shared = Arc::clone(&state);
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let _ = join(stream, &shared);
            }
        });
        Self { port: own, state }
    }

    /// Where it listens.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.port
    }

    /// What happens to all that goes through from now on.
    pub fn set(&self, fault: Fault) {
        let mut state = lock(&self.state);
        state.fault = fault;
        if fault == Fault::Cuts {
            state.cut();
        }
    }

    /// Is a way to another port from now on, and cuts what is open.
    pub fn turn_to(&self, port: u16) {
        let mut state = lock(&self.state);
        state.far = port;
        state.cut();
    }

    /// Cuts the connections that are open; new ones may be made.
    pub fn cut(&self) {
        lock(&self.state).cut();
    }

    /// How many connections there have been.
    #[must_use]
    pub fn connections(&self) -> usize {
        lock(&self.state).connections
    }
}

impl State {
    fn cut(&mut self) {
        self.open.drain(..).for_each(|stream| drop(stream.shutdown(Shutdown::Both)));
    }
}

fn lock(state: &Mutex<State>) -> std::sync::MutexGuard<'_, State> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

fn join(near: TcpStream, state: &Arc<Mutex<State>>) -> io::Result<()> {
    let mut shared = lock(state);
    shared.connections += 1;
    if shared.fault == Fault::Cuts {
        return near.shutdown(Shutdown::Both);
    }
    let far = TcpStream::connect(("127.0.0.1", shared.far))?;
    shared.open.extend([near.try_clone()?, far.try_clone()?]);
    drop(shared);
    for (from, into) in [(near.try_clone()?, far.try_clone()?), (far, near)] {
        let state = Arc::clone(state);
        thread::spawn(move || {
            let _ = carry(&from, &into, &state);
            let _ = into.shutdown(Shutdown::Both);
        });
    }
    Ok(())
}

fn carry(mut from: &TcpStream, mut into: &TcpStream, state: &Mutex<State>) -> io::Result<()> {
    let mut bytes = [0; 16 * 1024];
    loop {
        let count = from.read(&mut bytes)?;
        if count == 0 {
            return Ok(());
        }
        let fault = lock(state).fault;
        match fault {
            Fault::None | Fault::Cuts => into.write_all(&bytes[..count])?,
            Fault::Delays(time) => {
                thread::sleep(time);
                into.write_all(&bytes[..count])?;
            }
            Fault::Trickles(time) => {
                for byte in &bytes[..count] {
                    thread::sleep(time);
                    into.write_all(&[*byte])?;
                }
            }
            Fault::Drops => {}
        }
    }
}
