//! What stands around every thing: which version of the contract, what happened, when, and at whose shop. The form is the one that
//! Standard Webhooks recommends (`type`, `timestamp`, `data`; its specification, "Payload structure").

use jiff::Timestamp;

use super::{Definitions, Name, Reader, Wire};
use crate::json::{Node, Pointer};

/// The version of the contract. The first number changes when a body that was right would be wrong.
pub(in crate::open) const VERSION: &str = "1.0";
/// Its two numbers.
const MAJOR: u32 = 1;
const MINOR: u32 = 0;

/// An event.
pub(in crate::open) struct Event<'n> {
    /// What happened, where that is stated: `order.updated`.
    pub(in crate::open) kind: Option<String>,
    /// The thing, where there is one.
    pub(in crate::open) data: Option<Node<'n>>,
}

impl<'n> Event<'n> {
    /// Reads an event with all that it must say.
    pub(in crate::open) fn read(node: Node<'n>, reader: &mut Reader) -> Option<Self> {
        let at = Pointer::WHOLE;
        let fields = reader.object(node, at)?;
        let [mut version, mut kind, mut timestamp, mut source, mut data] = [None; 5];
        for (name, value) in fields {
            match name {
                "schema_version" => reader.once(&mut version, value, at.field("schema_version")),
                "type" => reader.once(&mut kind, value, at.field("type")),
                "timestamp" => reader.once(&mut timestamp, value, at.field("timestamp")),
                "source" => reader.once(&mut source, value, at.field("source")),
                "data" => reader.once(&mut data, value, at.field("data")),
                _ => reader.unknown(at),
            }
        }
        reader.field::<Version>(version, at.field("schema_version"));
        let kind = reader.field::<Name>(kind, at.field("type")).map(|kind| kind.0);
        reader.field::<Timestamp>(timestamp, at.field("timestamp"));
        reader.field::<Name>(source, at.field("source"));
        if data.is_none() {
            reader.fault::<()>(at.field("data"), "missing", "state the thing that the event is about");
        }
        Some(Self { kind, data })
    }

    /// The thing and where it stands: the data of an event, or a thing by itself, as files have it.
    pub(in crate::open) fn loose(node: Node<'n>) -> (Node<'n>, Pointer<'static>, Option<Timestamp>) {
        match node.get("data") {
            Some(data) => {
                let at = node.get("timestamp").and_then(Node::text).and_then(|text| text.parse().ok());
                (data, Pointer::root("data"), at)
            }
            None => (node, Pointer::WHOLE, None),
        }
    }
}

/// The version that a body is written in.
pub(in crate::open) struct Version;

impl Wire for Version {
    fn read(node: Node<'_>, at: Pointer<'_>, reader: &mut Reader) -> Option<Self> {
        let fix = "write the version of the contract that you send: \"1.0\"";
        let text = reader.text(node, at, fix)?;
        match version_of(text) {
            Some((MAJOR, minor)) => {
                if minor > MINOR {
                    reader.tolerate();
                }
                Some(Self)
            }
            Some(_) => reader.fault(at, "another contract than this build speaks", fix),
            None => reader.fault(at, "not a version", fix),
        }
    }

    fn schema(_: &mut Definitions) -> serde_json::Value {
        serde_json::json!({"type": "string", "pattern": format!("^{MAJOR}\\.[0-9]{{1,4}}$")})
    }
}

/// Its two numbers.
pub(in crate::open) fn version_of(text: &str) -> Option<(u32, u32)> {
    let (major, minor) = text.split_once('.')?;
    let digits = |text: &str| (1..=4).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    if digits(major) && digits(minor) { Some((major.parse().ok()?, minor.parse().ok()?)) } else { None }
}
