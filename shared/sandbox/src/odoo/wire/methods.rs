//! The methods that can be called, and what they take.

use serde_json::{Map, Value as Json, json};

use super::{
    call::{Bound, Call, Style, optional, required},
    error::{Kind, OdooError},
    vals,
};
use crate::odoo::{
    load,
    model::{ledger, order, picking, returning, stock},
    orm::{
        access::{self, Operation},
        env::Env,
        names, read,
        search::{self, Page},
        write,
    },
    schema::{self, Model},
    store::{Db, value::Id},
};

/// What a method answers; `None` is nothing at all (README "Transport").
type Answer = Result<Option<Json>, OdooError>;

/// Runs one call within the open transaction.
pub(crate) fn run(db: &mut Db, env: &mut Env, call: &Call) -> Answer {
    if call.method.starts_with('_') {
        return Err(private(call));
    }
    let special = match &*call.model {
        "ir.model.data" => external(db, env, call)?,
        "iap.account" if call.method == "get_credits_url" => Some(credits_url(env, call)?),
        _ => None,
    };
    if special.is_some() {
        return Ok(special);
    }
    if let Some((label, groups)) = access::closed_model(&call.model, env.version) {
        let operation = match &*call.method {
            "create" => Operation::Create,
            "write" => Operation::Write,
            "unlink" => Operation::Unlink,
            _ => Operation::Read,
        };
        return Err(access::refusal(operation, (label, &call.model), groups));
    }
    let model = schema::by_name(&call.model).ok_or_else(|| unknown_model(call))?;
    match &*call.method {
        "load" => {
            let bound = call.bind(false, &[required("fields"), required("data")])?;
            load::load(db, env, model, (bound.list(0), bound.list(1))).map(Some)
        }
        "search" | "search_read" | "search_count" | "name_search" => searching(db, env, call, model),
        "read" | "fields_get" | "default_get" | "get_external_id" | "exists" => reading(db, env, call, model),
        "has_access" => may(env, call, model),
        "create" | "write" | "unlink" => writing(db, env, call, model),
        _ => acting(db, env, call, model),
    }
}

/// Exchange 337.
fn private(call: &Call) -> OdooError {
    let name = format!("{}.{}", call.model, call.method);
    OdooError::new(Kind::Access, format!("Private methods (such as '{name}') cannot be called remotely."))
}

/// Exchange 207 on JSON-RPC, 335 on JSON-2.
fn unknown_model(call: &Call) -> OdooError {
    match call.style {
        Style::Positional => OdooError::user(format!("Object {} doesn't exist", call.model)),
        Style::Named => not_found(format!("the model '{}' does not exist", call.model)),
    }
}

/// Exchange 211 on JSON-RPC, 336 on JSON-2.
fn unknown_method(call: &Call) -> OdooError {
    let (model, method) = (&call.model, &call.method);
    match call.style {
        Style::Positional => {
            OdooError::new(Kind::Attribute, format!("The method '{method}' does not exist on the model '{model}'"))
        }
        Style::Named => not_found(format!("The method '{model}.{method}' does not exist")),
    }
}

fn not_found(message: String) -> OdooError {
    OdooError::new(Kind::Http("werkzeug.exceptions.NotFound", 404), message)
}

fn searching(db: &Db, env: &Env, call: &Call, model: Model) -> Answer {
    access::check(env, model, Operation::Read)?;
    let everything = json!([]);
    match &*call.method {
        "search" | "search_count" => {
            let bound =
                call.bind(false, &[required("domain"), optional("offset"), optional("limit"), optional("order")])?;
            let domain = bound.at(0).unwrap_or(&everything);
            let mut page = page(&bound, 1);
            if call.method == "search_count" {
                // Nobody sees the order of what is only counted.
                page.order = "id";
            }
            let ids = search::search(db, env, (model, domain), page)?;
            Ok(Some(if call.method == "search" { json!(ids) } else { json!(ids.len()) }))
        }
        "search_read" => {
            let parameters =
                [optional("domain"), optional("fields"), optional("offset"), optional("limit"), optional("order")];
            let bound = call.bind(false, &parameters)?;
            let domain = bound.at(0).unwrap_or(&everything);
            let fields = read::fields_of(model, bound.list(1), env).map(|_| bound.list(1))?;
            let ids = search::search(db, env, (model, domain), page(&bound, 2))?;
            read::read(db, env, (model, &ids), fields).map(Some)
        }
        _ => {
            let bound =
                call.bind(false, &[optional("name"), optional("domain"), optional("operator"), optional("limit")])?;
            let operator = if bound.text(2).is_empty() { "ilike" } else { bound.text(2) };
            let domain = json!([["display_name", operator, bound.text(0)]]);
            let page = Page { limit: bound.number(3).or(Some(100)), ..Page::default() };
            let ids = search::search(db, env, (model, &domain), page)?;
            let pairs = ids.iter().map(|id| json!([id, names::display_name(db, model, *id)]));
            Ok(Some(Json::Array(pairs.collect())))
        }
    }
}

