//! The way of one `inspect`.

use std::io::{self, IsTerminal as _};
use std::thread;
use std::time::Duration;

use grantmint_core::{
    ApiKey, Examination, ExamineOptions, FindingKind, Severity, Signature, WipedString, examine,
    find_token,
};

use super::keys::keys;
use super::text::report;
use crate::args::{InspectArgs, ReportFormat};
use crate::credentials::secret_of_file;
use crate::exit::{Exit, Failure};
use crate::input::read_small;
use crate::interrupt::{self, CtrlC};
use crate::output::{Messages, Stdout, Style};

/// How often a token is looked at that is watched.
const LOOK: Duration = Duration::from_millis(200);

pub(crate) fn run(args: &InspectArgs, messages: Messages) -> Result<Exit, Failure> {
    let token = token(args, messages)?;
    let keys = keys(&args.keys, messages)?;
    let options = options(args)?;
    if args.watch {
        return watch(&token, &keys, args, &options);
    }
    let examination = examine(&token, &keys, &options);
    print(&examination, args)?;
    Ok(exit(&examination))
}

/// The token in what was given.
fn token(args: &InspectArgs, messages: Messages) -> Result<WipedString, Failure> {
    let text = match args.token.as_deref() {
        Some(text) if text != "-" => return found(text),
        _ if args.keys.secret_stdin => {
            let line = "inspect and --secret-stdin both read stdin: give TOKEN, or --secret-file";
            return Err(Failure::usage(line));
        }
        _ => {
            if io::stdin().is_terminal() {
                messages.info("paste the token, then Ctrl-D on a line of its own");
            }
            read_small("stdin", io::stdin().lock())?
        }
    };
    found(&text)
}

fn found(text: &str) -> Result<WipedString, Failure> {
    let token = find_token(text).map_err(|error| error.with_argument("the input"))?;
    Ok(token.into())
}

fn options(args: &InspectArgs) -> Result<ExamineOptions, Failure> {
    let mut options = ExamineOptions::new().leeway(args.leeway).strict(args.strict);
    if let Some(room) = &args.room {
        // It may be given by its SID.
        options = options.room(room).room_sid(room);
    }
    if let Some(origin) = &args.origin {
        options = options.origin(origin);
    }
    if let Some(file) = &args.keys.jwt_secret_file {
        options = options.secret(secret_of_file("--jwt-secret-file", file)?.as_bytes());
    }
    Ok(match args.at {
        Some(time) => options.now(time.unix_seconds()),
        None => options,
    })
}

fn print(examination: &Examination, args: &InspectArgs) -> Result<(), Failure> {
    if args.messages.silent {
        return Ok(());
    }
    let mut stdout = Stdout::open()?;
    match args.output {
        ReportFormat::Json => stdout.line([&*harmless(&examination.to_json())])?,
        ReportFormat::Text => {
            let style = Style::of(&io::stdout());
            stdout.text(&report(examination, args.room.as_deref(), style))?;
        }
    }
    stdout.flush()
}

/// The same JSON without what a terminal obeys, of which the token may be full.
fn harmless(json: &str) -> WipedString {
    let mut written = WipedString::with_capacity(json.len());
    for c in json.chars() {
        // Below these JSON escapes what there is.
        if c < '\u{7f}' || c.escape_debug().len() == 1 {
            written.push(c);
        } else {
            for unit in c.encode_utf16(&mut [0; 2]) {
                written.push_str(&format!("\\u{unit:04x}"));
            }
        }
    }
    written
}

/// A token that nobody has verified is not good, even if nothing else is wrong.
fn exit(examination: &Examination) -> Exit {
    let is_bad = |severity| severity == Severity::Error;
    let has_errors = examination.findings().iter().any(|found| is_bad(found.severity()));
    match examination.signature() {
        _ if examination.is_valid() => Exit::Good,
        Signature::NoKey if !has_errors => Exit::NotVerified,
        _ => Exit::Failed,
    }
}

/// Prints a report whenever another thing is to be said, until the token can only stay as it is.
fn watch(
    token: &str,
    keys: &[ApiKey],
    args: &InspectArgs,
    options: &ExamineOptions,
) -> Result<Exit, Failure> {
    let _ctrl_c = CtrlC::noted();
    let mut said: Option<Vec<FindingKind>> = None;
    loop {
        let examination = examine(token, keys, options);
        let found: Vec<FindingKind> = examination.findings().iter().map(|one| one.kind()).collect();
        if said.as_ref() != Some(&found) {
            print(&examination, args)?;
        }
        if examination.times().expires_in.is_none_or(|left| left <= 0) {
            return Ok(exit(&examination));
        }
        said = Some(found);
        thread::sleep(LOOK);
        if interrupt::is_pressed() {
            return Err(Failure::new(Exit::Interrupted, "Ctrl-C"));
        }
    }
}
