//! Real processes on one real server of Redis: this program starts itself for each of them. Nothing of it is left when
//! this ends, however it does.

mod info;
mod member;
mod restart;
mod silence;

use crate::finding::{self, Finding};

type Failure = Box<dyn std::error::Error>;

struct Run {
    name: &'static str,
    what: &'static str,
    judge: fn() -> Result<Vec<Finding>, Failure>,
    /// What each process does.
    member: fn(&[String]) -> Result<(), Failure>,
}

const RUNS: [Run; 2] = [
    Run {
        name: "silence",
        what: "upstream is silent for a minute: 200 processes, 50 streams, no folders in front",
        judge: silence::judge,
        member: silence::member,
    },
    Run {
        name: "restart",
        what: "4,000 clients by TLS, whose server is killed and starts again",
        judge: restart::judge,
        member: restart::member,
    },
];

/// Runs what the arguments name; returns how many bars were missed, and counts each run that fails.
pub(crate) fn run(arguments: &[String]) -> usize {
    if let [first, name, told @ ..] = arguments
        && first == member::MEMBER
    {
        let of_run = RUNS.iter().filter(|run| run.name == name);
        return of_run.map(|run| ended((run.member)(told).map(|()| Vec::new()))).sum();
    }
    let is_meant =
        |run: &&Run| arguments.is_empty() || arguments.iter().any(|name| name == run.name);
    let meant = RUNS.iter().filter(is_meant);
    meant
        .map(|run| {
            println!("{}: {}", run.name, run.what);
            ended((run.judge)())
        })
        .sum()
}

fn ended(result: Result<Vec<Finding>, Failure>) -> usize {
    match result {
        Ok(findings) => finding::show(&findings),
        Err(failure) => {
            println!("  FAILED {failure}");
            1
        }
    }
}
