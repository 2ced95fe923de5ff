//! Subjects, due index, names, call records, permits, pressure.

use jiff::Timestamp;
use sluice_domain::{
    ports::{
        PortFuture,
        state::{CallRecord, Permit, PermitRequest, Pressure, Save, State, StateError},
    },
    state::{Body, Head, Lane, Record},
    value::SubjectKey,
};

use super::{
    Store, broken, decode, encode,
    rows::{Change, Rows},
    sortable,
};

/// The largest head, in bytes: it is rewritten at every step.
const MAX_HEAD: usize = 4 * 1024;
/// The largest body, in bytes: `DynamoDB` takes 400 KB an item, and compresses nothing by itself.
const MAX_BODY: usize = 2 * 1024 * 1024;
/// The most subjects that one name leads to.
const MAX_FOUND: usize = 50;

impl State for Store {
    fn read(&self, keys: Vec<SubjectKey>) -> PortFuture<'_, Result<Vec<Option<Record>>, StateError>> {
        Box::pin(async move {
            let rows = self.lock();
            keys.iter().map(|key| record(&**rows, key)).collect()
        })
    }

    fn save(&self, saves: Vec<Save>) -> PortFuture<'_, Vec<Result<(), StateError>>> {
        Box::pin(async move {
            let mut rows = self.lock();
            saves.into_iter().map(|save| save_one(&mut **rows, save)).collect()
        })
    }

    fn due(&self, lane: Lane, now: Timestamp, limit: usize) -> PortFuture<'_, Result<Vec<SubjectKey>, StateError>> {
        Box::pin(async move {
            let space = due_space(lane);
            let rows = self.lock().scan(space, "", limit)?;
            let until = format!("{}~", sortable(now));
            let due = rows.into_iter().map(|(key, _)| key).take_while(|key| *key <= until);
            due.map(|key| subject_after(&key)).collect()
        })
    }

    fn find<'a>(&'a self, reference: &'a str) -> PortFuture<'a, Result<Vec<SubjectKey>, StateError>> {
        Box::pin(async move {
            let prefix = format!("{}\u{1}", name(reference));
            let rows = self.lock().scan("name", &prefix, MAX_FOUND)?;
            let found = rows.into_iter().filter_map(|(key, _)| key.strip_prefix(&prefix).map(ToOwned::to_owned));
            found.map(|key| SubjectKey::parse(&key).map_err(|error| broken(&error))).collect()
        })
    }

    fn parked(&self, after: Option<SubjectKey>, limit: usize) -> PortFuture<'_, Result<Vec<Head>, StateError>> {
        Box::pin(async move {
            let rows = self.lock();
            let from = after.map(|key| format!("{key}\u{0}")).unwrap_or_default();
            let keys = rows.scan("parked", &from, limit)?;
            keys.iter().filter_map(|(key, _)| head(&**rows, key).transpose()).collect()
        })
    }

    fn open_call(&self, call: CallRecord) -> PortFuture<'_, Result<(), StateError>> {
        Box::pin(async move {
            let due = format!("{}#{}", sortable(call.deadline), call.id);
            self.lock().commit(vec![
                ("call".into(), call.id.clone(), Some(encode(&call)?)),
                ("call_due".into(), due, Some(call.id.into_bytes())),
            ])
        })
    }

    fn close_call<'a>(&'a self, id: &'a str) -> PortFuture<'a, Result<(), StateError>> {
        Box::pin(async move {
            let mut rows = self.lock();
            let Some(bytes) = rows.get("call", id)? else { return Ok(()) };
            let call: CallRecord = decode(&bytes)?;
            let due = format!("{}#{}", sortable(call.deadline), call.id);
            rows.commit(vec![("call".into(), call.id, None), ("call_due".into(), due, None)])
        })
    }

    fn overdue_calls(&self, now: Timestamp, limit: usize) -> PortFuture<'_, Result<Vec<CallRecord>, StateError>> {
        Box::pin(async move {
            let rows = self.lock();
            let until = format!("{}~", sortable(now));
            let due = rows.scan("call_due", "", limit)?;
            let ids = due.into_iter().take_while(|(key, _)| *key <= until).filter_map(|(key, _)| {
                let id = key.split_once('#').map(|(_, id)| id.to_owned())?;
                rows.get("call", &id).transpose()
            });
            ids.map(|bytes| decode(&bytes?)).collect()
        })
    }

    fn acquire_permit(&self, request: PermitRequest) -> PortFuture<'_, Result<Option<Permit>, StateError>> {
        Box::pin(async move {
            let mut rows = self.lock();
            let mut free = None;
            let held = permits(&**rows, &request.database)?;
            let live = held.iter().filter(|permit| permit.until > request.now).count();
            for slot in 0..request.limit {
                let taken = held.iter().any(|permit| permit.slot == slot && permit.until > request.now);
                if !taken {
                    free = Some(slot);
                    break;
                }
            }
            // A limit that was lowered counts the permits above it too.
            let Some(slot) = free.filter(|_| u32::try_from(live).is_ok_and(|live| live < request.limit)) else {
                return Ok(None);
            };
            let until = request.now.checked_add(request.term).map_err(|error| broken(&error))?;
            let permit = Permit { database: request.database, slot, holder: request.holder, until };
            rows.commit(vec![("permit".into(), permit_key(&permit.database, slot), Some(encode(&permit)?))])?;
            Ok(Some(permit))
        })
    }

    fn release_permit(&self, permit: Permit) -> PortFuture<'_, Result<(), StateError>> {
        Box::pin(async move {
            let mut rows = self.lock();
            let key = permit_key(&permit.database, permit.slot);
            let Some(bytes) = rows.get("permit", &key)? else { return Ok(()) };
            let held: Permit = decode(&bytes)?;
            if held.holder == permit.holder { rows.commit(vec![("permit".into(), key, None)]) } else { Ok(()) }
        })
    }

    fn pressure<'a>(&'a self, database: &'a str) -> PortFuture<'a, Result<Pressure, StateError>> {
        Box::pin(async move {
            let bytes = self.lock().get("pressure", database)?;
            bytes.map_or_else(|| Ok(Pressure::default()), |bytes| decode(&bytes))
        })
    }

    fn save_pressure<'a>(
        &'a self,
        database: &'a str,
        mut pressure: Pressure,
    ) -> PortFuture<'a, Result<(), StateError>> {
        Box::pin(async move {
            let mut rows = self.lock();
            let stored: Pressure = match rows.get("pressure", database)? {
                Some(bytes) => decode(&bytes)?,
                None => Pressure::default(),
            };
            if stored.version != pressure.version {
                return Err(StateError::Conflict);
            }
            pressure.version = pressure.version.saturating_add(1);
            rows.commit(vec![("pressure".into(), database.to_owned(), Some(encode(&pressure)?))])
        })
    }
}

