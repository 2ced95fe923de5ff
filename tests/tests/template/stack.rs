//! A template as CloudFormation sees it for given parameters: conditions decided, parameters and mappings put in, what a
//! condition leaves out gone. References to resources stay as they are.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};
use serde_yaml_ng::Value as Yaml;
use sluice_tests::source::root;

/// Every template of the bundle, the root first.
pub(crate) const FILES: &[&str] = &["template", "queues", "storage", "secrets", "access", "alarms"];

/// Stages, each without and with a customer key and a VPC.
pub(crate) const SETTINGS: &[&[(&str, &str)]] = &[
    &[("Stage", "dev")],
    &[("Stage", "staging")],
    &[("Stage", "prod")],
    &[("Stage", "dev"), ("KmsKeyArn", KEY), ("InVpc", "true"), ("SubnetIds", "subnet-a"), ("SecurityGroupIds", "sg-a")],
    &[
        ("Stage", "prod"),
        ("KmsKeyArn", KEY),
        ("InVpc", "true"),
        ("SubnetIds", "subnet-a"),
        ("SecurityGroupIds", "sg-a"),
    ],
];
/// A customer key.
pub(crate) const KEY: &str = "arn:aws:kms:eu-central-1:111122223333:key/example";

/// What `AWS::NoValue` becomes on the way.
const NOTHING: &str = "\u{0}nothing";

/// One template, resolved.
pub(crate) struct Stack {
    /// Resources that the conditions leave in, by logical id.
    pub(crate) resources: BTreeMap<String, Value>,
    /// What every function has, in the root.
    pub(crate) globals: Value,
    /// Outputs, by name.
    pub(crate) outputs: BTreeMap<String, Value>,
}

impl Stack {
    /// Resources of a type, with their logical ids.
    pub(crate) fn of_type(&self, kind: &str) -> Vec<(&str, &Value)> {
        let found = self.resources.iter().filter(|(_, resource)| resource["Type"] == kind);
        found.map(|(id, resource)| (id.as_str(), resource)).collect()
    }
}

/// A template's text.
pub(crate) fn text(file: &str) -> String {
    std::fs::read_to_string(root().join(format!("infra/{file}.yaml"))).unwrap()
}

/// A template as it is written.
pub(crate) fn raw(file: &str) -> Value {
    plain(serde_yaml_ng::from_str(&text(file)).unwrap())
}

/// A template with these parameters, and the defaults of the others.
pub(crate) fn stack(file: &str, parameters: &[(&str, &str)]) -> Stack {
    let template = raw(file);
    let mut values = BTreeMap::new();
    for (name, declared) in template["Parameters"].as_object().into_iter().flatten() {
        let given = parameters.iter().find(|(given, _)| given == name).map(|(_, value)| json!(value));
        if let Some(value) = given.or_else(|| declared.get("Default").cloned()) {
            values.insert(name.clone(), value);
        }
    }
    let resolver = Resolver { template: &template, values };
    let resources = members(&template["Resources"]).filter(|(_, resource)| resolver.is_kept(resource));
    let outputs = members(&template["Outputs"]).filter(|(_, output)| resolver.is_kept(output));
    Stack {
        resources: resources.map(|(id, resource)| (id.clone(), resolver.resolve(resource))).collect(),
        globals: resolver.resolve(&template["Globals"]["Function"]),
        outputs: outputs.map(|(id, output)| (id.clone(), resolver.resolve(output))).collect(),
    }
}

fn members(value: &Value) -> impl Iterator<Item = (&String, &Value)> {
    value.as_object().into_iter().flatten()
}

