//! The claims as a tree: what is fixed, and where the slots are.

use super::path::ClaimPath;
use super::slot::Slot;
use crate::error::{Error, ErrorKind, Result};
use crate::token::write_json_string;
use crate::wiped::WipedString;

/// The members of an object, in the order in which they were given.
#[derive(Clone, Default)]
pub(super) struct Members {
    list: Vec<(String, Node)>,
    /// Whether the caller gave the object itself, and not only a slot in it: then it stands in every token.
    is_given: bool,
}

/// What a name stands for.
#[derive(Clone)]
pub(super) enum Node {
    /// JSON that all tokens have.
    Fixed(WipedString),
    Slot(Box<Slot>),
    Object(Members),
}

impl Members {
    pub(super) fn new(list: Vec<(String, Node)>) -> Self {
        Self { list, is_given: true }
    }

    /// Puts a claim or a slot in its place.
    pub(super) fn insert(&mut self, path: &ClaimPath, node: Node) -> Result<()> {
        self.insert_under(path.names(), node)
            .map_err(|what| Error::of_argument(ErrorKind::InvalidArgument, &path.shown(), what))
    }

    fn insert_under(&mut self, path: &[String], node: Node) -> Result<(), &'static str> {
        let (name, inner) = path.split_first().ok_or("must be at least one name")?;
        let found = self.list.iter_mut().find(|(other, _)| other == name).map(|(_, node)| node);
        match (found, inner) {
            (None, []) => self.list.push((name.clone(), node)),
            (None, inner) => {
                let mut members = Self::default();
                members.insert_under(inner, node)?;
                self.list.push((name.clone(), Node::Object(members)));
            }
            (Some(Node::Object(members)), []) => members.merge(node)?,
            (Some(Node::Object(members)), inner) => members.insert_under(inner, node)?,
            (Some(Node::Fixed(_)), []) => return Err("is given twice"),
            (Some(Node::Slot(_)), []) => return Err("is given twice: it is a slot, too"),
            (Some(Node::Fixed(_)), _) => return Err("lies within a claim that is no object"),
            (Some(Node::Slot(_)), _) => return Err("lies within a slot"),
        }
        Ok(())
    }

    /// Adds the members of an object that is given beside slots in it.
    fn merge(&mut self, node: Node) -> Result<(), &'static str> {
        let Node::Object(other) = node else { return Err("is given twice") };
        if self.is_given && other.is_given {
            return Err("is given twice");
        }
        self.is_given |= other.is_given;
        for (name, node) in other.list {
            self.insert_under(&[name], node)?;
        }
        Ok(())
    }

    /// The slot of a name, wherever it stands.
    pub(super) fn slot(&self, name: &str) -> Option<&Slot> {
        self.list.iter().find_map(|(_, node)| match node {
            Node::Slot(slot) => (slot.name() == name).then_some(&**slot),
            Node::Object(members) => members.slot(name),
            Node::Fixed(_) => None,
        })
    }

    /// Puts a claim that all tokens have in the place of a slot.
    pub(super) fn fix(&mut self, name: &str, node: Node) {
        self.at_slot(name, |place| *place = Some(node));
    }

    /// Takes a slot away, if it is there.
    pub(super) fn remove_slot(&mut self, name: &str) {
        self.at_slot(name, |place| *place = None);
    }

    /// Has each token fill a slot, if it is there.
    pub(super) fn require(&mut self, name: &str) {
        self.at_slot(name, |place| {
            if let Some(Node::Slot(slot)) = place {
                slot.require();
            }
        });
    }

    /// Changes the place of a slot, wherever it stands.
    fn at_slot(&mut self, name: &str, change: impl FnOnce(&mut Option<Node>)) {
        let holds = |node: &Node| match node {
            Node::Slot(slot) => slot.name() == name,
            Node::Object(members) => members.slot(name).is_some(),
            Node::Fixed(_) => false,
        };
        let Some(index) = self.list.iter().position(|(_, node)| holds(node)) else { return };
        if let (_, Node::Object(members)) = &mut self.list[index] {
            return members.at_slot(name, change);
        }
        let (claim, node) = self.list.remove(index);
        let mut place = Some(node);
        change(&mut place);
        if let Some(node) = place {
            self.list.insert(index, (claim, node));
        }
    }

    /// Whether a claim stands at the top.
    pub(super) fn has(&self, name: &str) -> bool {
        self.list.iter().any(|(other, _)| other == name)
    }

    pub(super) fn list(&self) -> &[(String, Node)] {
        &self.list
    }

    pub(super) fn slots_len(&self) -> usize {
        self.list.iter().map(|(_, node)| node.slots_len()).sum()
    }

    /// Whether the object stands in every token: it was given, has a fixed member, or a slot that each token fills.
    pub(super) fn is_always(&self) -> bool {
        self.is_given
            || self.list.iter().any(|(_, node)| match node {
                Node::Fixed(_) => true,
                Node::Slot(slot) => slot.is_required(),
                Node::Object(members) => members.is_always(),
            })
    }
}

