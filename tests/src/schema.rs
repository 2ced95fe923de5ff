//! Holds questions and answers in GraphQL against a schema: the rules of validation that matter to a client, by a parser
//! that is nobody's code under test.

#![allow(clippy::expect_used, clippy::wildcard_enum_match_arm, reason = "what goes wrong here must fail its test")]

use std::collections::BTreeMap;

use graphql_parser::{
    query::{self, Definition, Document, Field, OperationDefinition, Selection, SelectionSet, VariableDefinition},
    schema::{self, InputValue, Type, TypeDefinition},
};
use serde_json::Value;

use crate::source::root;

type Name = String;
type Typed = Type<'static, Name>;

/// A schema.
pub struct Schema {
    types: BTreeMap<Name, TypeDefinition<'static, Name>>,
}

/// A question that is being checked.
struct Check<'a> {
    schema: &'a Schema,
    document: &'a Document<'static, Name>,
    variables: BTreeMap<&'a str, &'a VariableDefinition<'static, Name>>,
    problems: Vec<String>,
}

/// What a type is without lists and non-null.
fn bare(of: &Typed) -> &str {
    match of {
        Type::NamedType(name) => name,
        Type::ListType(inner) | Type::NonNullType(inner) => bare(inner),
    }
}

impl Schema {
    /// The slice of the Admin API that the channel contract gives.
    ///
    /// # Panics
    /// When the fixture is gone or no schema.
    #[must_use]
    pub fn slice() -> Self {
        let path = root().join("tests/fixtures/shopify/admin_2026-10_slice.graphql");
        let text = std::fs::read_to_string(path).expect("the schema slice");
        let document = schema::parse_schema::<Name>(&text).expect("a schema").into_static();
        let types = document.definitions.into_iter().filter_map(|definition| match definition {
            schema::Definition::TypeDefinition(definition) => Some((type_name(&definition).to_owned(), definition)),
            _ => None,
        });
        Self { types: types.collect() }
    }

    /// What is wrong with a question.
    ///
    /// # Panics
    /// When it does not even parse.
    #[must_use]
    pub fn problems(&self, query: &str, variables: &Value) -> Vec<String> {
        let document = query::parse_query::<Name>(query).expect("a question").into_static();
        let (root, definitions, set) = operation(&document);
        let variables_of = definitions.iter().map(|one| (one.name.as_str(), one)).collect();
        let mut check = Check { schema: self, document: &document, variables: variables_of, problems: Vec::new() };
        check.set(set, root, "");
        for definition in definitions {
            let given = variables.get(&definition.name).unwrap_or(&Value::Null);
            check.input(given, &definition.var_type, &format!("${}", definition.name));
        }
        check.problems
    }

    /// What is wrong with the data of an answer to a question.
    ///
    /// # Panics
    /// When the question does not parse.
    #[must_use]
    pub fn differences(&self, query: &str, data: &Value) -> Vec<String> {
        let document = query::parse_query::<Name>(query).expect("a question").into_static();
        let (root, _, set) = operation(&document);
        let mut check = Check { schema: self, document: &document, variables: BTreeMap::new(), problems: Vec::new() };
        check.object(set, root, data, "data");
        check.problems
    }

    fn fields(&self, name: &str) -> &[schema::Field<'static, Name>] {
        match self.types.get(name) {
            Some(TypeDefinition::Object(object)) => &object.fields,
            Some(TypeDefinition::Interface(interface)) => &interface.fields,
            _ => &[],
        }
    }

    fn is_leaf(&self, name: &str) -> bool {
        let known = self.types.get(name);
        known.is_none() || matches!(known, Some(TypeDefinition::Scalar(_) | TypeDefinition::Enum(_)))
    }
}

fn type_name<'a>(definition: &'a TypeDefinition<'static, Name>) -> &'a str {
    match definition {
        TypeDefinition::Scalar(one) => &one.name,
        TypeDefinition::Object(one) => &one.name,
        TypeDefinition::Interface(one) => &one.name,
        TypeDefinition::Union(one) => &one.name,
        TypeDefinition::Enum(one) => &one.name,
        TypeDefinition::InputObject(one) => &one.name,
    }
}

type Operation<'a> = (&'static str, &'a [VariableDefinition<'static, Name>], &'a SelectionSet<'static, Name>);

