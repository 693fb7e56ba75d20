//! Completions and the manual page. A test writes them from the command line's definition.

use crate::args::Shell;

/// The manual page.
pub(crate) const MAN: &str = include_str!("../generated/grantmint.1");

/// The completions of a shell.
pub(crate) fn completions(shell: Shell) -> &'static str {
    match shell {
        Shell::Bash => include_str!("../generated/grantmint.bash"),
        Shell::Zsh => include_str!("../generated/_grantmint"),
        Shell::Fish => include_str!("../generated/grantmint.fish"),
        Shell::Powershell => include_str!("../generated/_grantmint.ps1"),
    }
}

#[cfg(test)]
mod tests;
