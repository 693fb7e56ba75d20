//! The key comes from one place, and all of it from there.

use std::path::Path;
use std::process::Command;

use crate::support::{ACCOUNT, Folder, KEY, SECRET, grantmint, run, run_on, verified, with_key};

const ARGS: [&str; 4] = ["token", "video", "--identity", "alice"];

fn env_file() -> String {
    format!(
        "TWILIO_ACCOUNT_SID={ACCOUNT}\nexport TWILIO_API_KEY=\"{KEY}\"\nTWILIO_API_SECRET='{SECRET}' # ours\n"
    )
}

fn by_file(path: &Path) -> Command {
    grantmint(
        ARGS.map(Into::into).into_iter().chain(["--env-file".into(), path.as_os_str().to_owned()]),
    )
}

fn profiles(active: &str) -> String {
    format!(
        r#"{{"email": "", "activeProject": {active}, "profiles": {{
            "main": {{"accountSid": "{ACCOUNT}", "apiKey": "{KEY}", "apiSecret": "{SECRET}", "region": "au1"}},
            "half": {{"accountSid": "{ACCOUNT}"}}
        }}}}"#
    )
}

#[test]
fn each_place_gives_a_whole_key() {
    let folder = Folder::new();
    folder.file("config.json", &profiles("\"main\""));
    let config = folder.path();
    let env_file = folder.file("env", &env_file());
    let secret = folder.file("secret", &format!("{SECRET}\r\n"));
    let mut environment = with_key(ARGS);
    let mut alone = grantmint([&ARGS[..], &["--secret-file", secret.to_str().unwrap()]].concat());
    alone.env("TWILIO_ACCOUNT_SID", ACCOUNT).env("TWILIO_API_KEY", KEY);
    let mut named = grantmint([&ARGS[..], &["-p", "main"]].concat());
    named.env("TWILIO_CONFIG_DIR", config);
    let mut active = grantmint(ARGS);
    active.env("TWILIO_CONFIG_DIR", config);
    for command in [&mut environment, &mut by_file(&env_file), &mut alone, &mut named, &mut active]
    {
        verified(&run(command).out);
    }
    let mut stdin = grantmint([&ARGS[..], &["--secret-stdin"]].concat());
    stdin.env("TWILIO_ACCOUNT_SID", ACCOUNT).env("TWILIO_API_KEY", KEY);
    verified(&run_on(&mut stdin, format!("{SECRET}\n")).good());
}

#[test]
fn a_profile_of_the_home_folder_with_its_region() {
    let folder = Folder::new();
    std::fs::create_dir(folder.path().join(".twilio-cli")).unwrap();
    folder.file(".twilio-cli/config.json", &profiles("\"main\""));
    let token = run(grantmint(ARGS).env("HOME", folder.path()));
    assert_eq!(verified(&token.out).region(), Some("au1"));
    // A region of our own.
    let token =
        run(grantmint([&ARGS[..], &["--region", "us1"]].concat()).env("HOME", folder.path()));
    assert_eq!(verified(&token.good()).region(), Some("us1"));
}

#[test]
fn half_a_key_is_not_completed_from_elsewhere() {
    let folder = Folder::new();
    folder.file("config.json", &profiles("\"main\""));
    let half = folder.file("half", &format!("TWILIO_API_KEY={KEY}\nTWILIO_API_SECRET={SECRET}\n"));
    let mut file = by_file(&half);
    file.env("TWILIO_ACCOUNT_SID", ACCOUNT);
    let line = "no credentials: TWILIO_ACCOUNT_SID is not set in --env-file; all of them have to come from one place";
    assert_eq!(run(&mut file).failed(), (1, line.to_owned()));

    let mut environment = grantmint(ARGS);
    environment.env("TWILIO_ACCOUNT_SID", ACCOUNT).env("TWILIO_CONFIG_DIR", folder.path());
    let line = "no credentials: TWILIO_API_KEY and TWILIO_API_SECRET are not set; all of them have to come from one place";
    assert_eq!(run(&mut environment).failed(), (1, line.to_owned()));

    let mut profile = with_key([&ARGS[..], &["-p", "half"]].concat());
    profile.env("TWILIO_CONFIG_DIR", folder.path());
    let line = "no credentials: TWILIO_API_KEY and TWILIO_API_SECRET are not set in twilio-cli's profile; \
                all of them have to come from one place";
    assert_eq!(run(&mut profile).failed(), (1, line.to_owned()));

    let twice = run_on(&mut with_key([&ARGS[..], &["--secret-stdin"]].concat()), "another");
    let line =
        "--secret-stdin: TWILIO_API_SECRET is set in the environment, too; leave one of them out";
    assert_eq!(twice.failed(), (1, line.to_owned()));
}

