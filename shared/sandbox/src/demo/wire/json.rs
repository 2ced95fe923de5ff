//! JSON as text, in the field order of the official samples and without a float: money is text, a rate is its digits.

/// Text that is JSON.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Json(String);

impl Json {
    /// JSON's null.
    pub(crate) fn null() -> Self {
        Self("null".into())
    }

    /// A number by its digits.
    pub(crate) fn digits(text: String) -> Self {
        Self(text)
    }

    pub(crate) fn list(items: impl IntoIterator<Item = Self>) -> Self {
        let items: Vec<String> = items.into_iter().map(|item| item.0).collect();
        Self(format!("[{}]", items.join(",")))
    }

    pub(crate) fn into_text(self) -> String {
        self.0
    }
}

impl From<&str> for Json {
    fn from(text: &str) -> Self {
        serde_json::to_string(text).map_or_else(|_| Self::null(), Self)
    }
}

impl From<String> for Json {
    fn from(text: String) -> Self {
        text.as_str().into()
    }
}

impl From<u64> for Json {
    fn from(number: u64) -> Self {
        Self(number.to_string())
    }
}

impl From<i64> for Json {
    fn from(number: i64) -> Self {
        Self(number.to_string())
    }
}

impl From<bool> for Json {
    fn from(value: bool) -> Self {
        Self(value.to_string())
    }
}

impl<T: Into<Json>> From<Option<T>> for Json {
    fn from(value: Option<T>) -> Self {
        value.map_or_else(Self::null, Into::into)
    }
}

/// An object that grows field by field.
#[derive(Clone, Debug, Default)]
pub(crate) struct Object(String);

impl Object {
    pub(crate) fn with(mut self, name: &str, value: impl Into<Json>) -> Self {
        let comma = if self.0.is_empty() { "" } else { "," };
        for part in [comma, "\"", name, "\":", &value.into().0] {
            self.0.push_str(part);
        }
        self
    }

    pub(crate) fn close(self) -> Json {
        Json(format!("{{{}}}", self.0))
    }
}

/// An object: `object! { "id": 7_u64, "name": "x" }`.
macro_rules! object {
    ($($name:literal: $value:expr),* $(,)?) => {
        $crate::demo::wire::Object::default()$(.with($name, $value))*.close()
    };
}
pub(crate) use object;