fn head(rows: &dyn Rows, key: &str) -> Result<Option<Head>, StateError> {
    rows.get("head", key)?.map(|bytes| decode(&bytes)).transpose()
}

fn record(rows: &dyn Rows, key: &SubjectKey) -> Result<Option<Record>, StateError> {
    let key = key.to_string();
    let Some(head) = head(rows, &key)? else { return Ok(None) };
    let body: Body = match rows.get("body", &key)? {
        Some(bytes) => decode(&bytes)?,
        None => Body::default(),
    };
    Ok(Some(Record { head, body }))
}

fn save_one(rows: &mut dyn Rows, save: Save) -> Result<(), StateError> {
    let key = save.head.key.to_string();
    let stored = head(rows, &key)?;
    if stored.as_ref().map_or(0, |stored| stored.version) != save.head.version {
        return Err(StateError::Conflict);
    }
    let mut next = save.head;
    next.version = next.version.saturating_add(1);
    let bytes = encode(&next)?;
    if bytes.len() > MAX_HEAD {
        return Err(StateError::Broken(format!("the head of {key} has {} bytes, more than {MAX_HEAD}", bytes.len())));
    }
    let mut changes: Vec<Change> = Vec::new();
    if let Some(stored) = &stored {
        changes.extend(index_rows(stored).into_iter().map(|(space, key)| (space, key, None)));
    }
    changes.extend(index_rows(&next).into_iter().map(|(space, key)| (space, key, Some(Vec::new()))));
    changes.push(("head".into(), key.clone(), Some(bytes)));
    if let Some(body) = save.body {
        let bytes = encode(&body)?;
        if bytes.len() > MAX_BODY {
            return Err(StateError::Broken(format!(
                "the body of {key} has {} bytes, more than {MAX_BODY}",
                bytes.len()
            )));
        }
        changes.push(("body".into(), key, Some(bytes)));
    }
    rows.commit(changes)
}

/// The rows that lead to a subject: due index, parked index, names.
fn index_rows(head: &Head) -> Vec<(String, String)> {
    let key = head.key.to_string();
    let mut rows = Vec::new();
    if let Some(due) = &head.due {
        rows.push((due_space(due.lane).to_owned(), format!("{}#{key}", sortable(due.at))));
    }
    if head.parked.is_some() {
        rows.push(("parked".into(), key.clone()));
    }
    let mut names = vec![head.key.external_id().to_owned(), key.clone()];
    names.extend(head.number.clone());
    if let Some(order) = &head.odoo {
        names.extend([order.name.clone(), order.id.to_string()]);
    }
    for text in &mut names {
        *text = name(text);
    }
    names.sort();
    names.dedup();
    rows.extend(names.into_iter().map(|text| ("name".to_owned(), format!("{text}\u{1}{key}"))));
    rows
}

/// A name as it is looked up: without the `#` that shops put before their numbers, in any case.
fn name(text: &str) -> String {
    text.trim().trim_start_matches('#').to_lowercase()
}

fn due_space(lane: Lane) -> &'static str {
    match lane {
        Lane::Urgent => "due_urgent",
        Lane::Bulk => "due_bulk",
    }
}

fn subject_after(key: &str) -> Result<SubjectKey, StateError> {
    let subject = key.split_once('#').map_or(key, |(_, subject)| subject);
    SubjectKey::parse(subject).map_err(|error| broken(&error))
}

fn permit_key(database: &str, slot: u32) -> String {
    format!("{database}#{slot:05}")
}

fn permits(rows: &dyn Rows, database: &str) -> Result<Vec<Permit>, StateError> {
    let prefix = format!("{database}#");
    let found = rows.scan("permit", &prefix, 10_000)?;
    found.into_iter().take_while(|(key, _)| key.starts_with(&prefix)).map(|(_, bytes)| decode(&bytes)).collect()
}
