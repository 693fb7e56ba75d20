//! How tokens are laid out.

use super::stdout::Stdout;
use crate::args::Format;
use crate::exit::Failure;

/// Tokens on their way to stdout, in the layout of twilio-cli.
pub(crate) struct Results {
    out: Stdout,
    format: Format,
    written: u64,
}

impl Results {
    pub(crate) fn open(format: Format) -> Result<Self, Failure> {
        Ok(Self { out: Stdout::open()?, format, written: 0 })
    }

    /// A token, in two parts.
    pub(crate) fn token(&mut self, identity: &str, [head, tail]: [&str; 2]) -> Result<(), Failure> {
        match self.format {
            Format::Columns | Format::Tsv => self.out.line([head, tail])?,
            Format::Json => {
                let before = if self.written == 0 { "[\n" } else { ",\n" };
                for part in [before, "  {\n    \"jwt\": \"", head, tail, "\"\n  }"] {
                    self.out.text(part)?;
                }
            }
            Format::Jsonl => {
                let identity = serde_json::to_string(identity).expect("a text is JSON");
                self.out.line(["{\"identity\":", &identity, ",\"jwt\":\"", head, tail, "\"}"])?;
            }
            Format::None => {}
        }
        self.written += 1;
        Ok(())
    }

    /// Hands on what there is.
    pub(crate) fn flush(&mut self) -> Result<(), Failure> {
        self.out.flush()
    }

    /// Ends the layout, also after a failure: what was written is whole.
    pub(crate) fn end(&mut self) -> Result<(), Failure> {
        if self.format == Format::Json {
            self.out.line([if self.written == 0 { "[]" } else { "\n]" }])?;
        }
        self.out.flush()
    }

    pub(crate) fn written(&self) -> u64 {
        self.written
    }
}
