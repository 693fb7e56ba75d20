//! What the terminal is told: the link, how to reach it from elsewhere, and when somebody else has used it.

use std::env;
use std::io::{self, IsTerminal as _, Write as _};
use std::process::{Command, Stdio};
use std::thread;

use super::session::NotOpened;

/// The terminal, and where the page is.
pub(super) struct Terminal {
    port: u16,
    place: Place,
}

/// Where this program runs, as far as it matters for a browser.
enum Place {
    /// On the machine in front of the user.
    Desktop,
    /// On another machine, whose name for `ssh` is the user's.
    Ssh,
    Codespace {
        host: String,
    },
    /// Here, and nothing shows pictures.
    NoDisplay,
}

impl Terminal {
    pub(super) fn new(port: u16) -> Self {
        Self { port, place: Place::find(port) }
    }

    /// Shows the link, and the browser if there is one and it is wanted.
    pub(super) fn show(&self, code: &str, opens: bool) {
        let link = self.link(code);
        match &self.place {
            Place::Desktop if opens && open(&link) => {
                say("The page opens in your browser. If it does not:");
            }
            Place::Desktop => say("The page is ready:"),
            Place::NoDisplay => say("There is no display here. The page is ready:"),
            Place::Ssh => {
                let port = self.port;
                say(
                    "This is another machine. On yours, run this first, with the name that you give ssh:",
                );
                say(&format!("\n  ssh -N -L {port}:127.0.0.1:{port} HOST\n\nThen open:"));
            }
            Place::Codespace { host } => {
                say("In a codespace the page has another name. If it refuses that, start it so:");
                say("\n  grantmint page --allow-host \"$CODESPACE_NAME-{port}.app.github.dev\"\n");
                say(&format!("Then open https://{host}/#k={code}, or on this machine:"));
            }
        }
        say(&format!(
            "\n  {link}\n\nThe link works once, for two minutes. Enter prints a new one, Ctrl-C ends the page."
        ));
    }

    /// Says it if a link was used that must not be.
    pub(super) fn not_opened(&self, why: NotOpened) {
        say(match why {
            NotOpened::Unknown => "Somebody tried a link that does not work.",
            NotOpened::TooLate => "The link was used too late. Press Enter for a new one.",
            NotOpened::UsedTwice => {
                "The link was used a second time, so the session has ended: one of the two may not have been you. \
                 Press Enter for a new link."
            }
        });
    }

    /// Always by number: another program may answer to the name `localhost`.
    fn link(&self, code: &str) -> String {
        format!("http://127.0.0.1:{}/#k={code}", self.port)
    }
}

impl Place {
    fn find(port: u16) -> Self {
        let is_set = |name| env::var_os(name).is_some_and(|value| !value.is_empty());
        if let Some(name) = env::var("CODESPACE_NAME").ok().filter(|_| is_set("CODESPACES")) {
            return Self::Codespace { host: format!("{name}-{port}.app.github.dev") };
        }
        if is_set("SSH_CONNECTION") {
            return Self::Ssh;
        }
        let has_display = cfg!(any(windows, target_os = "macos"))
            || is_set("DISPLAY")
            || is_set("WAYLAND_DISPLAY");
        if has_display { Self::Desktop } else { Self::NoDisplay }
    }
}

/// Calls this whenever Enter is pressed, if there is a terminal to press it in. A pipe is not read: it may be
/// meant for what comes after.
pub(super) fn on_enter(then: impl Fn() + Send + 'static) {
    if !io::stdin().is_terminal() {
        return;
    }
    let listen = move || {
        let mut line = String::new();
        while io::stdin().read_line(&mut line).is_ok_and(|bytes| bytes > 0) {
            line.clear();
            then();
        }
    };
    // Without it there is no new link, and the page still works.
    let _ = thread::Builder::new().name("page-enter".to_owned()).spawn(listen);
}

/// Has the desktop open the link. Its arguments can be read by others, which is why the link works once.
fn open(link: &str) -> bool {
    let (program, before): (&str, &[&str]) = if cfg!(target_os = "macos") {
        ("open", &[])
    } else if cfg!(windows) {
        ("rundll32", &["url.dll,FileProtocolHandler"])
    } else {
        ("xdg-open", &[])
    };
    let mut command = Command::new(program);
    command.args(before).arg(link).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    let Ok(mut opener) = command.spawn() else { return false };
    let wait = move || opener.wait();
    let _ = thread::Builder::new().name("page-browser".to_owned()).spawn(wait);
    true
}

/// A terminal that is gone is no reason to end.
fn say(line: &str) {
    let _ = writeln!(io::stderr(), "{line}");
}
