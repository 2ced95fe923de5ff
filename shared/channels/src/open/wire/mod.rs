//! The contract that this project publishes: every type here is a struct, the reader that names all that is wrong with a body,
//! and its JSON Schema, from one definition. A change here is a new version (`docs/open-channel/README.md`).

mod event;
mod goods;
mod order;
mod people;
mod reader;
mod refund;
mod scalar;
mod schema;

pub(super) use event::{Event, VERSION, Version};
pub(super) use goods::{Customer, Gone, Product, Stock};
pub(super) use order::{Charge, Line, Order, Payment, Shipping, Tax};
pub(super) use people::{Address, Buyer};
pub(super) use reader::Reader;
pub(super) use refund::{Refund, Value as Worth};
pub(super) use scalar::{Id, Name, Text, bare};
pub(super) use schema::Definitions;

use serde_json::Value;

use crate::json::{MAX_LINES, Node, Pointer};

/// A type of the contract.
pub(super) trait Wire: Sized {
    /// May it be left out? `null` and `""` are the same as that.
    const OPTIONAL: bool = false;

    /// Reads it. `None` once something is wrong, which the reader then knows.
    fn read(node: Node<'_>, at: Pointer<'_>, reader: &mut Reader) -> Option<Self>;

    /// What it is when it is left out.
    fn absent() -> Option<Self> {
        None
    }

    /// Its JSON Schema; objects stand among the definitions, and are referred to.
    fn schema(all: &mut Definitions) -> Value;
}

impl<T: Wire> Wire for Option<T> {
    const OPTIONAL: bool = true;

    fn read(node: Node<'_>, at: Pointer<'_>, reader: &mut Reader) -> Option<Self> {
        T::read(node, at, reader).map(Some)
    }

    fn absent() -> Option<Self> {
        Some(None)
    }

    fn schema(all: &mut Definitions) -> Value {
        T::schema(all)
    }
}

impl<T: Wire> Wire for Vec<T> {
    fn read(node: Node<'_>, at: Pointer<'_>, reader: &mut Reader) -> Option<Self> {
        let Some(items) = node.items() else {
            return reader.wrong(at, "a list", node, "write a list, `[]` where there is nothing");
        };
        let many = node.items().map_or(0, |items| items.take(MAX_LINES.saturating_add(1)).count());
        if many > MAX_LINES {
            return reader.fault(at, format!("more than {MAX_LINES} items"), "send fewer");
        }
        let (mut read, mut fine) = (Vec::with_capacity(many), true);
        for (index, item) in items.enumerate() {
            // Every item is read, whatever is wrong with the others.
            match T::read(item, at.item(index), reader) {
                Some(item) => read.push(item),
                None => fine = false,
            }
        }
        fine.then_some(read)
    }

    fn schema(all: &mut Definitions) -> Value {
        let items = T::schema(all);
        serde_json::json!({"type": "array", "maxItems": MAX_LINES, "items": items})
    }
}

/// An object of the contract.
macro_rules! object {
    ($(#[doc = $about:literal])+ $name:ident { $($(#[doc = $doc:literal])+ $field:ident: $kind:ty,)+ }) => {
        $(#[doc = $about])+
        #[derive(PartialEq)]
        pub(in crate::open) struct $name {
            $($(#[doc = $doc])+ pub(in crate::open) $field: $kind,)+
        }

        impl $crate::open::wire::Wire for $name {
            fn read(
                node: $crate::json::Node<'_>,
                at: $crate::json::Pointer<'_>,
                reader: &mut $crate::open::wire::Reader,
            ) -> Option<Self> {
                let fields = reader.object(node, at)?;
                let outer = reader.enter(node);
                $(let mut $field = None;)+
                for (name, value) in fields {
                    match name {
                        $(stringify!($field) => reader.once(&mut $field, value, at.field(stringify!($field))),)+
                        _ => reader.unknown(at),
                    }
                }
                $(let $field = reader.field::<$kind>($field, at.field(stringify!($field)));)+
                reader.leave(outer);
                Some(Self { $($field: $field?,)+ })
            }

            fn schema(all: &mut $crate::open::wire::Definitions) -> serde_json::Value {
                if all.begin(stringify!($name)) {
                    $(
                        let schema = <$kind as $crate::open::wire::Wire>::schema(all);
                        let required = !<$kind as $crate::open::wire::Wire>::OPTIONAL;
                        all.property(stringify!($name), (stringify!($field), required), concat!($($doc),+), schema);
                    )+
                    all.describe(stringify!($name), concat!($($about),+));
                }
                $crate::open::wire::Definitions::reference(stringify!($name))
            }
        }
    };
}

/// Words of the contract, each with what it means to us.
macro_rules! words {
    ($kind:ty, otherwise $other:expr, { $($word:literal => $value:expr,)+ }) => {
        impl $crate::open::wire::Wire for $kind {
            fn read(
                node: $crate::json::Node<'_>,
                at: $crate::json::Pointer<'_>,
                reader: &mut $crate::open::wire::Reader,
            ) -> Option<Self> {
                let fix = concat!("use one of:", $(" ", $word),+);
                match reader.text(node, at, fix)? {
                    $($word => Some($value),)+
                    word => {
                        reader.strange(at, fix);
                        Some($other(word))
                    }
                }
            }

            fn schema(_: &mut $crate::open::wire::Definitions) -> serde_json::Value {
                serde_json::json!({"type": "string", "enum": [$($word),+]})
            }
        }
    };
}

pub(crate) use {object, words};
