//! The processes: the real handlers over the world's ports.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
};

use sluice_domain::{account::Account, ports::Ports, value::AccountName};
use sluice_normalizer::Normalizer;
use sluice_odoo_writer::{Writer, WriterSettings};
use sluice_reconciler::{Reconciler, ReconcilerSettings};
use sluice_sandbox::{
    Store,
    odoo::{SimFault, SimOdoo},
};
use sluice_webhook_ingress::Ingress;

use super::{Calls, Pulls, Shops};
use crate::{
    bugs::{Bug, plant, plant_pull},
    world::{
        kernel::Kernel,
        ports::{FaultyHttp, FaultyJournal, FaultyQueue, FaultySecrets, FaultyState, Mailboxes, Peer, Watch},
        setup,
    },
};

/// What the ports stand on.
pub(super) struct Site<'a> {
    pub(super) kernel: &'a Arc<Kernel>,
    pub(super) boxes: &'a Arc<Mailboxes>,
    pub(super) store: &'a Store,
    pub(super) odoo: &'a Arc<Mutex<SimOdoo>>,
    pub(super) peer: Option<&'a Peer>,
    pub(super) sent: Option<Calls>,
    pub(super) refusals: &'a Arc<Mutex<Vec<SimFault>>>,
    pub(super) watch: &'a Arc<Watch>,
    pub(super) shops: &'a Shops,
    pub(super) pulls: Option<Pulls>,
}

impl Site<'_> {
    fn ports(&self, accounts: &[Account]) -> Ports {
        let kernel = || Arc::clone(self.kernel);
        let secrets = accounts.iter().map(|account| (account.name.clone(), setup::secrets(account))).collect();
        Ports {
            state: Arc::new(FaultyState {
                kernel: kernel(),
                inner: Arc::new(self.store.clone()),
                watch: Arc::clone(self.watch),
            }),
            journal: Arc::new(FaultyJournal { kernel: kernel(), inner: Arc::new(self.store.clone()) }),
            queue: Arc::new(FaultyQueue { kernel: kernel(), boxes: Arc::clone(self.boxes) }),
            secrets: Arc::new(FaultySecrets { kernel: kernel(), secrets }),
            http: Arc::new(FaultyHttp {
                kernel: kernel(),
                odoo: Arc::clone(self.odoo),
                peer: self.peer.cloned(),
                sent: self.sent.clone(),
                refusals: Arc::clone(self.refusals),
                shops: Arc::clone(self.shops),
            }),
            clock: kernel(),
            timer: kernel(),
            random: kernel(),
        }
    }
}

/// What the reconcilers of a world are told.
fn reading(accounts: BTreeMap<AccountName, Account>) -> ReconcilerSettings {
    ReconcilerSettings { accounts, public_url: Some(setup::PUBLIC_URL.into()), channel_base: None }
}

/// All processes. Writers are several, since each keeps what it looked up.
pub(super) struct Processes {
    ports: Ports,
    settings: WriterSettings,
    pub(super) ingress: Arc<Ingress>,
    pub(super) normalizer: Arc<Normalizer>,
    pub(super) writers: Vec<Arc<Writer>>,
    pub(super) reconciler: Arc<Reconciler>,
}

impl Processes {
    pub(super) fn new(site: &Site<'_>, accounts: &[Account], (writers, bug): (usize, Option<Bug>)) -> Self {
        let ports = site.ports(accounts);
        let ports = bug.map_or(ports.clone(), |bug| plant(bug, ports));
        let bug = site.pulls.and_then(|pulls| pulls.bug);
        let ports = bug.map_or(ports.clone(), |bug| plant_pull(bug, ports));
        let by_name = setup::by_name(accounts);
        let connection = match site.peer {
            Some(peer) => peer.connection(),
            None => setup::connection(site.odoo.lock().expect("a world is one thread").config()),
        };
        let settings = WriterSettings {
            accounts: by_name.clone(),
            connection,
            odoo_workers: 3,
            batch_orders: 10,
            mapping_version: "1".into(),
        };
        let mut processes = Self {
            ingress: Arc::new(
                Ingress::new(ports.clone(), by_name.clone()).reached_at(Some(setup::PUBLIC_URL.to_owned())),
            ),
            normalizer: Arc::new(Normalizer::new(ports.clone(), by_name.clone())),
            writers: Vec::new(),
            reconciler: Arc::new(Reconciler::new(ports.clone(), reading(by_name))),
            ports,
            settings,
        };
        processes.start_writers(writers);
        processes
    }

    /// The ports of every process.
    pub(super) fn ports(&self) -> Ports {
        self.ports.clone()
    }

    /// Writers without anything looked up.
    pub(super) fn start_writers(&mut self, count: usize) {
        self.writers = (0..count).map(|_| Arc::new(Writer::new(self.ports.clone(), self.settings.clone()))).collect();
    }

    /// One of the writers dies and another takes its place.
    pub(super) fn restart_writer(&mut self, number: usize) {
        if let Some(writer) = self.writers.get_mut(number) {
            *writer = Arc::new(Writer::new(self.ports.clone(), self.settings.clone()));
        }
    }
}
