//! `create`, `write`, `unlink`: what every model does, around the rules of each.

use std::sync::Arc;

use super::{access::Operation, env::Env};
use crate::odoo::{
    model, number,
    schema::{
        self, Model,
        field::{FieldDef, Kind},
    },
    store::{
        Db,
        record::Record,
        value::{Id, Value},
    },
    wire::error::{Kind as ErrorKind, OdooError},
};

/// What is written to one field.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Input {
    Value(Value),
    /// Changes to children, or to a many2many.
    Commands(Vec<Command>),
}

/// One change to a relation, as Odoo's command tuples.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Command {
    /// Make a child, under an external id when `load` asks.
    Create(Vals, Option<String>),
    Update(Id, Vals),
    Delete(Id),
    Unlink(Id),
    Link(Id),
    Clear,
    Set(Vec<Id>),
}

/// Fields by slot, and what is written to them.
pub(crate) type Vals = Vec<(usize, Input)>;

/// Was the field given, be it empty?
pub(crate) fn given(vals: &Vals, slot: usize) -> bool {
    vals.iter().any(|(given, _)| *given == slot)
}

/// Makes a record.
pub(crate) fn create(db: &mut Db, env: &Env, model: Model, vals: &Vals) -> Result<Id, OdooError> {
    super::access::check(env, model, Operation::Create)?;
    let def = schema::of(model);
    let mut record = Record::new(def.stored(), env.now, env.user);
    apply(&mut record, env, model, vals);
    model::defaults(db, env, (model, &mut record), vals);
    let id = db.next_id(model);
    check_links(db, env, model, vals)?;
    for (slot, field) in def.fields.iter().enumerate() {
        if field.required && !field.computed && record.get(slot).is_unset() {
            return Err(OdooError::required(model, slot));
        }
    }
    model::check_row(model, &record)?;
    db.put(model, id, Some(record));
    run_commands(db, env, (model, id), vals)?;
    model::after_create(db, env, (model, id), vals)?;
    Ok(id)
}

/// Changes records.
pub(crate) fn write(db: &mut Db, env: &Env, (model, ids): (Model, &[Id]), vals: &Vals) -> Result<(), OdooError> {
    super::access::check(env, model, Operation::Write)?;
    if let Some(missing) = ids.iter().find(|id| db.get(model, **id).is_none()) {
        return Err(OdooError::missing(model, *missing, env.user));
    }
    check_links(db, env, model, vals)?;
    for id in ids {
        model::before_write(db, env, (model, *id), vals)?;
        db.edit(model, *id, |record| {
            record.written = env.now;
            apply(record, env, model, vals);
        });
        let checked = db.get(model, *id).map_or(Ok(()), |record| model::check_row(model, record));
        checked?;
        run_commands(db, env, (model, *id), vals)?;
        model::after_write(db, env, (model, *id), vals)?;
    }
    Ok(())
}

/// Deletes records, and their order lines with an order.
pub(crate) fn unlink(db: &mut Db, env: &Env, model: Model, ids: &[Id]) -> Result<(), OdooError> {
    super::access::check(env, model, Operation::Unlink)?;
    for id in ids {
        if db.get(model, *id).is_none() {
            return Err(OdooError::missing(model, *id, env.user));
        }
        model::before_unlink(db, (model, *id))?;
    }
    for id in ids {
        if model == schema::ORDER {
            for line in db.find(schema::LINE, schema::line::ORDER, &Value::Int(*id)) {
                db.put(schema::LINE, line, None);
            }
        }
        if model == schema::ENTRY {
            model::ledger::unlink_lines(db, *id);
        }
        if model == schema::ENTRY_LINE {
            model::ledger::unlink_line(db, env, *id);
            continue;
        }
        db.put(model, *id, None);
    }
    Ok(())
}

/// Puts plain values into a record, as precise as the field keeps them.
fn apply(record: &mut Record, env: &Env, model: Model, vals: &Vals) {
    let def = schema::of(model);
    for (slot, input) in vals {
        let Input::Value(value) = input else { continue };
        if let Some((stored, value)) = model::inverse(model, *slot, value) {
            record.set(stored, value);
            continue;
        }
        let kind = def.fields.get(*slot).map(|field| kind_of(env, (model, *slot), field));
        record.set(*slot, stored_form(kind, value));
    }
}

/// The kind of a field; that of an order line's price has the digits of the setting.
pub(crate) fn kind_of(env: &Env, place: (Model, usize), field: &FieldDef) -> Kind {
    let prices = [(schema::LINE, schema::line::PRICE), (schema::ENTRY_LINE, schema::ledger::entry_line::PRICE)];
    if prices.contains(&place) { Kind::Float(Some(env.price_digits)) } else { field.kind }
}

fn stored_form(kind: Option<Kind>, value: &Value) -> Value {
    match (kind, value) {
        (Some(Kind::Float(Some(digits))), Value::Dec(dec)) => Value::Dec(number::round(*dec, digits)),
        (Some(Kind::Float(_) | Kind::Monetary), Value::Int(int)) => Value::Dec((*int).into()),
        // Rich text comes back wrapped (exchange 473).
        (Some(Kind::Html), Value::Text(text)) if !text.is_empty() && !text.starts_with('<') => {
            Value::text(&format!("<p>{text}</p>"))
        }
        (_, Value::Text(text)) if text.is_empty() => Value::Unset,
        _ => value.clone(),
    }
}

