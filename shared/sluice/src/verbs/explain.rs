//! `sluice explain`: the dry run. Opens no connection.

use serde_json::{Value, json};
use sluice_channels::{ExplainContext, Explained, Figures};
use sluice_domain::{
    account::{Account, ConfirmPolicy, OdooTarget, UnknownProduct},
    entity::entitled,
    order::{Order, OrderState},
    plan::{DraftLine, ProductNeed, SaleDraft, Service, before_matching, draft, is_handed_over, wants_confirmation},
    ports::secrets::Secret,
    state::{Evidence, Head, OrderFacets, fold},
    summary::{Summary, Way, day_of, way},
    value::{AccountName, SubjectKey},
};
use sluice_odoo::{contacts, line_id, order_id};

use super::{channel_named, read_file};
use crate::{
    arguments::{Explain, ExplainFormat},
    embedded::settings,
    output::{self, Problem},
};

/// Decimals that Odoo keeps of a unit price unless its administrator changed that.
const PRICE_DECIMALS: u32 = 2;

pub(crate) fn run(verb: &Explain) -> Result<u8, Problem> {
    let channel = channel_named(&verb.channel)?;
    let body = read_file(&verb.file)?;
    let account = account(verb)?;
    // The dry run writes nothing, so the key of its external ids need not be the account's secret one.
    let contact_key = Secret::new("explain");
    let context = ExplainContext { account: &account, contact_key: &contact_key };
    let items = channel.explain(&verb.topic, &body, &context);
    let mut refused = false;
    for item in &items {
        refused |= matches!(item, Explained::Refused(_));
        match verb.format {
            ExplainFormat::Summary => output::result(&summary(item).to_string()),
            ExplainFormat::Json => output::result(&whole(item, &account).to_string()),
            ExplainFormat::Text => text(item, &account),
        }
    }
    if items.is_empty() && verb.format == ExplainFormat::Text {
        output::note("the payload holds no item");
    }
    Ok(u8::from(refused))
}

/// The account of the configuration, or the neutral one.
fn account(verb: &Explain) -> Result<Account, Problem> {
    match &verb.account {
        None => settings::neutral_account(&verb.channel),
        Some(name) => {
            let accounts = settings::accounts()?;
            let name = AccountName::parse(name).map_err(|error| Problem::usage(error.to_string()))?;
            let known: Vec<&str> = accounts.keys().map(AccountName::as_str).collect();
            let unknown =
                || Problem::usage(format!("no account `{name}` in the configuration: there are {}", known.join(", ")));
            accounts.get(&name).filter(|account| account.channel == verb.channel).cloned().ok_or_else(unknown)
        }
    }
}

/// One line of `--format summary`.
fn summary(item: &Explained) -> Value {
    match item {
        Explained::Item { figures, .. } => json!(figures),
        Explained::Ignored { topic, reason } => json!({"kind": "ignored", "topic": topic, "reason": reason}),
        Explained::Refused(refusal) => json!({"rejected": refusal.to_string(), "external_id": refusal.external_id}),
    }
}

/// One line of `--format json`: figures, canonical state, what would be written.
fn whole(item: &Explained, account: &Account) -> Value {
    let mut line = summary(item);
    let Explained::Item { evidence, .. } = item else { return line };
    if let Value::Object(object) = &mut line {
        let facets = folded(evidence);
        object.insert("mapping".into(), mapping(account));
        object.insert("canonical".into(), json!(facets));
        object.insert("plan".into(), json!(plan(evidence, account)));
    }
    line
}

fn folded(evidence: &[Evidence]) -> OrderFacets {
    let mut facets = OrderFacets::default();
    for piece in evidence {
        fold(&mut facets, piece.clone());
    }
    facets
}

fn mapping(account: &Account) -> Value {
    json!({
        "account": account.name, "confirm": account.confirm, "unknown_product": account.unknown_product,
        "products": account.odoo.products, "taxes": account.taxes, "rounding": account.rounding,
    })
}

