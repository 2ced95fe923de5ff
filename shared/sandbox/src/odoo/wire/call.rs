//! One method call, whichever way it came in.

use serde_json::{Map, Value as Json};

use super::error::{Kind, OdooError};

/// How the arguments were given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Style {
    /// `execute_kw`: a list and keywords; ids are the first of the list.
    Positional,
    /// JSON-2: names, `ids` among them.
    Named,
}

/// A call of `model.method`.
#[derive(Clone, Debug)]
pub(crate) struct Call {
    pub(crate) model: String,
    pub(crate) method: String,
    pub(crate) style: Style,
    pub(crate) args: Vec<Json>,
    pub(crate) named: Map<String, Json>,
    pub(crate) context: Map<String, Json>,
}

impl Call {
    /// Takes the context out of the keywords.
    pub(crate) fn new(model: &str, method: &str, style: Style, (args, named): (Vec<Json>, Map<String, Json>)) -> Self {
        let mut call =
            Self { model: model.to_owned(), method: method.to_owned(), style, args, named, context: Map::new() };
        if let Some(Json::Object(context)) = call.named.remove("context") {
            call.context = context;
        }
        call
    }

    /// Checks the arguments against the method's own, and puts them in its order.
    ///
    /// `record` methods take ids first; JSON-2 refuses ids for the others (exchange 339).
    pub(crate) fn bind(&self, record: bool, parameters: &[Parameter]) -> Result<Bound<'_>, OdooError> {
        let mut args = self.args.iter();
        let ids = match (record, self.style) {
            (true, Style::Positional) => args.next(),
            (true, Style::Named) => self.named.get("ids"),
            (false, Style::Positional) => None,
            (false, Style::Named) => {
                if self.named.get("ids").is_some_and(|ids| ids.as_array().is_none_or(|ids| !ids.is_empty())) {
                    return Err(self.unprocessable(format!("cannot call {}.{} with ids", self.model, self.method)));
                }
                None
            }
        };
        let mut values = Vec::with_capacity(parameters.len());
        for parameter in parameters {
            let value = args.next().or_else(|| self.named.get(parameter.name));
            if value.is_none() && parameter.required {
                return Err(self.missing_argument(parameter.name));
            }
            values.push(value);
        }
        self.refuse_unknown(parameters)?;
        if args.next().is_some() {
            let text = format!("{}.{}() takes fewer positional arguments", class_name(&self.model), self.method);
            return Err(OdooError::new(Kind::Type, text));
        }
        Ok(Bound { ids, values })
    }

    fn refuse_unknown(&self, parameters: &[Parameter]) -> Result<(), OdooError> {
        for name in self.named.keys().filter(|name| *name != "ids") {
            if parameters.iter().any(|parameter| parameter.name == name) {
                continue;
            }
            return Err(match self.style {
                Style::Named => self.unprocessable(format!("got an unexpected keyword argument '{name}'")),
                Style::Positional => OdooError::new(
                    Kind::Type,
                    format!(
                        "{}.{}() got an unexpected keyword argument '{name}'",
                        class_name(&self.model),
                        self.method
                    ),
                ),
            });
        }
        Ok(())
    }

    fn unprocessable(&self, message: String) -> OdooError {
        let _ = self;
        OdooError::new(Kind::Http("werkzeug.exceptions.UnprocessableEntity", 422), message)
    }

    /// Exchange 212 on JSON-RPC, 338 on JSON-2.
    fn missing_argument(&self, name: &str) -> OdooError {
        match self.style {
            Style::Named => self.unprocessable(format!("missing a required argument: '{name}'")),
            Style::Positional => OdooError::new(
                Kind::Type,
                format!(
                    "{}.{}() missing 1 required positional argument: '{name}'",
                    class_name(&self.model),
                    self.method
                ),
            ),
        }
    }
}

/// The Python class of a model: `res.partner` is `ResPartner` (exchange 212).
fn class_name(model: &str) -> String {
    model
        .split('.')
        .map(|part| {
            let mut letters = part.chars();
            letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
        })
        .collect()
}

/// One parameter of a method.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Parameter {
    name: &'static str,
    required: bool,
}

/// A parameter that must be given.
pub(crate) const fn required(name: &'static str) -> Parameter {
    Parameter { name, required: true }
}

/// A parameter that has a default.
pub(crate) const fn optional(name: &'static str) -> Parameter {
    Parameter { name, required: false }
}

/// Arguments in the method's own order.
#[derive(Debug)]
pub(crate) struct Bound<'a> {
    ids: Option<&'a Json>,
    values: Vec<Option<&'a Json>>,
}

impl<'a> Bound<'a> {
    /// The ids of a record method: a list, or one alone.
    pub(crate) fn ids(&self) -> Vec<i64> {
        match self.ids {
            Some(Json::Array(ids)) => ids.iter().filter_map(Json::as_i64).collect(),
            Some(Json::Number(id)) => id.as_i64().into_iter().collect(),
            Some(Json::Null | Json::Bool(_) | Json::String(_) | Json::Object(_)) | None => Vec::new(),
        }
    }

    /// The argument at that place; null counts as absent.
    pub(crate) fn at(&self, place: usize) -> Option<&'a Json> {
        self.values.get(place).copied().flatten().filter(|value| !value.is_null())
    }

    pub(crate) fn text(&self, place: usize) -> &'a str {
        self.at(place).and_then(Json::as_str).unwrap_or("")
    }

    pub(crate) fn list(&self, place: usize) -> &'a [Json] {
        self.at(place).and_then(Json::as_array).map_or(&[], Vec::as_slice)
    }

    pub(crate) fn number(&self, place: usize) -> Option<usize> {
        self.at(place).and_then(Json::as_u64).and_then(|number| usize::try_from(number).ok())
    }
}
