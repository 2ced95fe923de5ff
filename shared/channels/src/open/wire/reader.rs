//! Reads a body to its end and keeps everything that is wrong with it, up to a limit. No value of the body is repeated.

use sluice_domain::value::Currency;

use super::Wire;
use crate::{
    Fault, Refusal, Warning,
    json::{Node, Pointer, refuse},
};

/// The most faults that are told of one body.
const MAX_FAULTS: usize = 50;

/// What is known while reading.
#[derive(Default)]
pub(in crate::open) struct Reader {
    /// Words that are not in the contract are faults: the sender writes the version that this build knows.
    strict: bool,
    faults: Vec<Fault>,
    more: usize,
    warnings: Vec<Warning>,
    /// Fields that are not in the contract, and the first object with one.
    unknown: usize,
    unknown_in: String,
    currency: Option<Currency>,
}

impl Reader {
    /// One that tells the sender.
    pub(in crate::open) fn strict() -> Self {
        Self { strict: true, ..Self::default() }
    }

    /// From here on words that are not in the contract are no faults: the sender writes a later version than this build knows.
    pub(in crate::open) fn tolerate(&mut self) {
        self.strict = false;
    }

    /// What is wrong, and how much more of it there is.
    pub(in crate::open) fn faults(self) -> (Vec<Fault>, usize) {
        (self.faults, self.more)
    }

    /// Oddities.
    pub(in crate::open) fn warnings(&mut self) -> Vec<Warning> {
        let mut warnings = std::mem::take(&mut self.warnings);
        if self.unknown > 0 {
            let message = format!("{} fields that are not in the contract: they are not read", self.unknown);
            warnings.push(Warning::new("unknown_field", &self.unknown_in, message));
        }
        warnings
    }

    /// The first fault, for whoever has room for one.
    pub(in crate::open) fn refusal(&self) -> Refusal {
        let rest = self.faults.len().saturating_sub(1).saturating_add(self.more);
        let Some(first) = self.faults.first() else { return refuse("body", "not what was expected") };
        let field = if first.pointer.is_empty() { "body" } else { first.pointer.as_str() };
        let also = if rest > 0 { format!("; and {rest} more") } else { String::new() };
        refuse(field, format!("{}: {}{also}", first.problem, first.fix))
    }

    /// Keeps a fault.
    pub(in crate::open) fn fault<T>(&mut self, at: Pointer<'_>, problem: impl Into<String>, fix: &str) -> Option<T> {
        if self.faults.len() < MAX_FAULTS {
            self.faults.push(Fault { pointer: at.to_string(), problem: problem.into(), fix: fix.to_owned() });
        } else {
            self.more = self.more.saturating_add(1);
        }
        None
    }

    /// Keeps the fault of another kind of value.
    pub(super) fn wrong<T>(&mut self, at: Pointer<'_>, expected: &str, node: Node<'_>, fix: &str) -> Option<T> {
        self.fault(at, format!("expected {expected}, got {}", node.kind()), fix)
    }

    /// Keeps an oddity.
    pub(in crate::open) fn warn(&mut self, code: &'static str, at: Pointer<'_>, message: impl Into<String>) {
        self.warnings.push(Warning::new(code, at, message));
    }

    /// A word that is not in the contract.
    pub(super) fn strange(&mut self, at: Pointer<'_>, fix: &str) {
        if self.strict {
            self.fault::<()>(at, "not a word of this version of the contract", fix);
        } else {
            self.warn("schema_drift", at, "a word that this build does not know");
        }
    }

    /// A field that is not in the contract.
    pub(super) fn unknown(&mut self, at: Pointer<'_>) {
        if self.unknown == 0 {
            self.unknown_in = at.to_string();
        }
        self.unknown = self.unknown.saturating_add(1);
    }

    /// An object's fields.
    pub(super) fn object<'n>(
        &mut self,
        node: Node<'n>,
        at: Pointer<'_>,
    ) -> Option<impl Iterator<Item = (&'n str, Node<'n>)> + use<'n>> {
        if let Some(fields) = node.fields() {
            return Some(fields);
        }
        self.wrong(at, "an object", node, "write an object with the fields that the schema names")
    }

    /// Text.
    pub(super) fn text<'n>(&mut self, node: Node<'n>, at: Pointer<'_>, fix: &str) -> Option<&'n str> {
        node.text().or_else(|| self.wrong(at, "text", node, fix))
    }

    /// Notes where a field stands.
    pub(super) fn once<'n>(&mut self, seen: &mut Option<Node<'n>>, node: Node<'n>, at: Pointer<'_>) {
        if seen.replace(node).is_some() {
            self.fault::<()>(at, "stated twice", "state it once");
        }
    }

    /// Reads a field that may be absent.
    pub(super) fn field<T: Wire>(&mut self, node: Option<Node<'_>>, at: Pointer<'_>) -> Option<T> {
        let node = node.filter(|node| !(node.is_null() || T::OPTIONAL && node.text() == Some("")));
        match node {
            Some(node) => T::read(node, at, self),
            None if T::OPTIONAL => T::absent(),
            None => self.fault(at, "missing", "the schema requires it"),
        }
    }

    /// Amounts inside an object are of the currency that it names, else of that around it. Answers the latter.
    pub(super) fn enter(&mut self, object: Node<'_>) -> Option<Currency> {
        let named = object.get("currency").and_then(|node| Currency::parse(node.text()?).ok());
        let outer = self.currency;
        self.currency = named.or(outer);
        outer
    }

    /// Back to the currency around.
    pub(super) fn leave(&mut self, outer: Option<Currency>) {
        self.currency = outer;
    }

    /// The currency here; `None` where none was stated that can be read, which is a fault of its own.
    pub(super) fn currency(&self) -> Option<Currency> {
        self.currency
    }
}
