//! Whatever is done to them in whatever order, the store in memory and the store in a file answer the same, and a file
//! that is closed, or left as a killed process leaves it, and opened again has lost nothing.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    clippy::wildcard_enum_match_arm,
    clippy::format_push_string,
    reason = "a test: what goes wrong in it must fail"
)]

use std::{
    fs,
    path::{Path, PathBuf},
    sync::atomic::{AtomicU32, Ordering},
};

use jiff::{SignedDuration, Timestamp};
use proptest::{collection::vec, option, prelude::*};
use sluice_domain::{
    delivery::{Delivery, Wake},
    ports::{
        journal::{Happening, Journal, JournalEntry},
        queue::Queue,
        state::{CallRecord, Permit, PermitKind, PermitRequest, Pressure, Save, State},
    },
    state::{Due, Head, Lane, OdooOrder, ReadOrPush},
    value::SubjectKey,
};
use sluice_sandbox::{QueueName, Receipt, Store};
use sluice_testkit::conformance::{body_of, head_of, instant, subject};

/// One thing to do. Small numbers pick among few subjects, moments and holders, so that they meet.
#[derive(Clone, Debug)]
enum Step {
    Save {
        subject: u8,
        off: u64,
        number: u8,
        odoo: Option<u8>,
        due: Option<(u8, bool)>,
        parked: bool,
        body: Option<u8>,
    },
    Due {
        urgent: bool,
        at: u8,
        limit: usize,
    },
    Find {
        subject: u8,
        name: u8,
    },
    Parked {
        after: Option<u8>,
        limit: usize,
    },
    OpenCall {
        id: u8,
        deadline: u8,
    },
    CloseCall {
        id: u8,
    },
    Overdue {
        at: u8,
        limit: usize,
    },
    Acquire {
        limit: u32,
    },
    Release {
        which: usize,
    },
    Pressure {
        off: u64,
    },
    Append {
        subject: u8,
        at: u8,
        id: u8,
    },
    Entries {
        subject: u8,
        limit: usize,
    },
    SendDelivery {
        bytes: u16,
    },
    SendWakes {
        urgent: bool,
        count: u8,
    },
    Receive {
        queue: usize,
        most: usize,
    },
    Acknowledge {
        which: usize,
    },
    ReturnNow {
        which: usize,
    },
    ReturnReceived,
    Rows {
        key: u8,
        value: Option<u8>,
    },
    Pass {
        seconds: u8,
    },
    Reopen {
        killed: bool,
    },
}

fn step() -> impl Strategy<Value = Step> {
    let few = 0..4_u8;
    let off = prop_oneof![9 => Just(0_u64), 1 => 1..3_u64];
    prop_oneof![
        6 => (
            (few.clone(), off.clone(), few.clone()),
            option::of(few.clone()),
            option::of((0..20_u8, any::<bool>())),
            any::<bool>(),
            option::of(0..3_u8),
        )
            .prop_map(|((subject, off, number), odoo, due, parked, body)| {
                Step::Save { subject, off, number, odoo, due, parked, body }
            }),
        2 => (any::<bool>(), 0..25_u8, 0..5_usize).prop_map(|(urgent, at, limit)| Step::Due { urgent, at, limit }),
        2 => (few.clone(), 0..5_u8).prop_map(|(subject, name)| Step::Find { subject, name }),
        1 => (option::of(few.clone()), 0..4_usize).prop_map(|(after, limit)| Step::Parked { after, limit }),
        1 => (few.clone(), 0..20_u8).prop_map(|(id, deadline)| Step::OpenCall { id, deadline }),
        1 => few.clone().prop_map(|id| Step::CloseCall { id }),
        1 => (0..25_u8, 0..4_usize).prop_map(|(at, limit)| Step::Overdue { at, limit }),
        2 => (0..4_u32).prop_map(|limit| Step::Acquire { limit }),
        1 => (0..8_usize).prop_map(|which| Step::Release { which }),
        1 => off.prop_map(|off| Step::Pressure { off }),
        2 => (few.clone(), few.clone(), few.clone()).prop_map(|(subject, at, id)| Step::Append { subject, at, id }),
        1 => (few.clone(), 0..9_usize).prop_map(|(subject, limit)| Step::Entries { subject, limit }),
        2 => (0..5_000_u16).prop_map(|bytes| Step::SendDelivery { bytes }),
        2 => (any::<bool>(), 0..14_u8).prop_map(|(urgent, count)| Step::SendWakes { urgent, count }),
        4 => (0..3_usize, 0..13_usize).prop_map(|(queue, most)| Step::Receive { queue, most }),
        2 => (0..30_usize).prop_map(|which| Step::Acknowledge { which }),
        2 => (0..30_usize).prop_map(|which| Step::ReturnNow { which }),
        1 => Just(Step::ReturnReceived),
        1 => (few.clone(), option::of(few)).prop_map(|(key, value)| Step::Rows { key, value }),
        2 => (0..5_u8).prop_map(|seconds| Step::Pass { seconds }),
        2 => any::<bool>().prop_map(|killed| Step::Reopen { killed }),
    ]
}