/// Every record pointed at must exist (exchange 215).
fn check_links(db: &Db, env: &Env, model: Model, vals: &Vals) -> Result<(), OdooError> {
    let def = schema::of(model);
    for (slot, input) in vals {
        let (Some(field), Input::Value(value)) = (def.fields.get(*slot), input) else { continue };
        let missing = match (field.kind, value) {
            (Kind::Many2one(target), Value::Int(id)) => db.get(target, *id).is_none().then_some((target, *id)),
            (Kind::Many2many(target), Value::Ids(ids)) => {
                ids.iter().find(|id| db.get(target, **id).is_none()).map(|id| (target, *id))
            }
            _ => None,
        };
        if let Some((target, id)) = missing {
            return Err(OdooError::missing(target, id, env.user));
        }
    }
    Ok(())
}

fn run_commands(db: &mut Db, env: &Env, (model, id): (Model, Id), vals: &Vals) -> Result<(), OdooError> {
    for (slot, input) in vals {
        let Input::Commands(commands) = input else { continue };
        match schema::of(model).fields.get(*slot).map(|field| field.kind) {
            Some(Kind::One2many(child, inverse)) => {
                for command in commands {
                    run_on_children(db, env, (child, inverse, id), command)?;
                }
            }
            Some(Kind::Many2many(target)) => run_on_many(db, env, (model, id, *slot, target), commands)?,
            Some(_) | None => {}
        }
    }
    Ok(())
}

fn run_on_children(
    db: &mut Db,
    env: &Env,
    (child, inverse, id): (Model, usize, Id),
    command: &Command,
) -> Result<(), OdooError> {
    let parent = (inverse, Input::Value(Value::Int(id)));
    match command {
        Command::Create(vals, external) => {
            let mut vals = vals.clone();
            vals.push(parent);
            let made = create(db, env, child, &vals)?;
            if let Some(name) = external {
                name_record(db, env, (child, made), name)?;
            }
        }
        Command::Update(target, vals) => write(db, env, (child, &[*target]), vals)?,
        Command::Delete(target) => unlink(db, env, child, &[*target])?,
        Command::Unlink(target) => {
            let vals = vec![(inverse, Input::Value(Value::Unset))];
            if child == schema::LINE {
                unlink(db, env, child, &[*target])?;
            } else {
                write(db, env, (child, &[*target]), &vals)?;
            }
        }
        Command::Link(target) => {
            if db.field(child, *target, inverse).as_id() != Some(id) {
                write(db, env, (child, &[*target]), &vec![parent])?;
            }
        }
        Command::Clear => unlink(db, env, child, &db.find(child, inverse, &Value::Int(id)))?,
        Command::Set(wanted) => {
            let have = db.find(child, inverse, &Value::Int(id));
            let gone: Vec<Id> = have.iter().filter(|id| !wanted.contains(id)).copied().collect();
            unlink(db, env, child, &gone)?;
            for target in wanted {
                run_on_children(db, env, (child, inverse, id), &Command::Link(*target))?;
            }
        }
    }
    Ok(())
}

fn run_on_many(
    db: &mut Db,
    env: &Env,
    (model, id, slot, target): (Model, Id, usize, Model),
    commands: &[Command],
) -> Result<(), OdooError> {
    let mut ids = db.field(model, id, slot).as_ids().to_vec();
    for command in commands {
        match command {
            Command::Create(vals, _) => ids.push(create(db, env, target, vals)?),
            Command::Update(other, vals) => write(db, env, (target, &[*other]), vals)?,
            Command::Delete(other) | Command::Unlink(other) => ids.retain(|id| id != other),
            Command::Link(other) if !ids.contains(other) => ids.push(*other),
            Command::Link(_) => {}
            Command::Clear => ids.clear(),
            Command::Set(wanted) => ids.clone_from(wanted),
        }
    }
    check_links(db, env, model, &vec![(slot, Input::Value(Value::ids(&ids)))])?;
    db.set(model, id, slot, Value::ids(&ids));
    Ok(())
}

/// Gives a record an external id; the database refuses spaces (exchange 245).
pub(crate) fn name_record(db: &mut Db, env: &Env, (model, id): (Model, Id), name: &str) -> Result<(), OdooError> {
    let (module, noupdate) =
        env.import.as_ref().map_or(("__import__", false), |import| (&*import.module, import.noupdate));
    let name: Arc<str> = if name.contains('.') { Arc::from(name) } else { Arc::from(format!("{module}.{name}")) };
    if name.contains(' ') {
        let row = db.next_external_row();
        let (module, short) = name.split_once('.').unwrap_or(("", ""));
        let at = number::datetime_text(env.now);
        let text = format!(
            "new row for relation \"ir_model_data\" violates check constraint \"ir_model_data_name_nospaces\"\nDETAIL:  \
             Failing row contains ({row}, null, {at}, {at}, null, {id}, f, {short}, {module}, {}).\n",
            schema::of(model).name
        );
        return Err(OdooError::new(ErrorKind::Constraint, text));
    }
    db.name_record(model, id, &name, noupdate);
    Ok(())
}
