//! What these tests share.

use serde_json::{Value, json};
use sluice_channels::{
    Channel, Checked, DecodeContext, Decoded, ExplainContext, Explained, Figures, Inbound, Refusal, channel,
};
use sluice_domain::{
    account::Account, delivery::Delivery, ports::secrets::Secret, state::ReadOrPush, value::AccountName,
};

pub(crate) fn open() -> &'static dyn Channel {
    channel("open").unwrap()
}

pub(crate) fn fixture(path: &str) -> Value {
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/fixtures/open/");
    serde_json::from_slice(&std::fs::read(format!("{root}{path}")).unwrap()).unwrap()
}

/// The event of a file with other values; `null` takes a field away.
pub(crate) fn event(file: &str, changes: &[(&str, Value)]) -> Value {
    let mut event = fixture(file);
    for (pointer, value) in changes {
        let (parent, name) = pointer.rsplit_once('/').unwrap();
        match event.pointer_mut(parent).unwrap_or_else(|| panic!("{pointer}")) {
            Value::Object(fields) if value.is_null() => {
                fields.remove(name);
            }
            Value::Object(fields) => {
                fields.insert(name.to_owned(), value.clone());
            }
            Value::Array(items) => items[name.parse::<usize>().unwrap()] = value.clone(),
            other => panic!("{pointer}: {other}"),
        }
    }
    event
}

pub(crate) fn account() -> Account {
    serde_json::from_value(json!({"name": "demo", "channel": "open", "shop_domain": "shop.example.com"})).unwrap()
}

pub(crate) fn at(second: i64) -> jiff::Timestamp {
    jiff::Timestamp::from_second(second).unwrap()
}

pub(crate) fn checked(body: &[u8]) -> Checked {
    open().check(&Inbound { headers: &[], body, url: None, now: at(0) })
}

/// The pointers of what is wrong with a body; none where it is taken.
pub(crate) fn pointers(event: &Value) -> Vec<String> {
    match checked(event.to_string().as_bytes()) {
        Checked::Faulty { faults, .. } => faults.into_iter().map(|fault| fault.pointer).collect(),
        Checked::Fine | Checked::Unused(_) => Vec::new(),
    }
}

pub(crate) fn decode(topic: &str, event: &Value) -> Result<Decoded, Refusal> {
    let delivery = Delivery {
        channel: "open".into(),
        account: AccountName::parse("demo").unwrap(),
        topic: topic.into(),
        delivery_id: "d".into(),
        source: ReadOrPush::Push,
        stated_at: None,
        api_version: None,
        received_at: at(1_795_564_800),
        trace_id: "t".into(),
        body: event.to_string().into_bytes(),
    };
    let key = Secret::new("contact-key");
    open().decode(&delivery, &DecodeContext { account: &account(), contact_key: &key })
}

pub(crate) fn explain(topic: &str, event: &Value) -> Vec<Explained> {
    let key = Secret::new("contact-key");
    let context = ExplainContext { account: &account(), contact_key: &key };
    open().explain(topic, event.to_string().as_bytes(), &context)
}

/// The figures of the one item.
pub(crate) fn figures(topic: &str, event: &Value) -> Figures {
    match explain(topic, event).as_slice() {
        [Explained::Item { figures, .. }] => (**figures).clone(),
        other => panic!("{other:?}"),
    }
}