#[test]
fn none_at_all() {
    let line =
        "no credentials: TWILIO_ACCOUNT_SID, TWILIO_API_KEY and TWILIO_API_SECRET are not set";
    assert_eq!(run(&mut grantmint(ARGS)).failed(), (1, line.to_owned()));
    // Nobody's home.
    assert_eq!(
        run(grantmint(ARGS).env_remove("HOME").env("TWILIO_CONFIG_DIR", "/nonexistent")).failed().0,
        1
    );
    assert_eq!(run(grantmint(ARGS).env("HOME", "")).failed(), (1, line.to_owned()));
    let line = "--profile: twilio-cli has no profiles here";
    assert_eq!(
        run(&mut grantmint([&ARGS[..], &["-p", "x"]].concat())).failed(),
        (1, line.to_owned())
    );
}

#[test]
fn other_programs_names_are_pointed_out() {
    let mut command = with_key(ARGS);
    command.env_remove("TWILIO_API_KEY").env("TWILIO_API_KEY_SID", KEY);
    let line = "no credentials: TWILIO_API_KEY is not set (found TWILIO_API_KEY_SID: that is another program's \
                name for it); all of them have to come from one place";
    assert_eq!(run(&mut command).failed(), (1, line.to_owned()));
    let mut command = with_key(ARGS);
    command.env_remove("TWILIO_API_SECRET").env("TWILIO_AUTH_TOKEN", SECRET);
    let (_, line) = run(&mut command).failed();
    assert!(
        line.contains("found TWILIO_AUTH_TOKEN: Access Tokens are signed with an API key's"),
        "{line}"
    );
}

#[test]
fn a_profile_that_is_not_there_and_a_file_that_is_none() {
    let folder = Folder::new();
    folder.file("config.json", &profiles("null"));
    let mut named = grantmint([&ARGS[..], &["-p", "x"]].concat());
    named.env("TWILIO_CONFIG_DIR", folder.path());
    let line = "--profile: no such profile; there are: half, main";
    assert_eq!(run(&mut named).failed(), (1, line.to_owned()));
    let mut active = grantmint(ARGS);
    active.env("TWILIO_CONFIG_DIR", folder.path());
    let line = "no profile of twilio-cli is active; there are: half, main";
    assert_eq!(run(&mut active).failed(), (1, line.to_owned()));
    folder.file("config.json", "[1]");
    let line = "twilio-cli's config.json is not a JSON object";
    assert_eq!(run(&mut active).failed(), (1, line.to_owned()));
    let line = "--env-file: cannot be read: entity not found";
    assert_eq!(run(&mut by_file(&folder.path().join("x"))).failed(), (1, line.to_owned()));
    let large = folder.file("large", &"#\n".repeat(200_000));
    let line = "--env-file: is over 256 KiB";
    assert_eq!(run(&mut by_file(&large)).failed(), (1, line.to_owned()));
}

#[cfg(unix)]
#[test]
fn an_env_file_that_others_can_read_is_used_with_a_warning() {
    use std::os::unix::fs::PermissionsExt as _;

    let folder = Folder::new();
    let file = folder.file("env", &env_file());
    run(&mut by_file(&file)).good();
    for mode in [0o640, 0o604, 0o644] {
        std::fs::set_permissions(&file, std::fs::Permissions::from_mode(mode)).unwrap();
        let run = run(&mut by_file(&file));
        let line = "grantmint: warning: --env-file: others can read it; chmod 600 keeps the secret yours\n";
        assert_eq!((run.code, run.err.as_str()), (0, line), "{mode:o}");
        verified(&run.out);
    }
}

#[test]
fn an_env_file_that_is_not_in_our_dialect() {
    let folder = Folder::new();
    for (text, line) in [
        (
            "A=1\nTWILIO_API_KEY='SK\n",
            "--env-file: line 2: TWILIO_API_KEY has a quote that is not closed",
        ),
        (
            "TWILIO_API_KEY=1\nTWILIO_API_KEY=2\n",
            "--env-file: line 2: TWILIO_API_KEY is set for the second time",
        ),
        (
            "TWILIO_API_KEY=\"1\"2\n",
            "--env-file: line 1: TWILIO_API_KEY has something behind its closing quote",
        ),
    ] {
        let file = folder.file("env", text);
        assert_eq!(run(&mut by_file(&file)).failed(), (1, line.to_owned()));
    }
    std::fs::write(folder.path().join("env"), b"TWILIO_API_KEY=\xff").unwrap();
    let line = "--env-file: is not UTF-8";
    assert_eq!(run(&mut by_file(&folder.path().join("env"))).failed(), (1, line.to_owned()));
}

#[test]
fn a_secret_that_comes_alone_is_one_line() {
    let mut command = grantmint([&ARGS[..], &["--secret-stdin"]].concat());
    command.env("TWILIO_ACCOUNT_SID", ACCOUNT).env("TWILIO_API_KEY", KEY);
    for input in ["", "\n", "a\nb\n"] {
        let line = "the secret must be one line that is not empty";
        assert_eq!(run_on(&mut command, input).failed(), (1, line.to_owned()), "{input:?}");
    }
}