fn text(item: &Explained, account: &Account) {
    match item {
        Explained::Ignored { topic, reason } => output::result(&format!("{topic}: ignored: {reason}")),
        Explained::Refused(refusal) => output::result(&format!("refused: {refusal}")),
        Explained::Item { figures, evidence } => {
            figures_text(figures);
            output::result(&format!(
                "  mapping   account {}: confirm when {}, unknown product: {}",
                account.name,
                policy(account.confirm),
                match &account.unknown_product {
                    UnknownProduct::Park => "park".to_owned(),
                    UnknownProduct::Fallback(sku) => format!("use {sku}"),
                }
            ));
            for line in plan(evidence, account) {
                output::result(&format!("  plan      {line}"));
            }
            for warning in &figures.warnings {
                output::result(&format!("  warning   {} at {}: {}", warning.code, warning.field, warning.message));
            }
        }
    }
}

fn policy(policy: ConfirmPolicy) -> &'static str {
    match policy {
        ConfirmPolicy::Paid => "paid",
        ConfirmPolicy::Authorised => "authorised",
        ConfirmPolicy::Always => "it arrives",
        ConfirmPolicy::Never => "a person does it",
    }
}

fn figures_text(figures: &Figures) {
    let unknown = || "unknown".to_owned();
    let number = figures.number.as_deref().unwrap_or("no number");
    let test = if figures.test { ", test data" } else { "" };
    output::result(&format!("{} {number} ({}){test}", figures.kind, figures.subject));
    let currency = figures.currency.as_deref().unwrap_or("currency unknown");
    let amounts = [
        ("total", &figures.total),
        ("subtotal", &figures.subtotal),
        ("shipping", &figures.shipping),
        ("fees", &figures.fees),
        ("tip", &figures.tip),
        ("tax", &figures.tax),
        ("discount", &figures.discount),
        ("paid", &figures.paid),
        ("refunded", &figures.refunded),
    ];
    let amounts = amounts.iter().filter_map(|(name, amount)| Some(format!("{name} {}", amount.as_ref()?)));
    output::result(&format!("  figures   {currency}: {}", amounts.collect::<Vec<_>>().join(", ")));
    let included = match figures.tax_included {
        Some(true) => ", prices contain tax",
        Some(false) => ", tax on top of prices",
        None => "",
    };
    let state = figures.state.clone().unwrap_or_else(unknown);
    let lines = figures.lines.map_or_else(unknown, |lines| lines.to_string());
    let units = figures.units.clone().unwrap_or_else(unknown);
    output::result(&format!("  state     {state}; {lines} lines, {units} units{included}"));
}

/// The Odoo writes that would follow, in words: no connection is opened, so products stand by SKU and taxes by rate.
fn plan(evidence: &[Evidence], account: &Account) -> Vec<String> {
    let facets = folded(evidence);
    let Some(subject) = evidence.first().map(|piece| &piece.subject) else {
        return vec!["nothing: no flow takes this kind yet".into()];
    };
    let Some(order) = facets.order.as_ref().map(|ranked| &ranked.value) else {
        return vec![format!("folded into {subject}; nothing is written before the order itself is known")];
    };
    if before_matching(account, &facets).is_some() {
        return vec!["nothing: test orders are recorded and not written".into()];
    }
    let entity = match entitled(account, order, facets.buyer.as_ref().map(|ranked| &ranked.value)) {
        Ok(entity) => entity,
        Err(mismatch) => return vec![format!("held ({}): {}", mismatch.class.as_str(), mismatch.reason)],
    };
    match draft(order, PRICE_DECIMALS) {
        Err(error) => vec![format!("parked (unreadable_payload): {error}")],
        Ok(sale) => {
            let mut plan = summary_plan(subject, order, &facets, &sale, &entity)
                .unwrap_or_else(|| order_plan(subject, order, &facets, &sale, &entity));
            if !account.entities.is_empty() {
                plan.insert(0, format!("entity, by the account's rules: {}", entity_text(&entity.odoo)));
            }
            plan
        }
    }
}

fn entity_text(odoo: &OdooTarget) -> String {
    let named = [
        ("company", &odoo.company),
        ("warehouse", &odoo.warehouse),
        ("team", &odoo.team),
        ("fiscal position", &odoo.fiscal_position),
        ("language", &odoo.language),
        ("journal", &odoo.journal),
    ];
    let named = named.iter().filter_map(|(what, name)| Some(format!("{what} {}", name.as_ref()?)));
    let lists = odoo.pricelists.iter().map(|(currency, name)| format!("price list {name} for {currency}"));
    let all: Vec<String> = named.chain(lists).collect();
    if all.is_empty() { "nothing is named, all is discovered".to_owned() } else { all.join(", ") }
}

