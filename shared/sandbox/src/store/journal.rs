//! The journal.

use sluice_domain::{
    ports::{
        PortFuture,
        journal::{Journal, JournalEntry},
        state::StateError,
    },
    value::SubjectKey,
};

use super::{Store, decode, encode, sortable};

impl Journal for Store {
    fn append(&self, entries: Vec<JournalEntry>) -> PortFuture<'_, Result<(), StateError>> {
        Box::pin(async move {
            let mut changes = Vec::with_capacity(entries.len());
            for entry in entries {
                let key = format!("{}\u{1}{}#{}", entry.subject, sortable(entry.at), entry.id);
                changes.push(("journal".to_owned(), key, Some(encode(&entry)?)));
            }
            self.lock().commit(changes)
        })
    }

    fn entries<'a>(
        &'a self,
        subject: &'a SubjectKey,
        limit: usize,
    ) -> PortFuture<'a, Result<Vec<JournalEntry>, StateError>> {
        Box::pin(async move {
            let prefix = format!("{subject}\u{1}");
            let found = self.lock().scan("journal", &prefix, limit)?;
            found.into_iter().take_while(|(key, _)| key.starts_with(&prefix)).map(|(_, bytes)| decode(&bytes)).collect()
        })
    }
}
