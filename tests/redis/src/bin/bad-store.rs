//! A server with a fault, for programs in any language that are to share by it.
//!
//!     bad-store FAULT
//!
//! It prints the server's URL. Each line that it reads makes the server fail, if it does not from the start, and is
//! answered with one. It ends, and the server with it, when its input does.

#![allow(clippy::print_stdout, reason = "this program talks to the one that starts it")]

use std::io::stdin;
use std::net::TcpListener;
use std::time::Duration;
use std::{env, process};

use grantmint_redis::{Fault, Proxy, Redis, Setup, answering};

/// Later than an answer is waited for.
const LATE: Duration = Duration::from_secs(1);
/// Between two bytes.
const TRICKLE: Duration = Duration::from_millis(20);
const IN_TIME: Duration = Duration::from_millis(50);

/// A server, and how it fails.
struct Store {
    url: String,
    fail: Box<dyn FnMut()>,
}

fn main() {
    let fault = env::args().nth(1).unwrap_or_default();
    let Some(mut store) = with(&fault) else {
        println!("there is no fault {fault:?}");
        process::exit(2);
    };
    println!("{}", store.url);
    for line in stdin().lines() {
        if line.is_err() {
            return;
        }
        (store.fail)();
        println!("failed");
    }
}

fn with(fault: &str) -> Option<Store> {
    Some(match fault {
        "absent" => from_the_start(free_port(), "", ()),
        "no-password" | "wrong-password" => locked(fault == "wrong-password"),
        "replica" => replica(),
        "no-rights" => without_scripts(),
        "no-time" => from_the_start(answering(b"*2\r\n:0\r\n:1\r\n", 1), "", ()),
        "gigabyte" => gigabyte(),
        "http" => from_the_start(answering(b"HTTP/1.1 400 Bad Request\r\n\r\n", 1), "", ()),
        "killed" => in_the_middle(|redis| redis.kill()),
        "frozen" => in_the_middle(|redis| redis.signal("STOP")),
        "full" => in_the_middle(|redis| {
            redis.ask(["CONFIG", "SET", "maxmemory", "1"]);
        }),
        "cuts" => on_the_way(Fault::Cuts),
        "delays" => on_the_way(Fault::Delays(LATE)),
        "delays-little" => on_the_way(Fault::Delays(IN_TIME)),
        "trickles" => on_the_way(Fault::Trickles(TRICKLE)),
        "drops" => on_the_way(Fault::Drops),
        _ => return None,
    })
}

/// One that fails from the start; `keeps` lives as long.
fn from_the_start(port: u16, login: &str, keeps: impl Sized + 'static) -> Store {
    let url = format!("redis://{login}127.0.0.1:{port}");
    let fail = move || {
        let _ = &keeps;
    };
    Store { url, fail: Box::new(fail) }
}

fn locked(is_login: bool) -> Store {
    let arguments = ["--requirepass", "secret"].map(str::to_owned).to_vec();
    let redis = Redis::start(Setup { arguments, ..Setup::default() });
    from_the_start(redis.port(), if is_login { "fleet%40:an@other%25%@" } else { "" }, redis)
}

fn replica() -> Store {
    let primary = Redis::plain();
    let replica = primary.replica(0);
    from_the_start(replica.port(), "", (replica, primary))
}

fn without_scripts() -> Store {
    let redis = Redis::plain();
    redis.ask(["ACL", "SETUSER", "default", "-@scripting"]);
    from_the_start(redis.port(), "", redis)
}

/// It says how long its answer is, and goes on for as long as anybody reads it.
fn gigabyte() -> Store {
    let mut answer = b"$1000000000\r\n".to_vec();
    answer.resize(1_000_000, b'x');
    from_the_start(answering(&answer, 1000), "", ())
}

fn in_the_middle(mut fail: impl FnMut(&mut Redis) + 'static) -> Store {
    let mut redis = Redis::plain();
    let url = format!("redis://127.0.0.1:{}", redis.port());
    Store { url, fail: Box::new(move || fail(&mut redis)) }
}

fn on_the_way(fault: Fault) -> Store {
    let redis = Redis::plain();
    let proxy = Proxy::to(redis.port());
    let url = format!("redis://127.0.0.1:{}", proxy.port());
    let fail = move || {
        let _ = &redis;
        proxy.set(fault);
    };
    Store { url, fail: Box::new(fail) }
}

fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    listener.local_addr().expect("its address").port()
}
