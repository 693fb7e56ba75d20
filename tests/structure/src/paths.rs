//! The modules that a Rust file declares and the paths of its own crate that it names, in macros too.
//! What is compiled for tests alone is left out.

use std::iter::Peekable;

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree, token_stream};

/// A module or an item, from the root of its crate on.
pub type Path = Vec<String>;

/// What a file says of others.
#[derive(Default)]
pub struct Named {
    /// The modules that it declares and that have files of their own.
    pub declared: Vec<Path>,
    /// The paths that it names, by `crate::`, `self::` or `super::`.
    pub paths: Vec<Path>,
}

impl Named {
    /// Reads the text of the file of a module.
    ///
    /// # Panics
    ///
    /// If the text is not Rust.
    #[must_use]
    pub fn by(text: &str, module: &[String]) -> Self {
        let tokens: TokenStream = text.parse().expect("the file is Rust");
        let mut named = Self::default();
        named.read(tokens, module);
        named
    }

    fn read(&mut self, tokens: TokenStream, module: &[String]) {
        let mut tokens = tokens.into_iter().peekable();
        let mut before = String::new();
        while let Some(token) = tokens.next() {
            match &token {
                TokenTree::Punct(hash) if hash.as_char() == '#' => skip_for_tests(&mut tokens),
                TokenTree::Ident(word) if word == "mod" => self.read_module(&mut tokens, module),
                TokenTree::Ident(word) if before != "::" && before != "in" => {
                    if let Some(start) = start_of_path(&word.to_string(), module) {
                        self.read_path(&mut tokens, start);
                    }
                }
                TokenTree::Group(group) => self.read(group.stream(), module),
                _ => {}
            }
            before = match &token {
                // Two colons in a row.
                TokenTree::Punct(colon) if colon.as_char() == ':' && before == ":" => "::".into(),
                token => token.to_string(),
            };
        }
    }

    fn read_module(&mut self, tokens: &mut Tokens, module: &[String]) {
        let Some(TokenTree::Ident(name)) = tokens.next() else { return };
        let inner = extended(module, &name.to_string());
        match tokens.next() {
            Some(TokenTree::Group(body)) => self.read(body.stream(), &inner),
            _ => self.declared.push(inner),
        }
    }

    /// Reads the rest of a path: names, and braces with several ends.
    fn read_path(&mut self, tokens: &mut Tokens, mut path: Path) {
        let mut names = 0;
        while skip_colons(tokens) {
            match tokens.peek() {
                Some(TokenTree::Ident(name)) if name == "super" => drop(path.pop()),
                Some(TokenTree::Ident(name)) if name == "self" => {}
                Some(TokenTree::Ident(name)) => path.push(name.to_string()),
                Some(TokenTree::Group(braces)) if braces.delimiter() == Delimiter::Brace => {
                    let braces = braces.clone();
                    tokens.next();
                    return self.read_braces(&braces, &path);
                }
                // A glob, or type arguments.
                _ => break,
            }
            names += 1;
            tokens.next();
        }
        // The word alone is a visibility, or a value.
        if names > 0 {
            self.paths.push(path);
        }
    }

    fn read_braces(&mut self, braces: &Group, path: &Path) {
        let mut tokens = braces.stream().into_iter().peekable();
        while let Some(token) = tokens.next() {
            if let TokenTree::Ident(name) = token {
                let path =
                    if name == "self" { path.clone() } else { extended(path, &name.to_string()) };
                self.paths.push(path.clone());
                self.read_path(&mut tokens, path);
            }
        }
    }
}

type Tokens = Peekable<token_stream::IntoIter>;

fn start_of_path(word: &str, module: &[String]) -> Option<Path> {
    match word {
        "crate" => Some(Path::new()),
        "self" => Some(module.to_vec()),
        "super" => Some(module.split_last()?.1.to_vec()),
        _ => None,
    }
}

fn extended(path: &[String], name: &str) -> Path {
    path.iter().cloned().chain([name.to_owned()]).collect()
}

fn skip_colons(tokens: &mut Tokens) -> bool {
    let mut colon = || tokens.next_if(|token| token.to_string() == ":").is_some();
    colon() && colon()
}

/// Whether an attribute, without its `#`, has what follows compiled for tests alone.
fn is_for_tests(attribute: &TokenTree) -> bool {
    let text: String = attribute.to_string().split_whitespace().collect();
    text.starts_with("[cfg(test)") || text.starts_with("[cfg(all(test,")
}

/// Behind a `#`, skips the attribute that has an item compiled for tests alone, and the item: all up to
/// its semicolon or its body.
fn skip_for_tests(tokens: &mut Tokens) {
    if tokens.next_if(is_for_tests).is_none() {
        return;
    }
    for token in tokens {
        match token {
            TokenTree::Punct(end) if end.as_char() == ';' => return,
            TokenTree::Group(body) if body.delimiter() == Delimiter::Brace => return,
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(text: &str) -> Vec<String> {
        let module = ["cache".to_owned(), "store".to_owned()];
        Named::by(text, &module).paths.iter().map(|path| path.join("::")).collect()
    }

    #[test]
    fn every_way_to_name_a_path_is_read() {
        assert_eq!(named("use crate::error::Error;"), ["error::Error"]);
        assert_eq!(named("use super::{a::B, c};"), ["cache::a", "cache::a::B", "cache::c"]);
        assert_eq!(named("use super::super::a::*;"), ["a"]);
        assert_eq!(
            named("fn f() { crate::a::b(|x| self::c::d(x)) }"),
            ["a::b", "cache::store::c::d"]
        );
        assert_eq!(named("m!(\"{}\", crate::a::B);"), ["a::B"]);
        assert_eq!(named("mod x { use super::y::Z; }"), ["cache::store::y::Z"]);
        assert_eq!(named("use crate::a::{self, b::{C, D}};"), ["a", "a::b", "a::b::C", "a::b::D"]);
    }

    #[test]
    fn what_names_nobody_is_left_out() {
        assert_eq!(named("pub(super) fn f(self) { self.a() }"), [""; 0]);
        assert_eq!(named("pub(in crate::cache) struct S;"), [""; 0]);
        assert_eq!(named("use std::sync::Arc; use other::crate_like::X;"), [""; 0]);
        assert_eq!(named("/// [`crate::a::B`]\nstruct S; // crate::a"), [""; 0]);
    }

    #[test]
    fn what_is_for_tests_alone_is_left_out() {
        assert_eq!(named("#[cfg(test)]\nmod tests { use crate::a::B; }"), [""; 0]);
        assert_eq!(named("#[cfg(all(test, unix))] use crate::a::B; use crate::c::D;"), ["c::D"]);
        assert_eq!(named("#[cfg(unix)] use crate::a::B;"), ["a::B"]);
        let declared = Named::by("mod a; #[cfg(test)] pub mod b; mod c { }", &[]).declared;
        assert_eq!(declared, [["a"]]);
    }
}
