//! Where in a payload: built without allocation while reading, and written out only when something is wrong there.

use std::fmt;

/// A path into a payload: `line_items[2].price`.
#[derive(Clone, Copy)]
pub(crate) struct Path<'p> {
    parent: Option<&'p Path<'p>>,
    name: &'static str,
    index: Option<usize>,
}

impl<'p> Path<'p> {
    /// The payload itself.
    pub(crate) fn top() -> Self {
        Self { parent: None, name: "", index: None }
    }

    /// A field of the payload itself.
    pub(crate) fn root(name: &'static str) -> Self {
        Self { parent: None, name, index: None }
    }

    /// An item of a list that is a field of the payload itself.
    pub(crate) fn item(name: &'static str, index: usize) -> Self {
        Self { parent: None, name, index: Some(index) }
    }

    /// A field below.
    pub(crate) fn field(&'p self, name: &'static str) -> Self {
        Self { parent: Some(self), name, index: None }
    }

    /// An item of a list below.
    pub(crate) fn at(&'p self, name: &'static str, index: usize) -> Self {
        Self { parent: Some(self), name, index: Some(index) }
    }
}

impl fmt::Display for Path<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(parent) = self.parent.filter(|parent| !parent.name.is_empty()) {
            write!(f, "{parent}.")?;
        }
        f.write_str(self.name)?;
        self.index.map_or(Ok(()), |index| write!(f, "[{index}]"))
    }
}
