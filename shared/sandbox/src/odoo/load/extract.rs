//! Rows to records: which rows belong together, which cells to which field.

use serde_json::Value as Json;

use super::Place;
use crate::odoo::{
    orm::env::Env,
    schema::{self, Model, field::Kind},
    wire::error::OdooError,
};

/// What a column addresses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Column {
    /// `id`
    External,
    /// `.id`
    DatabaseId,
    /// A plain cell; for a relation, a display name.
    Own(usize),
    /// `field/...` of a many2one or many2many.
    Below(usize, Box<Column>),
    /// `field/...` of children: rows that set nothing else belong to the record above.
    Child(usize, Box<Column>),
    /// Fields that every model has and no load can set.
    Ignored,
}

impl Column {
    /// Reads the header; an unknown name refuses the whole call (exchanges 243, 304).
    pub(super) fn parse_all(model: Model, fields: &[Json], env: &Env) -> Result<Vec<Self>, OdooError> {
        fields.iter().map(|name| Self::parse(model, name.as_str().unwrap_or_default(), env)).collect()
    }

    fn parse(model: Model, path: &str, env: &Env) -> Result<Self, OdooError> {
        let (head, rest) = path.split_once('/').map_or((path, None), |(head, rest)| (head, Some(rest)));
        match head {
            "id" => return Ok(Self::External),
            ".id" => return Ok(Self::DatabaseId),
            "create_date" | "write_date" | "create_uid" | "write_uid" | "display_name" => return Ok(Self::Ignored),
            _ => {}
        }
        let invalid = || OdooError::value(format!("Invalid field name '{head}'"));
        let slot = schema::of(model).slot(head, env.version).ok_or_else(invalid)?;
        let Some(rest) = rest else { return Ok(Self::Own(slot)) };
        match schema::of(model).fields.get(slot).map(|field| field.kind) {
            Some(Kind::Many2one(target) | Kind::Many2many(target)) => {
                Ok(Self::Below(slot, Box::new(Self::parse(target, rest, env)?)))
            }
            Some(Kind::One2many(target, _)) => Ok(Self::Child(slot, Box::new(Self::parse(target, rest, env)?))),
            Some(_) | None => Err(invalid()),
        }
    }
}

/// One record as it stands in the rows.
#[derive(Debug)]
pub(super) struct Raw<'a> {
    pub(super) external: Option<&'a str>,
    pub(super) database_id: Option<&'a Json>,
    pub(super) cells: Vec<(usize, Cell<'a>)>,
    pub(super) place: Place,
}

/// What one field got.
#[derive(Debug)]
pub(super) enum Cell<'a> {
    /// A cell of its own column.
    Plain(&'a Json),
    /// Records of the model behind; none when all its cells are blank.
    Records(Vec<Raw<'a>>),
}

/// Does Python call it true?
pub(super) fn is_set(cell: &Json) -> bool {
    match cell {
        Json::Null => false,
        Json::Bool(flag) => *flag,
        Json::Number(number) => number.as_i64() != Some(0),
        Json::String(text) => !text.is_empty(),
        Json::Array(list) => !list.is_empty(),
        Json::Object(map) => !map.is_empty(),
    }
}

/// A column with its place in the row.
type At<'c> = (usize, &'c Column);
type Row<'a> = &'a [Json];

fn cell(row: Row<'_>, at: usize) -> &Json {
    row.get(at).unwrap_or(&Json::Null)
}

/// Groups the rows of the call.
pub(super) fn records<'a>(columns: &[Column], rows: &'a [Json]) -> Vec<Raw<'a>> {
    let rows: Vec<Row<'a>> = rows.iter().map(|row| row.as_array().map_or(&[][..], Vec::as_slice)).collect();
    let columns: Vec<At<'_>> = columns.iter().enumerate().collect();
    grouped(&columns, &rows)
}

/// A row of which only children are set belongs to the record above it.
fn grouped<'a>(columns: &[At<'_>], rows: &[Row<'a>]) -> Vec<Raw<'a>> {
    let continues = |row: Row<'a>| {
        let (below, own): (Vec<&At<'_>>, Vec<&At<'_>>) =
            columns.iter().partition(|(_, column)| matches!(column, Column::Child(..)));
        below.iter().any(|(at, _)| is_set(cell(row, *at))) && !own.iter().any(|(at, _)| is_set(cell(row, *at)))
    };
    let mut records = Vec::new();
    let mut from = 0usize;
    while from < rows.len() {
        let span = rows.get(from.saturating_add(1)..).unwrap_or(&[]);
        let more = span.iter().take_while(|row| continues(row)).count();
        let to = from.saturating_add(more);
        let place = Place { record: records.len(), from, to };
        records.push(one(columns, rows.get(from..=to).unwrap_or(&[]), place));
        from = to.saturating_add(1);
    }
    records
}

impl<'a> Raw<'a> {
    /// External ids that the cells of this record refer to.
    pub(super) fn referred(&self) -> impl Iterator<Item = &'a str> {
        let records = self.cells.iter().filter_map(|(_, cell)| match cell {
            Cell::Records(records) => Some(records),
            Cell::Plain(_) => None,
        });
        records.flatten().filter_map(|record| record.external).filter(|name| !name.is_empty())
    }
}

fn one<'a>(columns: &[At<'_>], rows: &[Row<'a>], place: Place) -> Raw<'a> {
    let mut raw = Raw { external: None, database_id: None, cells: Vec::with_capacity(columns.len()), place };
    let first = rows.first().copied().unwrap_or(&[]);
    for (at, column) in columns {
        match column {
            Column::External => raw.external = cell(first, *at).as_str(),
            Column::DatabaseId => raw.database_id = Some(cell(first, *at)),
            Column::Own(slot) => raw.cells.push((*slot, Cell::Plain(cell(first, *at)))),
            Column::Below(slot, _) | Column::Child(slot, _) => {
                if !raw.cells.iter().any(|(known, _)| known == slot) {
                    raw.cells.push((*slot, Cell::Records(below(columns, rows, *slot))));
                }
            }
            Column::Ignored => {}
        }
    }
    raw
}

fn below<'a>(columns: &[At<'_>], rows: &[Row<'a>], slot: usize) -> Vec<Raw<'a>> {
    let inner: Vec<At<'_>> = columns
        .iter()
        .filter_map(|(at, column)| match column {
            Column::Below(of, inner) | Column::Child(of, inner) if *of == slot => Some((*at, &**inner)),
            Column::Below(..)
            | Column::Child(..)
            | Column::External
            | Column::DatabaseId
            | Column::Own(_)
            | Column::Ignored => None,
        })
        .collect();
    let filled: Vec<Row<'a>> =
        rows.iter().filter(|row| inner.iter().any(|(at, _)| is_set(cell(row, *at)))).copied().collect();
    grouped(&inner, &filled)
}
