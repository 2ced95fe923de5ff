//! A call of Odoo taken apart, over either transport.

use serde_json::{Value, json};
use sluice_domain::ports::http::{HttpRequest, HttpResponse};

/// A call.
pub(super) struct Sent {
    pub(super) model: String,
    pub(super) method: String,
    body: Value,
    rpc: bool,
}

impl Sent {
    /// Takes a request apart; `None` when it calls no method of a model.
    pub(super) fn of(request: &HttpRequest) -> Option<Self> {
        let body: Value = serde_json::from_slice(&request.body).ok()?;
        if let Some((_, path)) = request.url.split_once("/json/2/") {
            let (model, method) = path.split_once('/')?;
            return Some(Self { model: model.to_owned(), method: method.to_owned(), body, rpc: false });
        }
        if body["params"]["method"] != "execute_kw" {
            return None;
        }
        let args = &body["params"]["args"];
        let (model, method) = (args[3].as_str()?.to_owned(), args[4].as_str()?.to_owned());
        Some(Self { model, method, body, rpc: true })
    }

    /// Puts it together again.
    pub(super) fn request(&self, request: HttpRequest) -> HttpRequest {
        HttpRequest { body: self.body.to_string().into_bytes(), ..request }
    }

    fn argument(&mut self, name: &str, place: usize) -> &mut Value {
        if self.rpc { &mut self.body["params"]["args"][5][place] } else { &mut self.body[name] }
    }

    fn read(&self, name: &str, place: usize) -> &Value {
        if self.rpc { &self.body["params"]["args"][5][place] } else { &self.body[name] }
    }

    pub(super) fn context(&mut self) -> &mut Value {
        if self.rpc { &mut self.body["params"]["args"][6]["context"] } else { &mut self.body["context"] }
    }

    fn names(&self) -> Vec<String> {
        let names = self.read("fields", 0).as_array().into_iter().flatten();
        names.map(|name| name.as_str().unwrap_or_default().to_owned()).collect()
    }

    /// Columns of a load.
    pub(super) fn columns(&self) -> usize {
        self.names().len()
    }

    /// Rows of a load.
    pub(super) fn rows(&self) -> usize {
        self.read("data", 1).as_array().map_or(0, Vec::len)
    }

    /// Records of a load: rows whose first cell is not blank.
    pub(super) fn records(&self) -> usize {
        let rows = self.read("data", 1).as_array().into_iter().flatten();
        rows.filter(|row| row[0] != "").count()
    }

    /// The external id of a record of a load.
    pub(super) fn record_name(&self, record: u64) -> Option<String> {
        let mut rows = self.read("data", 1).as_array()?.iter().filter(|row| row[0] != "");
        rows.nth(usize::try_from(record).ok()?)?[0].as_str().map(ToOwned::to_owned)
    }

    /// Takes columns out of a load.
    pub(super) fn drop_columns(&mut self, unwanted: impl Fn(&str) -> bool) {
        let kept: Vec<bool> = self.names().iter().map(|name| !unwanted(name)).collect();
        let keep = |cells: &mut Vec<Value>| {
            let mut kept = kept.iter();
            cells.retain(|_| kept.next().copied().unwrap_or(true));
        };
        self.argument("fields", 0).as_array_mut().into_iter().for_each(keep);
        self.argument("data", 1).as_array_mut().into_iter().flatten().filter_map(Value::as_array_mut).for_each(keep);
    }

    /// Changes the cells of a column of a load, of the record itself or of its lines.
    pub(super) fn edit_column(&mut self, column: &str, mut edit: impl FnMut(usize, &mut String)) {
        let wanted = |name: &String| name == column || name.strip_prefix("order_line/") == Some(column);
        let Some(place) = self.names().iter().position(wanted) else { return };
        for (row, cells) in self.argument("data", 1).as_array_mut().into_iter().flatten().enumerate() {
            if let Value::String(cell) = &mut cells[place] {
                edit(row, cell);
            }
        }
    }

    /// The call that confirms what a load has just created.
    pub(super) fn confirmation(&self, request: &HttpRequest, answer: &HttpResponse) -> Option<HttpRequest> {
        let answer: Value = serde_json::from_slice(&answer.body).ok()?;
        let ids = if self.rpc { &answer["result"]["ids"] } else { &answer["ids"] };
        if !ids.is_array() {
            return None;
        }
        let mut request = request.clone();
        let body = if self.rpc {
            let mut body = self.body.clone();
            body["params"]["args"][4] = json!("action_confirm");
            body["params"]["args"][5] = json!([ids]);
            body
        } else {
            request.url = request.url.replace("/load", "/action_confirm");
            json!({"ids": ids, "context": self.body["context"]})
        };
        request.body = body.to_string().into_bytes();
        Some(request)
    }
}

/// An answer made up.
pub(super) fn content(sent: &Sent, result: &Value) -> HttpResponse {
    let body = if sent.rpc { json!({"jsonrpc": "2.0", "id": 1, "result": result}) } else { result.clone() };
    HttpResponse { status: 200, headers: Vec::new(), body: body.to_string().into_bytes() }
}

/// An answer understood wrongly.
pub(super) fn changed(sent: &Sent, answer: HttpResponse, change: impl FnOnce(&mut Value)) -> HttpResponse {
    let Ok(mut body) = serde_json::from_slice::<Value>(&answer.body) else { return answer };
    if !sent.rpc {
        change(&mut body);
    } else if let Some(result) = body.get_mut("result") {
        change(result);
    }
    HttpResponse { body: body.to_string().into_bytes(), ..answer }
}
