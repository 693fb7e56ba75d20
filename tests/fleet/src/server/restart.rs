//! Thousands of clients that all lose their connection at the same moment. A few processes have them: each is a cache with a
//! user of its own on the server, and so with a connection of its own. All ask for the same keys, one after the other, and
//! who is told to fetch has a grant at once: so it is the server that is to be waited for.

use std::collections::HashSet;
use std::fmt::Write as _;
use std::time::{Duration, Instant};
use std::{fs, thread};

use grantmint_core::{BeginOptions, Fleet, Grant, GrantCache, Key, Start, Ticket};
use grantmint_redis::{Folder, Redis, Setup};

use super::Failure;
use super::info::text;
use super::member::{Member, wait};
use crate::finding::{Finding, at_most, figure};

const PROCESSES: usize = 8;
const CLIENTS: usize = 4000;
/// Each client asks so often.
const EVERY: Duration = Duration::from_secs(2);
/// How often the server is asked who is there.
const LOOK: Duration = Duration::from_millis(250);
/// All have to be there before it is killed, and after.
const WITHIN: Duration = Duration::from_secs(120);
const RIGHTS: &str =
    "~{grantmint:* resetchannels -@all +eval +evalsha +time +get +getrange +set +del +strlen";

pub(super) fn judge() -> Result<Vec<Finding>, Failure> {
    let folder = Folder::new();
    let users = folder.path().join("users.acl");
    fs::write(&users, users_of_the_server())?;
    let arguments = ["--aclfile".to_owned(), users.display().to_string()];
    let setup = Setup { arguments: arguments.to_vec(), tls: true, ..Setup::default() };
    let mut redis = Redis::start(setup);
    let mut members = Vec::new();
    for process in 0..PROCESSES {
        let first = process * CLIENTS / PROCESSES;
        let told = [redis.tls_port().to_string(), redis.ca_file().display().to_string()];
        let told = [&told[..], &[first.to_string()]].concat();
        members.push(Member::start("restart", &told)?);
    }
    for member in &mut members {
        member.go()?;
    }
    let before = Crowd::watch(&redis)?;
    thread::sleep(2 * EVERY);
    redis.start_again();
    let after = Crowd::watch(&redis)?;
    Ok(vec![
        figure("clients", CLIENTS as f64),
        figure("all there at first after, s", before.share(1.0)),
        figure("half of them back after, s", after.share(0.5)),
        at_most("99 % of them back after, s", after.share(0.99), 15.0, "<= 15"),
        figure("all of them back after, s", after.share(1.0)),
    ])
}

/// The default user is for whoever watches.
fn users_of_the_server() -> String {
    let mut users = "user default on nopass ~* &* +@all\n".to_owned();
    for client in 0..CLIENTS {
        let _ = writeln!(users, "user client{client} on >password {RIGHTS}");
    }
    users
}

/// How many clients were there, and when.
struct Crowd(Vec<(Duration, usize)>);

impl Crowd {
    /// Looks until all are there, or it has lasted too long.
    fn watch(redis: &Redis) -> Result<Self, Failure> {
        let (start, mut seen) = (Instant::now(), Vec::new());
        while start.elapsed() < WITHIN {
            let count = answered(&text(redis.ask(["CLIENT", "LIST"]))?);
            seen.push((start.elapsed(), count));
            if count >= CLIENTS {
                break;
            }
            thread::sleep(LOOK);
        }
        Ok(Self(seen))
    }

    /// After how many seconds a share of the clients was there; infinite if it never was.
    fn share(&self, share: f64) -> f64 {
        let is_enough = |count: usize| count as f64 >= share * CLIENTS as f64;
        let first = self.0.iter().find(|(_, count)| is_enough(*count));
        first.map_or(f64::INFINITY, |(at, _)| at.as_secs_f64())
    }
}

/// How many clients have a connection over which a question was answered.
fn answered(list: &str) -> usize {
    let of_line = |line: &str| {
        let field = |name: &str| {
            line.split(' ').find_map(|field| field.strip_prefix(name)).map(str::to_owned)
        };
        let has_asked = field("cmd=")?.starts_with("eval");
        field("user=").filter(|user| has_asked && user.starts_with("client"))
    };
    list.lines().filter_map(of_line).collect::<HashSet<_>>().len()
}

/// `PORT CA_FILE FIRST`: as many clients as each process has, from one on.
pub(super) fn member(arguments: &[String]) -> Result<(), Failure> {
    let [port, ca_file, first] = arguments else {
        return Err("a member is told three things".into());
    };
    let (first, count) = (first.parse::<usize>()?, CLIENTS / PROCESSES);
    let client = |number: usize| {
        let url = format!("rediss://client{number}:password@127.0.0.1:{port}");
        let fleet = Fleet::redis(&url)?.ca_file(ca_file)?.without_host()?.secret(&[7; 32])?;
        Ok(GrantCache::builder().fleet(&fleet, "restart")?.build())
    };
    let clients = (first..first + count).map(client).collect::<Result<Vec<_>, Failure>>()?;
    wait()?;
    let start = Instant::now();
    for round in 0_u32.. {
        let key = Key::new(&format!("round {round}"), Duration::from_secs(60))?;
        for (number, cache) in (0_u32..).zip(&clients) {
            let at = EVERY * round + EVERY * number / u32::try_from(count)?;
            thread::sleep(at.saturating_sub(start.elapsed()));
            drop(cache.get_then(&key, BeginOptions::default(), fetch, drop));
        }
    }
    Ok(())
}

fn fetch(mut ticket: Ticket) {
    if let Start::Go(_) = ticket.start() {
        ticket.complete(Grant::new("a grant"), Duration::from_secs(60));
    }
}
