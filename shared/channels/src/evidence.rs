//! From what a delivery says to evidence: what is the same for every channel.

use jiff::Timestamp;
use serde::Deserialize;
use sluice_domain::{
    account::Account,
    delivery::Delivery,
    order::{Order, Refund},
    state::{Evidence, Facet, Rank, ReadOrPush},
    value::{Kind, SubjectKey},
};

use crate::{
    Decoded, Refusal, Warning, content_rank,
    json::{self, Id, Path, refuse},
};

/// How and when a statement reached us: the parts of its rank that its content does not give.
#[derive(Clone, Copy)]
pub(crate) struct Statement {
    pub(crate) source: ReadOrPush,
    pub(crate) stated_at: i64,
    pub(crate) content: u64,
}

impl Statement {
    pub(crate) fn of(delivery: &Delivery) -> Self {
        Self {
            source: delivery.source,
            stated_at: delivery.stated_at.map_or(0, Timestamp::as_microsecond),
            content: content_rank(&delivery.body),
        }
    }

    /// A dry run has no delivery, so it ranks as a read at no time.
    pub(crate) fn dry(text: &str) -> Self {
        Self { source: ReadOrPush::Read, stated_at: 0, content: content_rank(text.as_bytes()) }
    }

    pub(crate) fn rank(self, version: i64, progress: u32) -> Rank {
        Rank { version, progress, source: self.source, stated_at: self.stated_at, content: self.content }
    }
}

/// What one item of a payload says.
pub(crate) struct Said {
    pub(crate) evidence: Vec<Evidence>,
    pub(crate) number: Option<String>,
    pub(crate) warnings: Vec<Warning>,
}

impl Said {
    pub(crate) fn into_decoded(self) -> Decoded {
        self.without(Vec::new())
    }

    fn without(self, refused: Vec<Refusal>) -> Decoded {
        let Self { evidence, number, warnings } = self;
        Decoded::Evidence { evidence, number, warnings, refused }
    }

    /// The order among what was said.
    pub(crate) fn order(&self) -> Option<(&SubjectKey, &Order)> {
        self.evidence.iter().find_map(|one| match &one.facet {
            Facet::Order(order) => Some((&one.subject, order.as_ref())),
            Facet::Buyer(_) | Facet::Refund(_) | Facet::Outdated | Facet::Deleted | Facet::Decision(_) => None,
        })
    }
}

/// A refund as it was read.
pub(crate) struct ReadRefund {
    /// The refund.
    pub(crate) refund: Refund,
    /// Its version.
    pub(crate) version: i64,
    /// What only grows within that version.
    pub(crate) progress: u32,
}

/// Evidence of an order's refunds.
pub(crate) fn of_refunds(
    key: &SubjectKey,
    refunds: impl IntoIterator<Item = ReadRefund>,
    statement: Statement,
) -> impl Iterator<Item = Evidence> {
    refunds.into_iter().map(move |one| Evidence {
        subject: key.clone(),
        rank: statement.rank(one.version, one.progress),
        facet: Facet::Refund(Box::new(one.refund)),
    })
}

/// The key of a thing.
pub(crate) fn subject(account: &Account, kind: Kind, id: &str) -> Result<SubjectKey, Refusal> {
    SubjectKey::new(account.name.clone(), kind, id).map_err(|_| refuse("id", "cannot be an external id"))
}

#[derive(Deserialize)]
struct OnlyId<'a> {
    #[serde(borrow)]
    id: Id<'a>,
}

/// Adds the id of the thing, where that much can be read.
pub(crate) fn named(text: &str, mut refusal: Refusal) -> Refusal {
    if refusal.external_id.is_none() {
        let id = serde_json::from_str::<OnlyId<'_>>(text).ok();
        refusal.external_id = id.and_then(|only| only.id.checked(Path::root("id")).ok());
    }
    refusal
}

/// A deletion carries only the id.
pub(crate) fn deleted(body: &[u8], account: &Account, rank: impl FnOnce() -> Rank) -> Result<Decoded, Refusal> {
    let only: OnlyId<'_> = json::read(body)?;
    let subject = subject(account, Kind::Order, &only.id.checked(Path::root("id"))?)?;
    let evidence = vec![Evidence { subject, rank: rank(), facet: Facet::Deleted }];
    Ok(Said { evidence, number: None, warnings: Vec::new() }.into_decoded())
}

/// What was read of many things: one that cannot be read costs no other.
pub(crate) fn each<T>(
    items: Vec<Result<T, Refusal>>,
    read: impl Fn(T) -> Result<Said, Refusal>,
) -> Result<Decoded, Refusal> {
    let mut all = Said { evidence: Vec::new(), number: None, warnings: Vec::new() };
    let mut refused = Vec::new();
    let one = items.len() == 1;
    for item in items {
        match item.and_then(&read) {
            Ok(said) => {
                all.evidence.extend(said.evidence);
                all.warnings.extend(said.warnings);
                all.number = said.number.filter(|_| one);
            }
            Err(refusal) if one => return Err(refusal),
            Err(refusal) => refused.push(refusal),
        }
    }
    if all.evidence.is_empty() && refused.is_empty() {
        return Ok(Decoded::Ignored { reason: "an answer without items" });
    }
    Ok(all.without(refused))
}

#[derive(Deserialize)]
struct DeniedBody {
    fix: String,
}

/// What the shell was told when it asked. Said by anybody else it is no news.
pub(crate) fn denied(delivery: &Delivery) -> Result<Decoded, Refusal> {
    if delivery.source != ReadOrPush::Read {
        return Ok(Decoded::Ignored { reason: "a refusal that nobody read" });
    }
    Ok(Decoded::Notice { what: "access_denied", message: json::read::<DeniedBody>(&delivery.body)?.fix })
}