fn operation<'a>(document: &'a Document<'static, Name>) -> Operation<'a> {
    document
        .definitions
        .iter()
        .find_map(|definition| match definition {
            Definition::Operation(OperationDefinition::Query(one)) => {
                Some(("QueryRoot", one.variable_definitions.as_slice(), &one.selection_set))
            }
            Definition::Operation(OperationDefinition::Mutation(one)) => {
                Some(("Mutation", one.variable_definitions.as_slice(), &one.selection_set))
            }
            _ => None,
        })
        .expect("one operation")
}

impl<'a> Check<'a> {
    fn wrong(&mut self, path: &str, problem: impl std::fmt::Display) {
        self.problems.push(format!("{path}: {problem}"));
    }

    fn fragment(&self, name: &str) -> Option<(&'a str, &'a SelectionSet<'static, Name>)> {
        self.document.definitions.iter().find_map(|definition| match definition {
            Definition::Fragment(one) if one.name == name => {
                let query::TypeCondition::On(on) = &one.type_condition;
                Some((on.as_str(), &one.selection_set))
            }
            _ => None,
        })
    }

    fn set(&mut self, set: &'a SelectionSet<'static, Name>, of: &str, path: &str) {
        for item in &set.items {
            match item {
                Selection::Field(field) => self.field(field, of, &format!("{path}/{}", field.name)),
                Selection::FragmentSpread(spread) => match self.fragment(&spread.fragment_name) {
                    Some((on, inner)) if on == of => self.set(inner, of, path),
                    Some((on, _)) => self.wrong(path, format!("{} is on {on}, not on {of}", spread.fragment_name)),
                    None => self.wrong(path, format!("no fragment {}", spread.fragment_name)),
                },
                Selection::InlineFragment(inner) => self.set(&inner.selection_set, of, path),
            }
        }
    }

    fn field(&mut self, field: &'a Field<'static, Name>, of: &str, path: &str) {
        let schema = self.schema;
        let Some(known) = schema.fields(of).iter().find(|known| known.name == field.name) else {
            return self.wrong(path, format!("no such field on {of}"));
        };
        if known.directives.iter().any(|directive| directive.name == "deprecated") {
            self.wrong(path, "deprecated");
        }
        self.arguments(&field.arguments, &known.arguments, path);
        let inner = bare(&known.field_type);
        match (schema.is_leaf(inner), field.selection_set.items.is_empty()) {
            (true, false) => self.wrong(path, format!("{inner} has no fields")),
            (false, true) => self.wrong(path, format!("{inner} needs a selection")),
            (true, true) => {}
            (false, false) => self.set(&field.selection_set, inner, path),
        }
    }

