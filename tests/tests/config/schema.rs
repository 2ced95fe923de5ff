//! As much of JSON Schema 2020-12 as the schemas under `infra/config` use. A keyword that is not known here fails the test,
//! so nothing is silently unchecked.

use regex_lite::Regex;
use serde_json::Value;
use sluice_tests::source::root;

/// Keywords that say something to people only, or hold definitions.
const NOTES: &[&str] = &["$schema", "title", "description", "default", "$defs", "then", "version", "format"];

/// A schema of `infra/config/schema`.
pub(crate) fn schema(name: &str) -> Value {
    let path = root().join(format!("infra/config/schema/{name}.schema.json"));
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

/// YAML as JSON; a tagged value is an object of one key, as serde reads it.
pub(crate) fn yaml(text: &str) -> Value {
    json(serde_yaml_ng::from_str(text).unwrap())
}

fn json(value: serde_yaml_ng::Value) -> Value {
    use serde_yaml_ng::Value as Yaml;
    match value {
        Yaml::Tagged(tagged) => {
            let tag = tagged.tag.to_string().trim_start_matches('!').to_owned();
            Value::Object([(tag, json(tagged.value))].into_iter().collect())
        }
        Yaml::Sequence(items) => items.into_iter().map(json).collect(),
        Yaml::Mapping(map) => {
            let pairs = map.into_iter().map(|(key, value)| (key.as_str().unwrap().to_owned(), json(value)));
            Value::Object(pairs.collect())
        }
        plain @ (Yaml::Null | Yaml::Bool(_) | Yaml::Number(_) | Yaml::String(_)) => {
            serde_json::to_value(plain).unwrap()
        }
    }
}

/// Holds a value against a schema.
pub(crate) fn check(schema: &Value, value: &Value) -> Result<(), String> {
    Validator { root: schema }.value(schema, value, "")
}

struct Validator<'a> {
    root: &'a Value,
}

impl Validator<'_> {
    fn value(&self, schema: &Value, value: &Value, at: &str) -> Result<(), String> {
        for (keyword, rule) in schema.as_object().unwrap() {
            if !NOTES.contains(&keyword.as_str()) && !self.keyword(schema, (keyword, rule), value, at)? {
                return Err(format!("{at}: {value} does not fit {keyword}: {rule}"));
            }
        }
        Ok(())
    }

    fn keyword(
        &self,
        schema: &Value,
        (keyword, rule): (&str, &Value),
        value: &Value,
        at: &str,
    ) -> Result<bool, String> {
        Ok(match keyword {
            "$ref" => {
                let target = self.root.pointer(rule.as_str().unwrap().trim_start_matches('#')).unwrap();
                return self.value(target, value, at).map(|()| true);
            }
            "type" => rule.as_array().map_or_else(|| is(rule, value), |types| types.iter().any(|one| is(one, value))),
            "const" => rule == value,
            "enum" => rule.as_array().unwrap().contains(value),
            "pattern" => value.as_str().is_none_or(|text| Regex::new(rule.as_str().unwrap()).unwrap().is_match(text)),
            "minLength" => {
                value.as_str().is_none_or(|text| u64::try_from(text.chars().count()).unwrap() >= rule.as_u64().unwrap())
            }
            "maxLength" => {
                value.as_str().is_none_or(|text| u64::try_from(text.chars().count()).unwrap() <= rule.as_u64().unwrap())
            }
            "maxItems" => {
                value.as_array().is_none_or(|items| u64::try_from(items.len()).unwrap() <= rule.as_u64().unwrap())
            }
            "minimum" => value.as_i64().is_none_or(|number| number >= rule.as_i64().unwrap()),
            "maximum" => value.as_i64().is_none_or(|number| number <= rule.as_i64().unwrap()),
            "oneOf" => {
                let schemas = rule.as_array().unwrap().iter();
                schemas.filter(|one| self.value(one, value, at).is_ok()).count() == 1
            }
            "anyOf" => {
                let schemas = rule.as_array().unwrap().iter();
                let mut why = schemas.map(|one| self.value(one, value, at).err());
                why.any(|why| why.is_none())
            }
            "allOf" => {
                for one in rule.as_array().unwrap() {
                    self.value(one, value, at)?;
                }
                true
            }
            "if" => self.value(rule, value, at).is_err() || self.value(&schema["then"], value, at).map(|()| true)?,
            "required" => rule.as_array().unwrap().iter().all(|name| value.get(name.as_str().unwrap()).is_some()),
            "items" => {
                for (index, item) in value.as_array().into_iter().flatten().enumerate() {
                    self.value(rule, item, &format!("{at}[{index}]"))?;
                }
                true
            }
            "properties" | "additionalProperties" | "propertyNames" => {
                return self.members(schema, (keyword, rule), value, at);
            }
            unknown => return Err(format!("this validator does not know {unknown}: teach it")),
        })
    }

    fn members(
        &self,
        schema: &Value,
        (keyword, rule): (&str, &Value),
        value: &Value,
        at: &str,
    ) -> Result<bool, String> {
        for (name, member) in value.as_object().into_iter().flatten() {
            let place = format!("{at}.{name}");
            let named = schema["properties"].get(name).filter(|_| keyword != "propertyNames");
            match (keyword, named) {
                ("properties", Some(property)) => self.value(property, member, &place)?,
                ("propertyNames", _) => self.value(rule, &Value::from(name.as_str()), &place)?,
                ("additionalProperties", None) if rule == false => return Err(format!("{place} is not known")),
                ("additionalProperties", None) => self.value(rule, member, &place)?,
                _ => {}
            }
        }
        Ok(true)
    }
}

fn is(name: &Value, value: &Value) -> bool {
    match name.as_str().unwrap() {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "boolean" => value.is_boolean(),
        "string" => value.is_string(),
        "integer" => value.is_i64(),
        "null" => value.is_null(),
        unknown => panic!("this validator does not know the type {unknown}: teach it"),
    }
}