fn page<'a>(bound: &Bound<'a>, from: usize) -> Page<'a> {
    Page {
        offset: bound.number(from).unwrap_or(0),
        limit: bound.number(from.saturating_add(1)),
        order: bound.text(from.saturating_add(2)),
    }
}

/// May the user do that to records of the model? Not recorded: by Odoo's source, which its own web client calls so since 18.
fn may(env: &Env, call: &Call, model: Model) -> Answer {
    let bound = call.bind(true, &[required("operation")])?;
    let operation = match bound.text(0) {
        "create" => Operation::Create,
        "write" => Operation::Write,
        "unlink" => Operation::Unlink,
        _ => Operation::Read,
    };
    Ok(Some(json!(access::check(env, model, operation).is_ok())))
}

fn reading(db: &mut Db, env: &Env, call: &Call, model: Model) -> Answer {
    access::check(env, model, Operation::Read)?;
    match &*call.method {
        "read" => {
            let bound = call.bind(true, &[optional("fields"), optional("load")])?;
            read::read(db, env, (model, &bound.ids()), bound.list(0)).map(Some)
        }
        "fields_get" => {
            call.bind(false, &[optional("allfields"), optional("attributes")])?;
            Ok(Some(read::fields_get(model, env)))
        }
        "default_get" => {
            let bound = call.bind(false, &[required("fields")])?;
            // Only what is a plain default, not what is computed on creation (exchange 113).
            let wanted = bound.list(0).iter().any(|name| name == "company_id");
            let mut map = Map::new();
            if wanted {
                map.insert("company_id".into(), json!(env.company));
            }
            Ok(Some(Json::Object(map)))
        }
        "exists" => {
            let bound = call.bind(true, &[])?;
            let ids: Vec<Id> = bound.ids().into_iter().filter(|id| db.get(model, *id).is_some()).collect();
            Ok(Some(json!(ids)))
        }
        // Exchanges 014, 468.
        _ => {
            let bound = call.bind(true, &[])?;
            let names = bound.ids().into_iter().map(|id| {
                let name = db.get(model, id).and_then(|record| record.external.first());
                (id.to_string(), json!(name.map_or("", |external| &*external.name)))
            });
            Ok(Some(Json::Object(names.collect())))
        }
    }
}

fn writing(db: &mut Db, env: &Env, call: &Call, model: Model) -> Answer {
    match &*call.method {
        "create" => {
            let bound = call.bind(false, &[required("vals_list")])?;
            let given = bound.at(0).unwrap_or(&Json::Null);
            let single = given.is_object();
            let list = given.as_array().map_or(std::slice::from_ref(given), Vec::as_slice);
            let mut ids = Vec::with_capacity(list.len());
            for one in list {
                let map = one.as_object().ok_or_else(|| OdooError::new(Kind::Type, "vals must be a dict"))?;
                let vals = vals::parse(model, map, env)?;
                let counted = (model == schema::QUANT).then(|| stock::count_into(db, &vals)).flatten();
                ids.push(match counted {
                    Some(id) => id,
                    None => write::create(db, env, model, &vals)?,
                });
            }
            // `execute_kw` with one dict answers one id (042), with a list a list (125, 313).
            Ok(Some(if single { json!(ids.first()) } else { json!(ids) }))
        }
        "write" => {
            let bound = call.bind(true, &[required("vals")])?;
            let empty = Map::new();
            let map = bound.at(0).and_then(Json::as_object).unwrap_or(&empty);
            let vals = vals::parse(model, map, env)?;
            write::write(db, env, (model, &bound.ids()), &vals)?;
            Ok(Some(json!(true)))
        }
        _ => {
            let bound = call.bind(true, &[])?;
            write::unlink(db, env, model, &bound.ids())?;
            Ok(Some(json!(true)))
        }
    }
}