impl Node {
    pub(super) fn slots_len(&self) -> usize {
        match self {
            Self::Fixed(_) => 0,
            Self::Slot(_) => 1,
            Self::Object(members) => members.slots_len(),
        }
    }

    /// Writes what has no slots in it.
    pub(super) fn write_fixed(&self, out: &mut WipedString) {
        match self {
            Self::Fixed(json) => out.push_str(json),
            Self::Slot(_) => unreachable!("a slot is not fixed"),
            Self::Object(members) => {
                out.push('{');
                for (index, (name, node)) in members.list.iter().enumerate() {
                    out.push_str(if index == 0 { "" } else { "," });
                    write_json_string(out, name);
                    out.push(':');
                    node.write_fixed(out);
                }
                out.push('}');
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fixed(json: &str) -> Node {
        Node::Fixed(json.into())
    }

    fn slot(name: &str) -> Node {
        Node::Slot(Box::new(Slot::text(name)))
    }

    fn told(members: &mut Members, path: &[&str], node: Node) -> String {
        members.insert(&ClaimPath::from(path), node).unwrap_err().message().to_owned()
    }

    #[test]
    fn each_place_holds_one_thing() {
        let mut members = Members::default();
        members.insert(&["a", "b"].into(), fixed("1")).unwrap();
        members.insert(&["a", "s"].into(), slot("s")).unwrap();
        assert_eq!(told(&mut members, &["a", "b"], fixed("2")), "/a/b is given twice");
        assert_eq!(told(&mut members, &["a", "b"], slot("x")), "/a/b is given twice");
        assert_eq!(
            told(&mut members, &["a", "s"], fixed("2")),
            "/a/s is given twice: it is a slot, too"
        );
        assert_eq!(told(&mut members, &["a"], fixed("2")), "a is given twice");
        assert_eq!(told(&mut members, &["a", "s", "x"], slot("x")), "/a/s/x lies within a slot");
        let within = told(&mut members, &["a", "b", "c"], slot("x"));
        assert_eq!(within, "/a/b/c lies within a claim that is no object");
    }

    #[test]
    fn an_object_may_be_given_before_or_after_slots_in_it_but_once() {
        let object = || Node::Object(Members::new(vec![("b".into(), fixed("1"))]));
        let mut members = Members::default();
        members.insert(&["a", "s"].into(), slot("s")).unwrap();
        members.insert(&"a".into(), object()).unwrap();
        assert_eq!(told(&mut members, &["a"], object()), "a is given twice");
        let mut members = Members::default();
        members.insert(&"a".into(), object()).unwrap();
        members.insert(&["a", "s"].into(), slot("s")).unwrap();
        assert_eq!(told(&mut members, &["a", "b"], slot("b")), "/a/b is given twice");
        assert!(members.slot("s").is_some() && members.slot("b").is_none());
    }

    #[test]
    fn an_object_of_optional_slots_alone_need_not_be_there() {
        let mut members = Members::default();
        members.insert(&["a", "s"].into(), slot("s")).unwrap();
        assert!(!members.is_always());
        members.insert(&["a", "b", "c"].into(), fixed("1")).unwrap();
        assert!(members.is_always());
        let mut required = Members::default();
        let node = Node::Slot(Box::new(Slot::text("s").required()));
        required.insert(&["a", "s"].into(), node).unwrap();
        assert!(required.is_always());
    }
}
