//! What is at which path.

use std::time::Instant;

use grantmint_core::ApiKey;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::fleet::FleetView;
use super::generate;
use super::inspect;
use super::server::{AllowedHosts, Answer, Need, Problem, Service, of_file, of_json, of_text};
use super::session::{NotOpened, Session};
use super::showtime::Showtime;
use super::static_files;
use super::terminal::Terminal;
use super::upstream::Upstream;

/// The page: everything that a request may reach.
pub(super) struct Page {
    pub(super) hosts: AllowedHosts,
    pub(super) session: Session,
    pub(super) terminal: Terminal,
    pub(super) key: ApiKey,
    pub(super) upstream: Upstream,
    pub(super) showtime: Showtime,
    pub(super) fleet: FleetView,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Code {
    code: String,
}

/// What the page asks for without saying more.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Nothing {}

/// What the page has to know first. There is no secret in it.
#[derive(Serialize)]
struct Hello<'a> {
    version: &'static str,
    is_demo: bool,
    key_sid: &'a str,
    account_sid: &'a str,
    region: Option<&'a str>,
    base_url: Option<&'a str>,
    fleet_unavailable: Option<&'static str>,
    fleet_place: &'a str,
}

impl Service for Page {
    fn hosts(&self) -> &AllowedHosts {
        &self.hosts
    }

    fn need(&self, path: &str) -> Option<Need> {
        match path {
            "/api/session" => Some(Need::Code),
            _ if path.starts_with("/api/") => Some(Need::Key),
            _ => static_files::at(path).map(|_| Need::File),
        }
    }

    fn is_key(&self, key: &str) -> bool {
        self.session.is_open_with(key)
    }

    fn file(&self, path: &str) -> Answer {
        match static_files::at(path) {
            Some((content_type, text)) => of_file(content_type, text),
            None => nothing_here().answer(),
        }
    }

    fn call(&self, path: &str, body: &[u8]) -> Answer {
        self.route(path, body).unwrap_or_else(|problem| problem.answer())
    }
}

impl Page {
    fn route(&self, path: &str, body: &[u8]) -> Result<Answer, Problem> {
        match path {
            "/api/session" => self.open(&read::<Code>(body)?.code),
            "/api/hello" => read(body).map(|Nothing {}| good(&self.hello())),
            "/api/generate" => {
                let made = generate::generate(&read(body)?, &self.key, self.upstream.base_url());
                Ok(good(&made?))
            }
            "/api/inspect" => {
                let report = inspect::inspect(&read(body)?, &self.key)?;
                Ok(of_text(report.to_string()))
            }
            "/api/inspect/example" => {
                let Nothing {} = read(body)?;
                let text =
                    inspect::example(&self.key).map_err(|error| generate::problem(&error))?;
                Ok(good(&serde_json::json!({ "text": text })))
            }
            "/api/showtime/begin" => Ok(good(&self.showtime.begin(read(body)?)?)),
            "/api/showtime/stop" => read(body).map(|Nothing {}| good(&self.showtime.stop())),
            "/api/showtime/reset" => read(body).map(|Nothing {}| good(&self.showtime.reset())),
            "/api/showtime/faults" => Ok(good(&self.showtime.set_faults(read(body)?)?)),
            "/api/showtime/news" => Ok(good(&self.showtime.news(&read(body)?))),
            "/api/fleet/resize" => Ok(good(&self.fleet.resize(&read(body)?)?)),
            "/api/fleet/kill" => read(body).map(|Nothing {}| good(&self.fleet.kill_fetching())),
            "/api/fleet/news" => read(body).map(|Nothing {}| good(&self.fleet.news())),
            _ => Err(nothing_here()),
        }
    }

    fn open(&self, code: &str) -> Result<Answer, Problem> {
        let refused = match self.session.open(code, Instant::now()) {
            Ok(key) => return Ok(good(&serde_json::json!({ "key": *key }))),
            Err(refused) => refused,
        };
        self.terminal.not_opened(refused);
        let (code, message) = match refused {
            NotOpened::Unknown => ("link_unknown", "This link does not work."),
            NotOpened::TooLate => ("link_late", "This link has worked for two minutes only."),
            NotOpened::UsedTwice => {
                ("link_used", "This link has been used before, so the session has ended.")
            }
        };
        let message = format!("{message} Press Enter in the terminal for a new one.");
        Err(Problem::new(403, code, message))
    }

    fn hello(&self) -> Hello<'_> {
        Hello {
            version: env!("CARGO_PKG_VERSION"),
            is_demo: self.upstream.is_demo(),
            key_sid: self.key.key_sid().as_str(),
            account_sid: self.key.account_sid().as_str(),
            region: self.key.region(),
            base_url: self.upstream.base_url(),
            fleet_unavailable: self.fleet.unavailable(),
            fleet_place: self.fleet.place(),
        }
    }
}

/// The call's argument. What is wrong with it is said without any of it.
fn read<T: DeserializeOwned>(body: &[u8]) -> Result<T, Problem> {
    serde_json::from_slice(body).map_err(|error| {
        let place = format!("line {}, column {}", error.line(), error.column());
        Problem::new(400, "json", format!("The body is not what this call takes ({place})."))
    })
}

fn good(value: &impl Serialize) -> Answer {
    of_json(200, value)
}

fn nothing_here() -> Problem {
    Problem::new(404, "path", "There is nothing here.")
}