/// Methods of single models.
fn acting(db: &mut Db, env: &Env, call: &Call, model: Model) -> Answer {
    if (model, &*call.method) == (schema::USER, "context_get") {
        call.bind(false, &[])?;
        let lang = db.field(schema::USER, env.user, schema::base::user::LANG);
        // Exchange 300.
        return Ok(Some(json!({ "lang": lang.as_str(), "tz": env.zone, "uid": env.user })));
    }
    let known = matches!(
        (model, &*call.method),
        (schema::ORDER, "action_confirm" | "action_cancel" | "action_draft")
            | (schema::PICKING, "button_validate" | "action_cancel" | "action_assign")
            | (schema::QUANT, "action_apply_inventory")
            | (schema::CANCEL_WIZARD, "action_cancel")
            | (schema::BACKORDER_WIZARD, "process" | "process_cancel_backorder")
            | (schema::RETURN_WIZARD, "action_create_returns")
            | (schema::ENTRY, "action_post" | "button_cancel")
    );
    if !known {
        return Err(unknown_method(call));
    }
    let ids = call.bind(true, &[])?.ids();
    match (model, &*call.method) {
        (schema::ENTRY, "action_post") => ledger::post(db, env, &ids).map(Some),
        (schema::ENTRY, _) => ledger::cancel(db, env, &ids).map(Some),
        (schema::ORDER, "action_confirm") => order::confirm(db, env, &ids).map(Some),
        (schema::ORDER, "action_cancel") => order::cancel(db, env, &ids).map(Some),
        (schema::ORDER, _) => Ok(Some(order::reset(db, env, &ids))),
        (schema::PICKING, "button_validate") => picking::validate(db, env, &ids).map(Some),
        (schema::PICKING, method) => {
            for id in ids {
                picking::run(db, env, id, method == "action_cancel");
            }
            Ok(Some(json!(true)))
        }
        (schema::RETURN_WIZARD, _) => returning::create(db, env, &ids).map(Some),
        (schema::QUANT, _) => {
            stock::apply_inventory(db, env, &ids);
            // It returns nothing (126).
            Ok(None)
        }
        (schema::CANCEL_WIZARD, _) => {
            for id in ids {
                if let Some(target) = db.field(model, id, schema::base::cancel_wizard::ORDER).as_id() {
                    order::cancel_now(db, env, target);
                }
            }
            Ok(Some(json!(true)))
        }
        (_, method) => {
            for id in ids {
                let pickings = db.field(model, id, schema::base::backorder_wizard::PICKINGS);
                for target in pickings.as_ids() {
                    picking::finish(db, env, *target, method == "process");
                }
            }
            Ok(Some(json!(true)))
        }
    }
}

/// `check_object_reference`, and the rows that an administrator may add (exchanges 013, 312, 467, 472).
fn external(db: &mut Db, env: &mut Env, call: &Call) -> Answer {
    match &*call.method {
        "check_object_reference" => {
            let parameters = [required("module"), required("xml_id"), optional("raise_on_access_error")];
            let bound = call.bind(false, &parameters)?;
            let name = format!("{}.{}", bound.text(0), bound.text(1));
            let missing = || OdooError::value(format!("External ID not found in the system: {name}"));
            let target = db.external(&name).ok_or_else(missing)?;
            let def = schema::of(target.model);
            let active = def.known("active").is_none_or(|slot| db.field(target.model, target.id, slot).as_bool());
            let id = if active || !env.active_test() { json!(target.id) } else { json!(false) };
            Ok(Some(json!([def.name, id])))
        }
        "create" if env.role == crate::odoo::config::Role::Administrator => {
            let bound = call.bind(false, &[required("vals_list")])?;
            let given = bound.at(0).unwrap_or(&Json::Null);
            let row = given.get(0).unwrap_or(given);
            let text = |name: &str| row.get(name).and_then(Json::as_str).unwrap_or_default().to_owned();
            let model = schema::by_name(&text("model")).ok_or_else(|| unknown_model(call))?;
            let id = row.get("res_id").and_then(Json::as_i64).unwrap_or(0);
            let noupdate = row.get("noupdate").and_then(Json::as_bool).unwrap_or(false);
            let name = format!("{}.{}", text("module"), text("name"));
            db.name_record(model, id, &name, noupdate);
            let made = db.external(&name).map(|target| target.row);
            Ok(Some(if given.is_object() { json!(made) } else { json!([made]) }))
        }
        _ => Ok(None),
    }
}

/// Exchanges 470, 497: a URL that happens to carry the database uuid.
fn credits_url(env: &Env, call: &Call) -> Result<Json, OdooError> {
    let parameters = [
        required("service_name"),
        optional("base_url"),
        optional("credit"),
        optional("trial"),
        optional("account_token"),
    ];
    let bound = call.bind(false, &parameters)?;
    let tail = if env.version <= 18 { "account_token=none&credit=0" } else { "account_token=none&hashed=1" };
    Ok(json!(format!("https://iap.odoo.com/iap/1/credit?dbuuid={}&service_name={}&{tail}", env.uuid, bound.text(0))))
}
