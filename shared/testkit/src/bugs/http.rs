//! Bugs on the way to Odoo: what is sent and what is understood of the answer.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, Mutex},
};

use serde_json::{Value, json};
use sluice_domain::ports::{
    PortFuture,
    http::{Http, HttpError, HttpRequest, HttpResponse},
};

use super::{
    Bug,
    call::{Sent, changed, content},
};

/// An HTTP port with a bug.
pub(super) struct BuggyHttp {
    bug: Bug,
    inner: Arc<dyn Http>,
    /// External ids that were sent before.
    seen: Mutex<BTreeSet<String>>,
    /// First answers to reads.
    first: Mutex<BTreeMap<Vec<u8>, HttpResponse>>,
}

impl BuggyHttp {
    pub(super) fn new(bug: Bug, inner: Arc<dyn Http>) -> Self {
        Self { bug, inner, seen: Mutex::default(), first: Mutex::default() }
    }

    /// What is sent instead; `Err` is an answer made up without sending anything.
    fn distort(&self, sent: &mut Sent) -> Result<(), Value> {
        let load = sent.method == "load";
        let (order, line) = (sent.model == "sale.order", sent.model == "sale.order.line");
        let entry = sent.model == "account.move";
        match self.bug {
            Bug::OverwritesOnReplay if load => {
                if let Some(context) = sent.context().as_object_mut() {
                    context.remove("noupdate");
                    context.remove("mode");
                }
            }
            Bug::StripsExternalIds if load && order => {
                sent.drop_columns(|name| name == "id" || name == "order_line/id")
            }
            Bug::BelievesEveryBlame if load && order && sent.records() == 1 => {
                let blamed = self.seen.lock().expect("a world is one thread");
                if sent.record_name(0).is_some_and(|name| blamed.contains(&name)) {
                    let message = json!({"type": "error", "record": 0, "message": "it was blamed before"});
                    return Err(json!({"ids": false, "messages": [message], "nextrow": 0}));
                }
            }
            Bug::RenamesOnRetry if load && order => self.rename(sent),
            Bug::AddsACent if load && (order || line) => sent.edit_column("price_unit", |row, cell| {
                if let (0, Ok(price)) = (row, cell.parse::<rust_decimal::Decimal>()) {
                    *cell = (price + rust_decimal::Decimal::new(1, 2)).to_string();
                }
            }),
            Bug::RenamesCreditNotes if load && entry => self.number(sent),
            Bug::NeverPosts if sent.method == "action_post" => return Err(json!(false)),
            Bug::CreditsUntaxed if load && entry => {
                sent.edit_column("invoice_line_ids/tax_ids/.id", |_, cell| cell.clear())
            }
            Bug::ForgetsReversal if load && entry => sent.drop_columns(|name| name.starts_with("reversed_entry_id")),
            Bug::CreditsACentMore if load && entry => sent.edit_column("invoice_line_ids/price_unit", |row, cell| {
                if let (0, Ok(price)) = (row, cell.parse::<rust_decimal::Decimal>()) {
                    *cell = (price + rust_decimal::Decimal::new(1, 2)).to_string();
                }
            }),
            Bug::LeavesTaxesOut if load && (order || line) => sent.drop_columns(|name| name.contains("tax_id")),
            Bug::LosesDates if load && order && sent.columns() == 2 => {
                let ids: Vec<i64> = (1..).take(sent.rows()).collect();
                return Err(json!({"ids": ids, "messages": [], "nextrow": 0}));
            }
            Bug::NeverCancels if sent.method == "action_cancel" => return Err(json!(true)),
            Bug::MixesUpContacts if load && sent.model == "res.partner" => {
                let mut previous = String::new();
                sent.edit_column("email", |_, cell| std::mem::swap(cell, &mut previous));
            }
            _ => {}
        }
        Ok(())
    }

    /// Another external id for each load.
    fn number(&self, sent: &mut Sent) {
        let mut seen = self.seen.lock().expect("a world is one thread");
        let number = seen.len();
        seen.insert(format!("load {number}"));
        sent.edit_column("id", |_, cell| {
            if !cell.is_empty() {
                cell.push_str(&format!("_{number}"));
            }
        });
        sent.edit_column("invoice_line_ids/id", |_, cell| cell.push_str(&format!("_{number}")));
    }

    fn rename(&self, sent: &mut Sent) {
        let mut seen = self.seen.lock().expect("a world is one thread");
        sent.edit_column("id", |_, cell| {
            if !cell.is_empty() && !seen.insert(cell.clone()) {
                cell.push_str("_again");
            }
        });
    }

    /// What is understood instead of what was answered.
    fn misread(&self, sent: &Sent, answer: &mut Value) {
        match self.bug {
            Bug::BelievesRefusedLoads if sent.method == "load" && answer["ids"] == json!(false) => {
                *answer = json!({"ids": (1..).take(sent.records()).collect::<Vec<i64>>(), "messages": []});
            }
            Bug::BelievesEveryBlame if sent.method == "load" && answer["ids"] == json!(false) => {
                let blamed = answer["messages"].as_array().into_iter().flatten();
                let blamed = blamed.filter_map(|message| sent.record_name(message["record"].as_u64()?));
                self.seen.lock().expect("a world is one thread").extend(blamed);
            }
            Bug::SwapsTaxes if sent.model == "account.tax" => {
                if let Some([one, two, ..]) = answer.as_array_mut().map(Vec::as_mut_slice) {
                    std::mem::swap(&mut one["id"], &mut two["id"]);
                }
            }
            _ => {}
        }
    }

    async fn exchange(&self, request: HttpRequest) -> Result<HttpResponse, HttpError> {
        let Some(mut sent) = Sent::of(&request) else { return self.inner.send(request).await };
        if let Err(invented) = self.distort(&mut sent) {
            return Ok(content(&sent, &invented));
        }
        let request = sent.request(request);
        let observes = sent.model == "sale.order" && sent.method == "search_read";
        if self.bug == Bug::ReadsOdooOnce
            && observes
            && let Some(first) = self.first.lock().expect("a world is one thread").get(&request.body)
        {
            return Ok(first.clone());
        }
        let answer = self.inner.send(request.clone()).await?;
        let answer = changed(&sent, answer, |answer| self.misread(&sent, answer));
        if self.bug == Bug::ReadsOdooOnce && observes {
            self.first.lock().expect("a world is one thread").insert(request.body.clone(), answer.clone());
        }
        if self.bug == Bug::ConfirmsUnpaid
            && sent.method == "load"
            && sent.model == "sale.order"
            && let Some(confirm) = sent.confirmation(&request, &answer)
        {
            let _ = self.inner.send(confirm).await;
        }
        Ok(answer)
    }
}

impl Http for BuggyHttp {
    fn send(&self, request: HttpRequest) -> PortFuture<'_, Result<HttpResponse, HttpError>> {
        Box::pin(self.exchange(request))
    }
}