/// A store and what a worker remembers of it.
struct World {
    store: Store,
    file: Option<PathBuf>,
    now: Timestamp,
    receipts: Vec<Receipt>,
    permits: Vec<Permit>,
    count: u32,
}

fn lane(urgent: bool) -> Lane {
    if urgent { Lane::Urgent } else { Lane::Bulk }
}

fn key(number: u8) -> SubjectKey {
    subject(["1001", "1001#a", "Z", "z1"][usize::from(number)])
}

impl World {
    fn new(file: Option<PathBuf>) -> Self {
        let store = file.as_deref().map_or_else(Store::in_memory, |path| Store::open(path).unwrap());
        Self { store, file, now: instant(0), receipts: Vec::new(), permits: Vec::new(), count: 0 }
    }

    /// Does it; answers everything that can be seen of the answer.
    async fn run(&mut self, step: &Step) -> String {
        match step {
            Step::Due { .. }
            | Step::Find { .. }
            | Step::Parked { .. }
            | Step::Overdue { .. }
            | Step::Entries { .. } => self.look(step).await,
            Step::SendDelivery { .. } | Step::SendWakes { .. } | Step::Receive { .. } | Step::Acknowledge { .. } => {
                self.queue(step).await
            }
            Step::ReturnNow { which } => {
                let receipts: Vec<Receipt> = self.receipts.get(*which).cloned().into_iter().collect();
                format!("{:?}", self.store.return_now(receipts))
            }
            Step::ReturnReceived => format!("{:?}", self.store.return_received()),
            Step::Save { .. } => self.save(step).await,
            Step::OpenCall { id, deadline } => {
                let call = CallRecord {
                    id: format!("c{id}"),
                    database: "db".into(),
                    step: "load".into(),
                    subjects: vec![key(*id)],
                    deadline: instant(i64::from(*deadline)),
                };
                format!("{:?}", self.store.open_call(call).await)
            }
            Step::CloseCall { id } => format!("{:?}", self.store.close_call(&format!("c{id}")).await),
            Step::Acquire { .. } | Step::Release { .. } | Step::Pressure { .. } => self.press(step).await,
            Step::Append { subject, at, id } => {
                self.count += 1;
                let what = Happening::Note { text: format!("note {}", self.count) };
                let entry = JournalEntry {
                    subject: key(*subject),
                    at: instant(i64::from(*at)),
                    id: format!("{id}"),
                    trace_id: String::new(),
                    what,
                };
                format!("{:?}", self.store.append(vec![entry]).await)
            }
            Step::Rows { key, value } => {
                let rows = vec![(format!("k{key}"), value.map(|value| vec![value; 3]))];
                format!("{:?} {:?}", self.store.put_rows("own", rows), self.store.read_rows("own"))
            }
            Step::Pass { seconds } => {
                self.now += SignedDuration::from_secs(i64::from(*seconds));
                String::new()
            }
            Step::Reopen { killed } => {
                self.reopen(*killed);
                String::new()
            }
        }
    }

    async fn save(&self, step: &Step) -> String {
        let Step::Save { subject, off, number, odoo, due, parked, body } = step else { return String::new() };
        let stored = self.store.read(vec![key(*subject)]).await.unwrap().pop().unwrap();
        let version = stored.map_or(0, |record| record.head.version);
        let full = head_of("x");
        let head = Head {
            version: version.wrapping_add(*off),
            number: Some(format!("#{number}")),
            odoo: odoo.map(|id| OdooOrder { id: id.into(), name: format!("S{id}"), ..full.odoo.clone().unwrap() }),
            due: due.map(|(at, urgent)| Due { at: instant(at.into()), lane: lane(urgent) }),
            parked: full.parked.clone().filter(|_| *parked),
            ..Head::new(key(*subject), self.now)
        };
        let body = body.map(|lines| body_of(lines.into()));
        format!("{:?}", self.store.save(vec![Save { head, body }]).await)
    }

    async fn look(&self, step: &Step) -> String {
        let at = |seconds: &u8| instant(i64::from(*seconds));
        match step {
            Step::Due { urgent, at: due, limit } => {
                format!("{:?}", self.store.due(lane(*urgent), at(due), *limit).await)
            }
            Step::Find { subject, name } => {
                let names = [format!("#{subject}"), format!("s{subject}"), format!("{subject}")];
                let ids = [key(*subject).to_string(), key(*subject).external_id().to_owned()];
                let name = names.into_iter().chain(ids).nth(usize::from(*name)).unwrap();
                format!("{:?}", self.store.find(&name).await)
            }
            Step::Parked { after, limit } => format!("{:?}", self.store.parked(after.map(key), *limit).await),
            Step::Overdue { at: due, limit } => format!("{:?}", self.store.overdue_calls(at(due), *limit).await),
            Step::Entries { subject, limit } => format!("{:?}", self.store.entries(&key(*subject), *limit).await),
            _ => String::new(),
        }
    }

