//! Names of accounts and keys of subjects.

use serde::{Deserialize, Serialize};

/// The account of what belongs to no account; none may bear this name.
pub const NOBODY: &str = "sluice";
/// The longest external id that a subject may have, in bytes.
const MAX_EXTERNAL_ID: usize = 200;

/// Why a name was refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NameError {
    /// Not `[a-z][a-z0-9_]{1,31}`.
    #[error("`{0}` is not an account name: use a to z, 0 to 9 and _, 2 to 32 characters, a letter first")]
    Account(String),
    /// Empty, too long, or with control characters or `/`.
    #[error("`{0}` cannot be an external id")]
    ExternalId(String),
    /// Not `account/kind/external-id`.
    #[error("`{0}` is not a subject: use account/kind/external-id")]
    Subject(String),
}

/// The name of one shop or seller account, also the module part of its external ids in Odoo.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct AccountName(String);

impl AccountName {
    /// Checks a name: `[a-z][a-z0-9_]{1,31}`.
    ///
    /// # Errors
    /// When it has another form.
    pub fn parse(name: &str) -> Result<Self, NameError> {
        let first = name.bytes().next().is_some_and(|byte| byte.is_ascii_lowercase());
        let rest = name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_');
        if first && rest && (2..=32).contains(&name.len()) {
            return Ok(Self(name.to_owned()));
        }
        Err(NameError::Account(name.chars().take(40).collect()))
    }

    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Display for AccountName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<String> for AccountName {
    type Error = NameError;

    fn try_from(name: String) -> Result<Self, NameError> {
        Self::parse(&name)
    }
}

impl From<AccountName> for String {
    fn from(name: AccountName) -> Self {
        name.0
    }
}

macro_rules! kinds {
    ($($(#[$doc:meta])* $name:ident = $text:literal),+ $(,)?) => {
        /// What kind of thing a subject is.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(rename_all = "lowercase")]
        pub enum Kind {
            $($(#[$doc])* $name,)+
        }

        impl Kind {
            /// Every kind.
            pub const ALL: &[Self] = &[$(Self::$name),+];

            /// As it stands in a subject key.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self {
                    $(Self::$name => $text,)+
                }
            }
        }
    };
}

kinds! {
    /// A sale.
    Order = "order",
    /// What a store sold over the counter on one day.
    Summary = "summary",
    /// Money given back.
    Refund = "refund",
    /// Goods that come back.
    Return = "return",
    /// Money that came in, or will.
    Payment = "payment",
    /// A contested payment.
    Dispute = "dispute",
    /// A transfer to the bank.
    Payout = "payout",
    /// A statement of many rows.
    Settlement = "settlement",
    /// A parcel, or several that travel as one.
    Shipment = "shipment",
    /// Sellable units of one SKU at one location.
    Stock = "stock",
    /// A thing to sell.
    Product = "product",
    /// A buyer.
    Customer = "customer",
    /// A delivery that could not be read as anything else: the evidence itself is the subject.
    Delivery = "delivery",
    /// The account itself: installed, uninstalled, privacy requests.
    Account = "account",
}

/// Business identity: `account/kind/external-id`. Never made of a delivery id where the thing itself has one, so that a
/// webhook and a pull of one fact meet in one record.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct SubjectKey {
    account: AccountName,
    kind: Kind,
    external_id: String,
}

impl SubjectKey {
    /// A key.
    ///
    /// # Errors
    /// When the external id is empty, too long, or has spaces, control characters or `/`.
    pub fn new(account: AccountName, kind: Kind, external_id: &str) -> Result<Self, NameError> {
        let fine = external_id.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'/');
        if !fine || external_id.is_empty() || external_id.len() > MAX_EXTERNAL_ID {
            return Err(NameError::ExternalId(external_id.chars().take(40).collect()));
        }
        Ok(Self { account, kind, external_id: external_id.to_owned() })
    }

    /// Reads `account/kind/external-id`.
    ///
    /// # Errors
    /// When a part is missing or malformed.
    pub fn parse(text: &str) -> Result<Self, NameError> {
        let malformed = || NameError::Subject(text.chars().take(80).collect());
        let mut parts = text.splitn(3, '/');
        let (Some(account), Some(kind), Some(id)) = (parts.next(), parts.next(), parts.next()) else {
            return Err(malformed());
        };
        let kind = Kind::ALL.iter().copied().find(|known| known.as_str() == kind).ok_or_else(malformed)?;
        Self::new(AccountName::parse(account)?, kind, id)
    }

    /// The account.
    #[must_use]
    pub fn account(&self) -> &AccountName {
        &self.account
    }

    /// The kind.
    #[must_use]
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// The channel's own id of the thing, as text.
    #[must_use]
    pub fn external_id(&self) -> &str {
        &self.external_id
    }
}

impl std::fmt::Display for SubjectKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}/{}/{}", self.account, self.kind.as_str(), self.external_id)
    }
}

impl TryFrom<String> for SubjectKey {
    type Error = NameError;

    fn try_from(text: String) -> Result<Self, NameError> {
        Self::parse(&text)
    }
}

impl From<SubjectKey> for String {
    fn from(key: SubjectKey) -> Self {
        key.to_string()
    }
}
