//! One call of a method, for both transports.

use serde_json::{Map, Value, json};

/// A method call. JSON-RPC passes `positional` by place and `keyword` by name; JSON-2 passes all by name.
#[derive(Clone, Debug, PartialEq)]
pub struct Call {
    pub(crate) model: &'static str,
    pub(crate) method: &'static str,
    pub(crate) ids: Option<Vec<i64>>,
    pub(crate) positional: Vec<(&'static str, Value)>,
    pub(crate) keyword: Vec<(&'static str, Value)>,
    pub(crate) context: Map<String, Value>,
}

impl Call {
    /// A method of the model itself.
    #[must_use]
    pub fn new(model: &'static str, method: &'static str) -> Self {
        Self { model, method, ids: None, positional: Vec::new(), keyword: Vec::new(), context: Map::new() }
    }

    /// A method of records.
    #[must_use]
    pub fn on(model: &'static str, method: &'static str, ids: Vec<i64>) -> Self {
        Self { ids: Some(ids), ..Self::new(model, method) }
    }

    /// Reads the records of a domain; records that are gone are simply absent.
    #[must_use]
    pub fn search_read(model: &'static str, domain: Value, fields: &[&str]) -> Self {
        Self::new(model, "search_read").arg("domain", domain).named("fields", json!(fields))
    }

    /// An argument that JSON-RPC passes by place.
    #[must_use]
    pub fn arg(mut self, name: &'static str, value: Value) -> Self {
        self.positional.push((name, value));
        self
    }

    /// An argument that JSON-RPC passes by name.
    #[must_use]
    pub fn named(mut self, name: &'static str, value: Value) -> Self {
        self.keyword.push((name, value));
        self
    }

    /// A key of the context.
    #[must_use]
    pub fn context(mut self, key: &str, value: Value) -> Self {
        self.context.insert(key.to_owned(), value);
        self
    }

    /// The companies that the call may touch; the first is the active one.
    #[must_use]
    pub fn companies(self, companies: &[i64]) -> Self {
        if companies.is_empty() { self } else { self.context("allowed_company_ids", json!(companies)) }
    }

    /// `sale.order.load`, for logs.
    #[must_use]
    pub fn name(&self) -> String {
        format!("{}.{}", self.model, self.method)
    }

    /// Body of a JSON-2 request (exchange 302).
    pub(crate) fn json2(&self) -> Value {
        let mut body = Map::new();
        if let Some(ids) = &self.ids {
            body.insert("ids".into(), json!(ids));
        }
        for (name, value) in self.positional.iter().chain(&self.keyword) {
            body.insert((*name).into(), value.clone());
        }
        if !self.context.is_empty() {
            body.insert("context".into(), Value::Object(self.context.clone()));
        }
        Value::Object(body)
    }

    /// Body of a JSON-RPC request (exchange 020).
    pub(crate) fn json_rpc(&self, database: &str, uid: i64, key: &str) -> Value {
        let mut positional: Vec<Value> = self.ids.iter().map(|ids| json!(ids)).collect();
        positional.extend(self.positional.iter().map(|(_, value)| value.clone()));
        let mut keyword: Map<String, Value> =
            self.keyword.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
        if !self.context.is_empty() {
            keyword.insert("context".into(), Value::Object(self.context.clone()));
        }
        let args = json!([database, uid, key, self.model, self.method, positional, keyword]);
        rpc("object", "execute_kw", &args)
    }
}

/// A JSON-RPC envelope.
pub(crate) fn rpc(service: &str, method: &str, args: &Value) -> Value {
    json!({"jsonrpc": "2.0", "method": "call", "id": 1,
           "params": {"service": service, "method": method, "args": args}})
}