/// YAML with CloudFormation's short forms as JSON with its long ones.
fn plain(value: Yaml) -> Value {
    match value {
        Yaml::Tagged(tagged) => {
            let tag = tagged.tag.to_string();
            let name = tag.trim_start_matches('!');
            let name = if matches!(name, "Ref" | "Condition") { name.to_owned() } else { format!("Fn::{name}") };
            json!({ name: plain(tagged.value) })
        }
        Yaml::Mapping(mapping) => {
            let member = |(key, value): (Yaml, Yaml)| (key.as_str().unwrap().to_owned(), plain(value));
            Value::Object(mapping.into_iter().map(member).collect())
        }
        Yaml::Sequence(items) => items.into_iter().map(plain).collect(),
        other => serde_json::to_value(other).unwrap(),
    }
}

struct Resolver<'a> {
    template: &'a Value,
    values: BTreeMap<String, Value>,
}

impl Resolver<'_> {
    fn is_kept(&self, resource: &Value) -> bool {
        resource["Condition"].as_str().is_none_or(|name| self.holds(name))
    }

    fn holds(&self, condition: &str) -> bool {
        let defined = &self.template["Conditions"][condition];
        assert!(!defined.is_null(), "condition {condition} is not defined");
        self.decide(defined)
    }

    fn decide(&self, value: &Value) -> bool {
        let (name, argument) = function(value).unwrap_or_else(|| panic!("no condition: {value}"));
        match name {
            "Fn::Equals" => text_of(&self.resolve(&argument[0])) == text_of(&self.resolve(&argument[1])),
            "Fn::Not" => !self.decide(&argument[0]),
            "Condition" => self.holds(argument.as_str().unwrap()),
            other => panic!("unknown condition {other}"),
        }
    }

    fn resolve(&self, value: &Value) -> Value {
        if let Some((name, argument)) = function(value)
            && let Some(resolved) = self.call(name, argument)
        {
            return resolved;
        }
        match value {
            Value::Array(items) => items.iter().map(|item| self.resolve(item)).filter(|item| item != NOTHING).collect(),
            Value::Object(object) => {
                let resolved = object.iter().map(|(key, value)| (key.clone(), self.resolve(value)));
                Value::Object(resolved.filter(|(_, value)| value != NOTHING).collect::<Map<_, _>>())
            }
            other => other.clone(),
        }
    }

    fn call(&self, name: &str, argument: &Value) -> Option<Value> {
        match name {
            "Ref" if argument == "AWS::NoValue" => Some(json!(NOTHING)),
            "Ref" => self.values.get(argument.as_str()?).cloned(),
            "Fn::If" => {
                let branch = if self.holds(argument[0].as_str()?) { &argument[1] } else { &argument[2] };
                Some(self.resolve(branch))
            }
            "Fn::FindInMap" => {
                let [map, first, second] = [0, 1, 2].map(|place| text_of(&self.resolve(&argument[place])));
                let found = &self.template["Mappings"][&map][&first][&second];
                assert!(!found.is_null(), "{map}.{first}.{second} is not in the mappings");
                Some(found.clone())
            }
            "Fn::Sub" => {
                let mut text = argument.as_str()?.to_owned();
                for (name, value) in &self.values {
                    text = text.replace(&format!("${{{name}}}"), &text_of(value));
                }
                Some(json!(text))
            }
            "Fn::Join" if argument[0] == "" => match self.resolve(&argument[1]) {
                Value::String(text) => Some(json!(text)),
                _ => None,
            },
            _ => None,
        }
    }
}

/// The one intrinsic function that a value is.
fn function(value: &Value) -> Option<(&str, &Value)> {
    let object = value.as_object().filter(|object| object.len() == 1)?;
    let (name, argument) = object.iter().next()?;
    (name.starts_with("Fn::") || name == "Ref" || name == "Condition").then_some((name.as_str(), argument))
}

/// A scalar as text.
pub(crate) fn text_of(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), ToOwned::to_owned)
}

/// A number, written as one or as text.
pub(crate) fn number(value: &Value) -> u64 {
    text_of(value).parse().unwrap_or_else(|_| panic!("no number: {value}"))
}

/// `!GetAtt X.Y` in its long form.
pub(crate) fn attribute(name: &str) -> Value {
    json!({ "Fn::GetAtt": name })
}
