//! As much of GraphQL as an app asks for: one operation, variables, aliases, fragments. What an answer may be asked for is
//! held against the schema slice by tests, not here.

mod rate;
mod select;

use graphql_parser::query::{
    Definition, Document, Field, OperationDefinition, Selection, SelectionSet, Value as Written, parse_query,
};
use serde_json::{Map, Value, json};

pub(super) use rate::rate;
pub(super) use select::{connection, cursor, place, select};

/// How deep fragments may lie in fragments.
const MAX_DEPTH: usize = 8;

/// A question as it came in.
pub(super) struct Question {
    document: Document<'static, String>,
    variables: Map<String, Value>,
}

/// Why a question is not answered: `extensions.code` and a sentence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Wrong {
    pub(super) code: &'static str,
    pub(super) message: String,
}

impl Wrong {
    pub(super) fn new(code: &'static str, message: impl Into<String>) -> Self {
        Self { code, message: message.into() }
    }
}

type Fields<'a> = Vec<&'a Field<'static, String>>;

impl Question {
    /// Reads `{"query": ..., "variables": {...}}`.
    pub(super) fn read(body: &[u8]) -> Result<Self, Wrong> {
        let body: Value =
            serde_json::from_slice(body).map_err(|_| Wrong::new("BAD_REQUEST", "the body is not JSON"))?;
        let query = body.get("query").and_then(Value::as_str).unwrap_or_default();
        let document = parse_query::<String>(query).map_err(|error| Wrong::new("PARSE_ERROR", error.to_string()))?;
        let variables = body.get("variables").and_then(Value::as_object).cloned().unwrap_or_default();
        Ok(Self { document: document.into_static(), variables })
    }

    /// The fields of the one operation, and whether it is a mutation.
    pub(super) fn root(&self) -> Result<(Fields<'_>, bool), Wrong> {
        let operation = self.document.definitions.iter().find_map(|definition| match definition {
            Definition::Operation(OperationDefinition::Query(query)) => Some((&query.selection_set, false)),
            Definition::Operation(OperationDefinition::SelectionSet(set)) => Some((set, false)),
            Definition::Operation(OperationDefinition::Mutation(mutation)) => Some((&mutation.selection_set, true)),
            Definition::Operation(OperationDefinition::Subscription(_)) | Definition::Fragment(_) => None,
        });
        let (set, mutation) = operation.ok_or_else(|| Wrong::new("BAD_REQUEST", "no query and no mutation"))?;
        Ok((self.fields(set)?, mutation))
    }

    /// The fields of a selection, those of its fragments too.
    pub(super) fn fields<'a>(&'a self, set: &'a SelectionSet<'static, String>) -> Result<Fields<'a>, Wrong> {
        let mut fields = Vec::new();
        self.gather(set, MAX_DEPTH, &mut fields)?;
        Ok(fields)
    }

    fn gather<'a>(
        &'a self,
        set: &'a SelectionSet<'static, String>,
        depth: usize,
        fields: &mut Fields<'a>,
    ) -> Result<(), Wrong> {
        if depth == 0 {
            return Err(Wrong::new("BAD_REQUEST", "fragments lie too deep"));
        }
        for item in &set.items {
            match item {
                Selection::Field(field) => fields.push(field),
                Selection::InlineFragment(inner) => {
                    self.gather(&inner.selection_set, depth.saturating_sub(1), fields)?;
                }
                Selection::FragmentSpread(spread) => {
                    let fragment = self.document.definitions.iter().find_map(|definition| match definition {
                        Definition::Fragment(fragment) if fragment.name == spread.fragment_name => Some(fragment),
                        Definition::Fragment(_) | Definition::Operation(_) => None,
                    });
                    let unknown = || Wrong::new("undefinedFragment", format!("no fragment {}", spread.fragment_name));
                    let fragment = fragment.ok_or_else(unknown)?;
                    self.gather(&fragment.selection_set, depth.saturating_sub(1), fields)?;
                }
            }
        }
        Ok(())
    }

    /// An argument of a field; null where it is not given.
    pub(super) fn argument(&self, field: &Field<'static, String>, name: &str) -> Value {
        let given = field.arguments.iter().find(|(known, _)| known == name).map(|(_, value)| value);
        given.map_or(Value::Null, |value| self.value(value))
    }

    /// A whole number that is an argument.
    pub(super) fn number(&self, field: &Field<'static, String>, name: &str) -> Option<usize> {
        usize::try_from(self.argument(field, name).as_u64()?).ok()
    }

    fn value(&self, written: &Written<'static, String>) -> Value {
        match written {
            Written::Variable(name) => self.variables.get(name).cloned().unwrap_or_default(),
            Written::Int(number) => json!(number.as_i64()),
            Written::Float(_) | Written::Null => Value::Null,
            Written::String(text) | Written::Enum(text) => json!(text),
            Written::Boolean(flag) => json!(flag),
            Written::List(list) => list.iter().map(|item| self.value(item)).collect(),
            Written::Object(fields) => {
                Value::Object(fields.iter().map(|(name, value)| (name.clone(), self.value(value))).collect())
            }
        }
    }
}
