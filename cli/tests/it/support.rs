//! Running the program.

use std::ffi::OsStr;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{self, Command, Output, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::{env, fs, thread};

use grantmint_core::{ApiKey, Decoded, VerifyOptions, verify};

pub(crate) const ACCOUNT: &str = "AC00000000000000000000000000000001";
pub(crate) const KEY: &str = "SK00000000000000000000000000000002";
pub(crate) const SECRET: &str = "a secret of thirty-two characters";
pub(crate) const STREAMER: &str = "VJ00000000000000000000000000000003";

/// A run that is over.
#[derive(Debug)]
pub(crate) struct Run {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Run {
    /// What a run that succeeds without a word writes to stdout.
    pub(crate) fn good(self) -> String {
        assert_eq!((self.code, self.err.as_str()), (0, ""), "{}", self.out);
        self.out
    }

    /// The one line that a run without a result says, and its exit code.
    pub(crate) fn failed(self) -> (i32, String) {
        assert_eq!(self.out, "");
        let line = self.err.strip_prefix("grantmint: ").unwrap().strip_suffix('\n').unwrap();
        assert!(!line.contains('\n'), "{line}");
        (self.code, line.to_owned())
    }
}

impl From<Output> for Run {
    fn from(output: Output) -> Self {
        let text = |bytes| String::from_utf8(bytes).unwrap();
        let code = output.status.code().unwrap_or(-1);
        Self { code, out: text(output.stdout), err: text(output.stderr) }
    }
}

/// The program with an environment that has nothing in it, and nothing on stdin.
pub(crate) fn grantmint<S: AsRef<OsStr>>(args: impl IntoIterator<Item = S>) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_grantmint"));
    command.args(args).env_clear().env("HOME", "/nonexistent").stdin(Stdio::null());
    command
}

/// The same with a key in the environment.
pub(crate) fn with_key<S: AsRef<OsStr>>(args: impl IntoIterator<Item = S>) -> Command {
    let mut command = grantmint(args);
    command
        .env("TWILIO_ACCOUNT_SID", ACCOUNT)
        .env("TWILIO_API_KEY", KEY)
        .env("TWILIO_API_SECRET", SECRET);
    command
}

pub(crate) fn run(command: &mut Command) -> Run {
    command.output().unwrap().into()
}

/// Runs it with a text on stdin, which it need not read.
pub(crate) fn run_on(command: &mut Command, input: impl Into<Vec<u8>>) -> Run {
    let pipes = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = pipes.spawn().unwrap();
    let (mut stdin, input) = (child.stdin.take().unwrap(), input.into());
    let writing = thread::spawn(move || {
        let _ = stdin.write_all(&input);
    });
    let output = child.wait_with_output().unwrap();
    writing.join().unwrap();
    output.into()
}

/// The words of a command line.
pub(crate) fn words(line: &str) -> std::str::SplitWhitespace<'_> {
    line.split_whitespace()
}

pub(crate) fn key() -> ApiKey {
    ApiKey::new(ACCOUNT, KEY, SECRET).unwrap()
}

/// A token that the key has signed and that is valid now.
pub(crate) fn verified(token: &str) -> Decoded {
    verify(token.trim_end(), &key(), &VerifyOptions::new()).unwrap()
}

/// Whether this machine has a program.
#[cfg(unix)]
pub(crate) fn has(program: &str) -> bool {
    let path = env::var_os("PATH").unwrap();
    env::split_paths(&path).any(|folder| folder.join(program).is_file())
}

/// A folder that is gone with the test.
pub(crate) struct Folder(PathBuf);

impl Folder {
    pub(crate) fn new() -> Self {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let path = env::temp_dir().join(format!("grantmint-cli-{}-{number}", process::id()));
        fs::create_dir(&path).unwrap();
        Self(path)
    }

    /// A file in it that only its owner may read.
    pub(crate) fn file(&self, name: &str, text: &str) -> PathBuf {
        let path = self.0.join(name);
        fs::write(&path, text).unwrap();
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
        }
        path
    }

    pub(crate) fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}
