//! The committed files are what the command line's definition makes of them. `UPDATE=1` writes them.

use std::path::Path;
use std::{env, fs};

use clap::{Command, CommandFactory as _};
use clap_complete::{Shell, generate};
use clap_mangen::Man;
use clap_mangen::roff::{Roff, bold, roman};

use crate::args::Grantmint;

fn held(name: &str, made: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("generated").join(name);
    if env::var_os("UPDATE").is_some() {
        fs::write(&path, made).unwrap();
    }
    let is_same = fs::read_to_string(&path).unwrap() == made;
    assert!(is_same, "generated/{name} is old: make cli-generated");
}

#[test]
fn completions_are_those_of_the_command_line() {
    for (name, shell) in [
        ("grantmint.bash", Shell::Bash),
        ("_grantmint", Shell::Zsh),
        ("grantmint.fish", Shell::Fish),
        ("_grantmint.ps1", Shell::PowerShell),
    ] {
        let mut made = Vec::new();
        generate(shell, &mut Grantmint::command(), "grantmint", &mut made);
        held(name, &String::from_utf8(made).unwrap());
    }
}

#[test]
fn the_manual_page_is_that_of_the_command_line() {
    let mut command = Grantmint::command();
    command.build();
    let mut made = Vec::new();
    let man = Man::new(command.clone()).date("").source("grantmint");
    man.render_title(&mut made).unwrap();
    man.render_name_section(&mut made).unwrap();
    let mut overview = Roff::new();
    overview.control("SH", ["DESCRIPTION"]);
    overview.control("nf", []);
    overview.text([roman(include_str!("../args/help.txt"))]);
    overview.control("fi", []);
    overview.to_writer(&mut made).unwrap();
    for leaf in leaves(&command) {
        let mut head = Roff::new();
        head.control("SH", [leaf.get_bin_name().unwrap().to_uppercase().as_str()]);
        head.text([roman(leaf.get_about().unwrap().to_string())]);
        head.control("PP", []);
        head.text([bold(leaf.clone().render_usage().to_string())]);
        head.to_writer(&mut made).unwrap();
        let mut options = Vec::new();
        Man::new(leaf.clone()).render_options_section(&mut options).unwrap();
        let options = String::from_utf8(options).unwrap();
        made.extend(options.replace(".SH OPTIONS", ".SS Options").into_bytes());
    }
    held("grantmint.1", &String::from_utf8(made).unwrap());
}

/// Commands that do something.
fn leaves(command: &Command) -> Vec<&Command> {
    let children: Vec<&Command> = command.get_subcommands().collect();
    if children.is_empty() {
        return vec![command];
    }
    children.into_iter().flat_map(leaves).collect()
}

#[test]
fn the_overview_names_every_command() {
    let mut command = Grantmint::command();
    command.build();
    for leaf in leaves(&command) {
        let name = leaf.get_bin_name().unwrap().trim_start_matches("grantmint ").to_owned();
        let is_there = include_str!("../args/help.txt").contains(&format!("\n  {name} "));
        assert!(is_there, "{name}");
    }
}