    async fn press(&mut self, step: &Step) -> String {
        match step {
            Step::Acquire { limit } => {
                let (database, holder) = ("db".to_owned(), format!("worker {}", self.permits.len()));
                let term = SignedDuration::from_secs(6);
                let request =
                    PermitRequest { database, kind: PermitKind::Call, holder, limit: *limit, now: self.now, term };
                let permit = self.store.acquire_permit(request).await;
                self.permits.extend(permit.clone().unwrap());
                format!("{permit:?}")
            }
            Step::Release { which } => match self.permits.get(*which).cloned() {
                Some(permit) => format!("{:?}", self.store.release_permit(permit).await),
                None => String::new(),
            },
            Step::Pressure { off } => {
                let stored = self.store.pressure("db").await.unwrap();
                let next = Pressure { version: stored.version + off, failures: stored.failures + 1, ..stored };
                format!("{:?}", self.store.save_pressure("db", next).await)
            }
            _ => String::new(),
        }
    }

    async fn queue(&mut self, step: &Step) -> String {
        match step {
            Step::SendDelivery { bytes } => {
                self.count += 1;
                format!("{:?}", self.store.send_delivery(delivery(self.count, *bytes)).await)
            }
            Step::SendWakes { urgent, count } => {
                let wake = |number: u8| Wake { subject: key(number % 4), trace_id: format!("{number}") };
                format!("{:?}", self.store.send_wakes(lane(*urgent), (0..*count).map(wake).collect()).await)
            }
            Step::Receive { queue, most } => {
                let hidden = SignedDuration::from_secs(3);
                let received = self.store.receive(QueueName::ALL[*queue], *most, self.now, hidden).unwrap();
                self.receipts.extend(received.iter().map(|received| received.receipt.clone()));
                format!("{received:?}")
            }
            Step::Acknowledge { which } => {
                let receipts: Vec<Receipt> = self.receipts.get(*which).cloned().into_iter().collect();
                format!("{:?}", self.store.acknowledge(receipts))
            }
            _ => String::new(),
        }
    }

    /// Closes the file and opens it, or opens a copy of what is on the disk while it is still open.
    fn reopen(&mut self, killed: bool) {
        let Some(path) = self.file.clone() else { return };
        let next = if killed { fresh_path() } else { path.clone() };
        if killed {
            copy(&path, &next);
        }
        self.store = Store::in_memory();
        self.store = Store::open(&next).unwrap();
        self.file = Some(next);
    }

    /// Everything that can be read.
    async fn picture(&self) -> String {
        let records = self.store.read((0..4).map(key).collect()).await;
        let mut picture = format!("{records:?}");
        for lane in [Lane::Urgent, Lane::Bulk] {
            picture += &format!("{:?}", self.store.due(lane, instant(1_000), 100).await);
        }
        for number in 0..4 {
            picture += &format!("{:?}", self.store.entries(&key(number), 100).await);
        }
        for queue in QueueName::ALL {
            picture += &format!("{:?} {:?}", self.store.queued(*queue), self.store.dead_letters(*queue));
            let late = self.now + SignedDuration::from_secs(1_000);
            picture += &format!("{:?}", self.store.receive(*queue, 10, late, SignedDuration::from_secs(1)));
        }
        picture += &format!("{:?}", self.store.parked(None, 100).await);
        picture += &format!("{:?}", self.store.overdue_calls(instant(1_000), 100).await);
        picture += &format!("{:?} {:?}", self.store.pressure("db").await, self.store.read_rows("own"));
        picture
    }
}

fn delivery(number: u32, bytes: u16) -> Delivery {
    Delivery {
        channel: "shopify".into(),
        account: key(0).account().clone(),
        topic: "orders/create".into(),
        delivery_id: format!("d{number}"),
        source: ReadOrPush::Push,
        stated_at: None,
        api_version: None,
        received_at: instant(0),
        trace_id: "t".into(),
        body: vec![b'x'; usize::from(bytes)],
    }
}

/// What a process that dies now leaves behind.
fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to.parent().unwrap()).unwrap();
    fs::copy(from, to).unwrap();
    let log = |path: &Path| PathBuf::from(format!("{}-wal", path.display()));
    if log(from).exists() {
        fs::copy(log(from), log(to)).unwrap();
    }
}

/// A path in a folder of its own, below the build directory.
fn fresh_path() -> PathBuf {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let number = NEXT.fetch_add(1, Ordering::SeqCst);
    root().join(format!("{number}")).join("store.sluice")
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("state-property-{}", std::process::id()))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn memory_and_file_answer_the_same(steps in vec(step(), 1..120)) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(async {
            let (mut memory, mut file) = (World::new(None), World::new(Some(fresh_path())));
            for step in &steps {
                let (expected, answer) = (memory.run(step).await, file.run(step).await);
                prop_assert_eq!(expected, answer, "{:?}", step);
            }
            file.reopen(true);
            prop_assert_eq!(memory.picture().await, file.picture().await);
            Ok(())
        })?;
        let _ = fs::remove_dir_all(root());
    }
}