/// A sale that becomes a part of its store's day; `None` where it is an order of its own.
fn summary_plan(
    subject: &SubjectKey,
    order: &Order,
    facets: &OrderFacets,
    sale: &SaleDraft,
    account: &Account,
) -> Option<Vec<String>> {
    let head = Head::new(subject.clone(), order.placed_at);
    if way(account, facets, &head, order.placed_at) != Way::Summary {
        return None;
    }
    let store = order.location.as_deref()?;
    let day = Summary::new(store, day_of(order.placed_at, account.day_ends), 1, account.day_ends);
    let key = day.key(&account.name, order).ok()?;
    let whole = format!("becomes a part of {key}, one order for the store's day, which is closed at {}:", day.closes());
    let lines = sale.lines.iter().map(|line| format!("    {}", line_text(line, account)));
    Some(std::iter::once(whole).chain(lines).collect())
}

fn order_plan(
    subject: &SubjectKey,
    order: &Order,
    facets: &OrderFacets,
    sale: &SaleDraft,
    account: &Account,
) -> Vec<String> {
    let buyer = facets.buyer.as_ref().map(|ranked| ranked.value.clone()).unwrap_or_default();
    let (names, rows) = contacts(account, &buyer);
    let mut plan = vec![
        format!("load res.partner, create-once: {} contacts under {}", rows.len(), names.partner),
        format!(
            "load sale.order, create-once: {} reference {} dated {} in {}",
            order_id(subject),
            sale.number,
            sale.placed_at,
            sale.currency
        ),
    ];
    for line in &sale.lines {
        plan.push(format!("    {}: {}", line_id(subject, &line.id), line_text(line, account)));
    }
    let expected = sale.expected;
    plan.push(format!(
        "gate: untaxed {}, tax {}, total {} must be equal in Odoo",
        expected.untaxed, expected.tax, expected.total
    ));
    if !expected.remitted_by_channel.is_zero() {
        plan.push(format!("    {} of tax is remitted by the channel and not in these", expected.remitted_by_channel));
    }
    let confirms = wants_confirmation(account.confirm, &order.payment);
    plan.push(if order.state == OrderState::Cancelled {
        "cancel it, unless something was shipped".to_owned()
    } else if confirms {
        "confirm it, then bring its date back".to_owned()
    } else {
        format!("stays a quotation: payment is {:?}", order.payment)
    });
    if confirms && is_handed_over(account, order) && order.state != OrderState::Cancelled {
        plan.push("do its delivery: it was sold over the counter".to_owned());
    }
    plan
}

fn line_text(line: &DraftLine, account: &Account) -> String {
    let products = &account.odoo.products;
    let product = match &line.product {
        ProductNeed::Item { sku: Some(sku), .. } => format!("SKU {sku}"),
        ProductNeed::Item { sku: None, barcode: Some(barcode) } => format!("barcode {barcode}"),
        ProductNeed::Item { sku: None, barcode: None } => match &account.unknown_product {
            UnknownProduct::Park => "no SKU: parked (unknown_product)".to_owned(),
            UnknownProduct::Fallback(sku) => format!("no SKU: {sku}"),
        },
        ProductNeed::Service(service) => match service {
            Service::Shipping => products.shipping.clone(),
            Service::Tip => products.tip.clone(),
            Service::GiftCard => products.gift_card.clone(),
            Service::Duty => products.duty.clone(),
            Service::Fee => products.fee.clone(),
            Service::Rounding => products.rounding.clone(),
            Service::Refund => products.refund.clone(),
        },
    };
    let taxes: Vec<String> = line.taxes.iter().map(|tax| format!("{} %", tax.rate.percent())).collect();
    let discount =
        if line.price.discount.is_zero() { String::new() } else { format!(" less {} %", line.price.discount) };
    let taxes = if taxes.is_empty() { "no tax".to_owned() } else { format!("tax {}", taxes.join(" and ")) };
    format!("{} x {product} at {}{discount}, {taxes}", line.price.quantity, line.price.unit_price)
}
