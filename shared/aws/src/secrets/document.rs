//! What the secrets hold.

use jiff::Timestamp;
use serde::{Deserialize, Deserializer};
use sluice_domain::ports::secrets::{AccountSecrets, Secret};

use super::OdooSecrets;

/// A secret of an account: what its webhooks are signed with, the key to its channel's API, or both. A channel that is only read
/// has nothing that signs.
#[derive(Deserialize)]
#[serde(try_from = "Stored")]
pub(super) struct AccountDocument(Stored);

#[derive(Deserialize)]
struct Stored {
    #[serde(default, deserialize_with = "some_secret")]
    current: Option<Secret>,
    #[serde(default, deserialize_with = "some_secret")]
    previous: Option<Secret>,
    #[serde(default)]
    expires_at: Option<Timestamp>,
    #[serde(default, deserialize_with = "some_secret")]
    access_token: Option<Secret>,
    #[serde(default, deserialize_with = "some_secret")]
    contact_key: Option<Secret>,
}

impl TryFrom<Stored> for AccountDocument {
    type Error = &'static str;

    /// An account without a secret would have nobody speak for it.
    fn try_from(stored: Stored) -> Result<Self, Self::Error> {
        if stored.current.is_none() && stored.access_token.is_none() {
            return Err("neither current nor access_token");
        }
        Ok(Self(stored))
    }
}

impl AccountDocument {
    /// Its own contact key, where it has one.
    pub(super) fn contact_key(&self) -> Option<Secret> {
        self.0.contact_key.clone()
    }

    /// What counts at `now`: the previous signing secret until it expires, for ever where nobody says when.
    pub(super) fn into_secrets(self, contact_key: Secret, now: Timestamp) -> AccountSecrets {
        let Stored { current, previous, expires_at, access_token, contact_key: _ } = self.0;
        let previous = previous.filter(|_| expires_at.is_none_or(|expires| now < expires));
        AccountSecrets { signing: current.into_iter().chain(previous).collect(), contact_key, access_token }
    }
}

/// How Odoo is reached.
#[derive(Deserialize)]
pub(super) struct OdooDocument {
    url: String,
    database: String,
    login: String,
    #[serde(deserialize_with = "secret")]
    key: Secret,
}

impl From<OdooDocument> for OdooSecrets {
    fn from(document: OdooDocument) -> Self {
        let OdooDocument { url, database, login, key } = document;
        Self { url, database, login, key }
    }
}

/// An empty secret would let everybody in: it is none.
fn secret<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Secret, D::Error> {
    let text = String::deserialize(deserializer)?;
    if text.is_empty() {
        return Err(serde::de::Error::custom("empty"));
    }
    Ok(Secret::new(text))
}

fn some_secret<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Secret>, D::Error> {
    Ok(Option::<String>::deserialize(deserializer)?.filter(|text| !text.is_empty()).map(Secret::new))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn signing(json: &str, now: &str) -> Vec<String> {
        let document: AccountDocument = serde_json::from_str(json).unwrap();
        let secrets = document.into_secrets(Secret::new("c"), at(now));
        secrets.signing.iter().map(|secret| secret.expose().to_owned()).collect()
    }

    #[test]
    fn the_previous_secret_counts_until_it_expires() {
        let both = r#"{"current":"a","previous":"b","expires_at":"2026-01-01T00:00:00Z"}"#;
        assert_eq!(signing(both, "2025-12-31T23:59:59Z"), ["a", "b"]);
        assert_eq!(signing(both, "2026-01-01T00:00:00Z"), ["a"]);
        assert_eq!(signing(r#"{"current":"a","previous":"b"}"#, "2036-01-01T00:00:00Z"), ["a", "b"]);
        assert_eq!(signing(r#"{"current":"a","previous":null,"x":1}"#, "2036-01-01T00:00:00Z"), ["a"]);
        assert_eq!(signing(r#"{"current":"a","previous":""}"#, "2036-01-01T00:00:00Z"), ["a"]);
    }

    /// Amazon signs nothing: there is only the key by which it is read.
    #[test]
    fn a_channel_that_is_only_read_needs_no_signing_secret() {
        let document: AccountDocument = serde_json::from_str(r#"{"access_token":"t"}"#).unwrap();
        let secrets = document.into_secrets(Secret::new("c"), at("2026-01-01T00:00:00Z"));
        assert_eq!((secrets.signing, secrets.access_token), (vec![], Some(Secret::new("t"))));
    }

    #[test]
    fn a_document_without_a_secret_is_none() {
        for json in
            ["", "{}", "null", r#"{"current":""}"#, r#"{"current":5}"#, r#"{"current":"a","expires_at":"soon"}"#]
        {
            assert!(serde_json::from_str::<AccountDocument>(json).is_err(), "{json}");
        }
    }
}