    fn arguments(
        &mut self,
        given: &'a [(Name, query::Value<'static, Name>)],
        known: &[InputValue<'static, Name>],
        path: &str,
    ) {
        for (name, value) in given {
            let Some(argument) = known.iter().find(|argument| argument.name == *name) else {
                self.wrong(path, format!("no argument {name}"));
                continue;
            };
            self.argument(value, &argument.value_type, &format!("{path}({name})"));
        }
        for argument in known {
            let needed = matches!(argument.value_type, Type::NonNullType(_)) && argument.default_value.is_none();
            if needed && given.iter().all(|(name, _)| *name != argument.name) {
                self.wrong(path, format!("the argument {} is missing", argument.name));
            }
        }
    }

    fn argument(&mut self, value: &'a query::Value<'static, Name>, wanted: &Typed, path: &str) {
        if let query::Value::Variable(name) = value {
            let Some(variable) = self.variables.get(name.as_str()) else {
                return self.wrong(path, format!("${name} is not declared"));
            };
            let optional = if let Type::NonNullType(inner) = wanted { inner } else { wanted };
            let has = &variable.var_type;
            let fits = has == wanted || matches!(has, Type::NonNullType(inner) if **inner == *optional);
            if !fits {
                self.wrong(path, format!("${name} is {has}, not {wanted}"));
            }
            return;
        }
        let json = match value {
            query::Value::Int(number) => Value::from(number.as_i64()),
            query::Value::String(text) | query::Value::Enum(text) => Value::from(text.as_str()),
            query::Value::Boolean(flag) => Value::from(*flag),
            _ => Value::Null,
        };
        self.input(&json, wanted, path);
    }

    /// Does a value fit an input type?
    fn input(&mut self, value: &Value, wanted: &Typed, path: &str) {
        match (wanted, value) {
            (Type::NonNullType(_), Value::Null) => self.wrong(path, "null"),
            (Type::NonNullType(inner), value) => self.input(value, inner, path),
            (_, Value::Null) => {}
            (Type::ListType(inner), Value::Array(list)) => {
                for item in list {
                    self.input(item, inner, path);
                }
            }
            (Type::ListType(_), _) => self.wrong(path, "no list"),
            (Type::NamedType(name), value) => self.named(name, value, path),
        }
    }

    fn named(&mut self, name: &str, value: &Value, path: &str) {
        match self.schema.types.get(name) {
            Some(TypeDefinition::InputObject(object)) => {
                let Some(fields) = value.as_object() else { return self.wrong(path, format!("no {name}")) };
                for (key, inner) in fields {
                    match object.fields.iter().find(|known| known.name == *key) {
                        Some(known) if known.directives.iter().any(|directive| directive.name == "deprecated") => {
                            self.wrong(path, format!("{key} is deprecated"));
                        }
                        Some(known) => self.input(inner, &known.value_type, &format!("{path}.{key}")),
                        None => self.wrong(path, format!("{name} has no field {key}")),
                    }
                }
            }
            _ => {
                if let Some(problem) = misfit(self.schema, name, value) {
                    self.wrong(path, problem);
                }
            }
        }
    }

    /// Holds an object of an answer against what was asked for.
    fn object(&mut self, set: &'a SelectionSet<'static, Name>, of: &str, value: &Value, path: &str) {
        let Some(fields) = value.as_object() else { return self.wrong(path, "no object") };
        let mut asked: Vec<&Field<'static, Name>> = Vec::new();
        self.gather(set, &mut asked);
        let schema = self.schema;
        for field in &asked {
            let key = field.alias.as_ref().unwrap_or(&field.name);
            let path = format!("{path}/{key}");
            let Some(known) = schema.fields(of).iter().find(|known| known.name == field.name) else { continue };
            match fields.get(key) {
                Some(inner) => self.output(field, &known.field_type, inner, &path),
                None => self.wrong(&path, "not answered"),
            }
        }
        let keys: Vec<&Name> = asked.iter().map(|field| field.alias.as_ref().unwrap_or(&field.name)).collect();
        for key in fields.keys().filter(|key| !keys.contains(key)) {
            self.wrong(path, format!("{key} was not asked for"));
        }
    }

    fn gather(&self, set: &'a SelectionSet<'static, Name>, fields: &mut Vec<&'a Field<'static, Name>>) {
        for item in &set.items {
            match item {
                Selection::Field(field) => fields.push(field),
                Selection::InlineFragment(inner) => self.gather(&inner.selection_set, fields),
                Selection::FragmentSpread(spread) => {
                    if let Some((_, inner)) = self.fragment(&spread.fragment_name) {
                        self.gather(inner, fields);
                    }
                }
            }
        }
    }

    fn output(&mut self, field: &'a Field<'static, Name>, of: &Typed, value: &Value, path: &str) {
        match (of, value) {
            (Type::NonNullType(_), Value::Null) => self.wrong(path, "null"),
            (Type::NonNullType(inner), value) => self.output(field, inner, value, path),
            (_, Value::Null) => {}
            (Type::ListType(inner), Value::Array(list)) => {
                for item in list {
                    self.output(field, inner, item, path);
                }
            }
            (Type::ListType(_), _) => self.wrong(path, "no list"),
            (Type::NamedType(name), value) if self.schema.is_leaf(name) => {
                if let Some(problem) = misfit(self.schema, name, value) {
                    self.wrong(path, problem);
                }
            }
            (Type::NamedType(name), value) => self.object(&field.selection_set, name, value, path),
        }
    }
}

/// Why a value is none of a leaf type.
fn misfit(schema: &Schema, name: &str, value: &Value) -> Option<String> {
    let fits = match (schema.types.get(name), name) {
        (Some(TypeDefinition::Enum(one)), _) => {
            value.as_str().is_some_and(|word| one.values.iter().any(|known| known.name == word))
        }
        (_, "Int") => value.is_i64(),
        (_, "Float") => value.is_number(),
        (_, "Boolean") => value.is_boolean(),
        (_, "DateTime") => {
            value.as_str().is_some_and(|text| text.ends_with('Z') && text.parse::<jiff::Timestamp>().is_ok())
        }
        (_, "Decimal") => value.as_str().is_some_and(|text| text.parse::<rust_decimal::Decimal>().is_ok()),
        _ => value.is_string(),
    };
    (!fits).then(|| format!("{value} is no {name}"))
}
