//! The members of one grant: their names, types and SIDs.

use serde_json::{Map, Value};

use super::findings::{Finding, Findings};
use super::names::meant;
use super::text::{kind_of, quoted, shown};
use crate::finding::FindingKind;
use crate::sid::{Sid, SidKind};
use crate::token::{Content, Member, is_room_too_long};

/// Looks at the members of an object at `path`, which is to be as `shape`.
pub(super) fn examine(
    object: &Map<String, Value>,
    shape: &'static [Member],
    path: &[&str],
    out: &mut Findings,
) {
    for (name, value) in object {
        let path = [path, &[name.as_str()]].concat();
        match shape.iter().find(|member| member.name == name) {
            Some(member) => content(value, member, &path, out),
            None => unknown(name, shape, &path, out),
        }
    }
    for member in shape.iter().filter(|member| member.is_required) {
        if !object.contains_key(member.name) {
            let path = [path, &[member.name]].concat();
            let message =
                format!("the grant lacks {}, without which it opens nothing", member.name);
            out.add(Finding::of_claim(FindingKind::MemberMissing, &path).message(message));
        }
    }
}

fn unknown(name: &str, shape: &'static [Member], path: &[&str], out: &mut Findings) {
    let finding = match meant(name, shape.iter().map(|member| member.name)) {
        Some(meant) => Finding::of_claim(FindingKind::MemberMisspelled, path)
            .message(format!("the grant has no member {}", shown(name)))
            .fix_by(format!("call it {meant}")),
        None => Finding::of_claim(FindingKind::MemberUnknown, path),
    };
    out.add(finding);
}

fn content(value: &Value, member: &Member, path: &[&str], out: &mut Findings) {
    match (&member.content, value) {
        (Content::Any, _)
        | (Content::Flag, Value::Bool(_))
        | (Content::Object, Value::Object(_)) => {}
        (Content::Members(shape), Value::Object(object)) => examine(object, shape, path, out),
        (Content::Sid(kind), Value::String(text)) => sid(*kind, text, member.name, path, out),
        (Content::Text | Content::Room, Value::String(text)) => {
            if text.is_empty() {
                let message = format!("{} is an empty text", member.name);
                out.add(Finding::of_claim(FindingKind::MemberEmpty, path).message(message));
            }
            if matches!(member.content, Content::Room) && is_room_too_long(text) {
                out.add(Finding::of_claim(FindingKind::RoomTooLong, path));
            }
        }
        _ => {
            let wanted = wanted(&member.content);
            let message = format!("{} is {}, not {wanted}", member.name, kind_of(value));
            let finding = Finding::of_claim(FindingKind::MemberType, path).message(message);
            out.add(finding.fix_by(format!("write {wanted}")));
        }
    }
}

fn wanted(content: &Content) -> &'static str {
    match content {
        Content::Text | Content::Room | Content::Sid(_) => "a text",
        Content::Flag => "true or false",
        Content::Members(_) | Content::Object | Content::Any => "an object",
    }
}

fn sid(kind: SidKind, text: &str, name: &str, path: &[&str], out: &mut Findings) {
    if Sid::parse(kind, name, text).is_ok() {
        return;
    }
    let prefix = kind.prefix();
    let message = match text.starts_with(prefix) {
        true => format!("{name} is {}, which has not 32 hexadecimal digits", quoted(text)),
        false => format!("{name} is {}, which does not begin with {prefix}", quoted(text)),
    };
    let finding = Finding::of_claim(FindingKind::GrantSid, path).message(message);
    out.add(finding.fix_by(format!("give {prefix} and 32 hexadecimal digits")));
}
