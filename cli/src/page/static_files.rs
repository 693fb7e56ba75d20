//! The page's files, which are a part of the program. They hold no state and no key.

/// Where a file is, its type, and its text.
type File = (&'static str, &'static str, &'static str);

const HTML: &str = "text/html; charset=utf-8";
const CSS: &str = "text/css; charset=utf-8";
const SCRIPT: &str = "text/javascript; charset=utf-8";
const SVG: &str = "image/svg+xml";

macro_rules! files {
    ($($path:literal $content_type:ident $name:literal;)*) => {
        const FILES: &[File] =
            &[$(($path, $content_type, include_str!(concat!("../../page/", $name)))),*];
    };
}

files! {
    "/" HTML "index.html";
    "/style.css" CSS "style.css";
    "/icon.svg" SVG "icon.svg";
    "/app.mjs" SCRIPT "app.mjs";
    "/api.mjs" SCRIPT "api.mjs";
    "/chart.mjs" SCRIPT "chart.mjs";
    "/dom.mjs" SCRIPT "dom.mjs";
    "/fleet.mjs" SCRIPT "fleet.mjs";
    "/generate.mjs" SCRIPT "generate.mjs";
    "/inspect.mjs" SCRIPT "inspect.mjs";
    "/keys.mjs" SCRIPT "keys.mjs";
    "/kinds.mjs" SCRIPT "kinds.mjs";
    "/poll.mjs" SCRIPT "poll.mjs";
    "/showtime.mjs" SCRIPT "showtime.mjs";
    "/snippets.mjs" SCRIPT "snippets.mjs";
}

/// The type and the text of the file at a path.
pub(super) fn at(path: &str) -> Option<(&'static str, &'static str)> {
    let file = FILES.iter().find(|(known, ..)| *known == path);
    file.map(|(_, content_type, text)| (*content_type, *text))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::fs;
    use std::path::Path;

    use super::*;

    #[test]
    fn every_file_of_the_folder_is_served_and_all_are_small() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("page");
        let names = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name());
        let there: BTreeSet<_> = names.map(|name| name.into_string().unwrap()).collect();
        let served = FILES.iter().map(|(path, ..)| match *path {
            "/" => "index.html".to_owned(),
            path => path[1..].to_owned(),
        });
        assert_eq!(served.collect::<BTreeSet<_>>(), there);
        let bytes: usize = FILES.iter().map(|(.., text)| text.len()).sum();
        assert!(bytes < 150 * 1024, "{bytes}");
    }

    #[test]
    fn nothing_else_is_there() {
        for path in ["", "/index.html", "/../Cargo.toml", "/%2e%2e/Cargo.toml", "//", "/app.mjs/"] {
            assert!(at(path).is_none(), "{path}");
        }
    }

    #[test]
    fn files_name_no_other_host_and_make_no_markup_of_texts() {
        for (path, _, text) in FILES {
            // A snippet names where grants come from.
            let text = text.replace("https://media.twilio.com", "");
            for word in [
                "https://",
                "innerHTML",
                "document.write",
                "eval(",
                "localStorage",
                "document.cookie",
            ] {
                assert!(!text.contains(word), "{path} has {word}");
            }
        }
    }
}
