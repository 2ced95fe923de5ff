//! What a field is.

use super::Model;

/// The type of a field, with what it points at.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Kind {
    Char,
    Text,
    Html,
    Integer,
    /// Digits kept when stored; `None` keeps all.
    Float(Option<u32>),
    Monetary,
    Boolean,
    Datetime,
    Selection(&'static [(&'static str, &'static str)]),
    Many2one(Model),
    /// Children, and the slot of the field in the child that points back.
    One2many(Model, usize),
    Many2many(Model),
    Json,
}

/// One field of a model.
#[derive(Clone, Copy, Debug)]
pub(crate) struct FieldDef {
    /// Name on 19, and on 18 unless `name18` is set.
    pub(crate) name: &'static str,
    name18: Option<&'static str>,
    /// Label, as it stands in messages.
    pub(crate) label: &'static str,
    pub(crate) kind: Kind,
    pub(crate) required: bool,
    pub(crate) indexed: bool,
    /// Not stored: worked out on reading. Stands after all stored fields of its model.
    pub(crate) computed: bool,
    only: Option<u16>,
}

impl FieldDef {
    pub(crate) const fn new(name: &'static str, label: &'static str, kind: Kind) -> Self {
        Self { name, name18: None, label, kind, required: false, indexed: false, computed: false, only: None }
    }

    pub(crate) const fn required(mut self) -> Self {
        self.required = true;
        self
    }

    pub(crate) const fn indexed(mut self) -> Self {
        self.indexed = true;
        self
    }

    pub(crate) const fn computed(mut self) -> Self {
        self.computed = true;
        self
    }

    /// The name that it had on 18.
    pub(crate) const fn was(mut self, name: &'static str) -> Self {
        self.name18 = Some(name);
        self
    }

    /// It exists on this version only.
    pub(crate) const fn only(mut self, version: u16) -> Self {
        self.only = Some(version);
        self
    }

    /// Its name on a version, if it exists there.
    pub(crate) fn name_on(&self, version: u16) -> Option<&'static str> {
        if self.only.is_some_and(|only| only != version) {
            return None;
        }
        if version <= 18 { Some(self.name18.unwrap_or(self.name)) } else { Some(self.name) }
    }
}

/// Defines the fields of one model and a constant per field: its place in the table and in the record.
macro_rules! fields {
    ($($slot:ident = $name:literal, $label:literal, $kind:expr $(, $option:ident $(($value:expr))?)*;)*) => {
        fields!(@slots 0usize; $($slot)*);
        /// The fields; stored ones first.
        pub(crate) static FIELDS: &[crate::odoo::schema::field::FieldDef] = &[
            $(crate::odoo::schema::field::FieldDef::new($name, $label, $kind)$(.$option($($value)?))*),*
        ];
    };
    (@slots $index:expr;) => {};
    (@slots $index:expr; $slot:ident $($rest:ident)*) => {
        #[allow(dead_code, reason = "every field has its constant, whether or not a rule names it")]
        pub(crate) const $slot: usize = $index;
        fields!(@slots $index + 1usize; $($rest)*);
    };
}
pub(crate) use fields;
