//! Dates: `*_gmt` is UTC without a zone, the others are the shop's own time without a zone (README, dates).

use jiff::{SignedDuration, Timestamp, civil::DateTime, tz::TimeZone};

use crate::{
    Refusal, Warning,
    json::{Loose, Text, refuse},
    woocommerce::wire,
};

/// Whether and when it was paid.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(in crate::woocommerce) enum Paid {
    /// At that time.
    At(Timestamp),
    /// Not yet.
    No,
    /// The payload does not say.
    Unknown,
}

/// The dates of an order.
pub(in crate::woocommerce) struct Clock {
    created: Option<Timestamp>,
    modified: Option<Timestamp>,
    pub(super) paid: Paid,
    pub(super) completed: Option<Timestamp>,
    /// A date was known in the shop's time only, and nothing says how far that is from UTC.
    local: bool,
}

/// A time in UTC, with a zone or without.
pub(in crate::woocommerce) fn utc(text: &str) -> Option<Timestamp> {
    let text = text.trim();
    if let Ok(at) = text.parse::<Timestamp>() {
        return Some(at);
    }
    let plain: DateTime = text.parse().ok()?;
    TimeZone::UTC.to_timestamp(plain).ok()
}

fn stated(text: &Loose<Text<'_>>, field: &'static str) -> Result<Option<Timestamp>, Refusal> {
    let Some(text) = text.get().filter(|text| !text.as_str().trim().is_empty()) else { return Ok(None) };
    // MySQL's way to say never.
    if text.as_str().starts_with("0000-") {
        return Ok(None);
    }
    utc(text.as_str()).map(Some).ok_or_else(|| refuse(field, "expected a date and time like 2026-11-23T14:39:30"))
}

impl Clock {
    pub(super) fn of(wire: &wire::Order<'_>) -> Result<Self, Refusal> {
        let (paid_local, paid_gmt) = (wire.date_paid.loose(), wire.date_paid_gmt.loose());
        let pairs = [
            (stated(&wire.date_created, "date_created")?, stated(&wire.date_created_gmt, "date_created_gmt")?),
            (stated(&wire.date_modified, "date_modified")?, stated(&wire.date_modified_gmt, "date_modified_gmt")?),
            (stated(paid_local, "date_paid")?, stated(paid_gmt, "date_paid_gmt")?),
            (stated(&wire.date_completed, "date_completed")?, stated(&wire.date_completed_gmt, "date_completed_gmt")?),
        ];
        // How far the shop's time is from UTC, by a date that is stated in both.
        let offset = pairs.iter().find_map(|(local, gmt)| Some(local.as_ref()?.duration_since((*gmt)?)));
        let mut lost = false;
        let [created, modified, paid, completed] = pairs.map(|(local, gmt)| {
            gmt.or_else(|| {
                lost |= local.is_some() && offset.is_none();
                local?.checked_sub(offset.unwrap_or(SignedDuration::ZERO)).ok()
            })
        });
        let said = wire.date_paid.stated() || wire.date_paid_gmt.stated();
        let paid = paid.map_or(if said { Paid::No } else { Paid::Unknown }, Paid::At);
        Ok(Self { created, modified, paid, completed, local: lost })
    }

    /// When it last changed.
    pub(super) fn modified(&self) -> Result<Timestamp, Refusal> {
        self.modified.or(self.created).ok_or_else(|| refuse("date_modified_gmt", "missing"))
    }

    /// When it was placed.
    pub(super) fn placed(&self) -> Result<Timestamp, Refusal> {
        self.created.or(self.modified).ok_or_else(|| refuse("date_created_gmt", "missing"))
    }

    pub(super) fn warning(&self) -> Option<Warning> {
        let message = "only the shop's own time is stated, without a zone; it was taken as UTC";
        self.local.then(|| Warning::new("local_time", "date_created", message))
    }
}
