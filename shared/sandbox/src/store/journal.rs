//! The journal.

use std::sync::{Arc, atomic::Ordering};

use sluice_domain::{
    ports::{
        PortFuture,
        journal::{Journal, JournalEntry},
        state::StateError,
    },
    value::SubjectKey,
};

use super::{
    Store, keys,
    rows::{Row, Space, Span, Stored, Transaction, of},
};

/// How much of the journal a store keeps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JournalLimit {
    /// Everything: what a journal is for.
    All,
    /// The latest so many of a subject, for simulations that read them.
    PerSubject(usize),
    /// None; they are counted only, for simulations of a million orders.
    CountOnly,
}

impl Store {
    /// How many entries were handed to this store's journal since it was opened, repeats included.
    #[must_use]
    pub fn journalled(&self) -> u64 {
        self.journalled.load(Ordering::Relaxed)
    }
}

impl Journal for Store {
    fn append(&self, entries: Vec<JournalEntry>) -> PortFuture<'_, Result<(), StateError>> {
        Box::pin(async move {
            let count = u64::try_from(entries.len()).unwrap_or(u64::MAX);
            match self.limit {
                JournalLimit::CountOnly => {}
                JournalLimit::All => self.within(|rows| append(rows, entries, usize::MAX))?,
                JournalLimit::PerSubject(most) => self.within(|rows| append(rows, entries, most))?,
            }
            self.journalled.fetch_add(count, Ordering::Relaxed);
            Ok(())
        })
    }

    fn entries<'a>(
        &'a self,
        subject: &'a SubjectKey,
        limit: usize,
    ) -> PortFuture<'a, Result<Vec<JournalEntry>, StateError>> {
        Box::pin(async move {
            let span = Span::under(&[&subject.to_string()]);
            let found = self.within(|rows| rows.scan(Space::Journal, &span, limit))?;
            found.into_iter().map(|(_, row)| of(row).map(Arc::<JournalEntry>::unwrap_or_clone)).collect()
        })
    }
}

fn append(rows: &mut dyn Transaction, entries: Vec<JournalEntry>, most: usize) -> Result<(), StateError> {
    for entry in entries {
        let subject = entry.subject.to_string();
        let key = keys::joined(&[&subject, &keys::instant(entry.at), &entry.id]);
        if rows.get(Space::Journal, &key)?.is_some() {
            continue;
        }
        rows.put(Space::Journal, key, Row::Journal(Arc::new(entry)))?;
        if most < usize::MAX {
            trim(rows, &Span::under(&[&subject]), most)?;
        }
    }
    Ok(())
}

/// Forgets the oldest.
fn trim(rows: &mut dyn Transaction, span: &Span, most: usize) -> Result<(), StateError> {
    let over = rows.count(Space::Journal, span)?.saturating_sub(most);
    for (key, _) in rows.scan(Space::Journal, span, over)? {
        rows.delete(JournalEntry::SPACE, &key)?;
    }
    Ok(())
}
