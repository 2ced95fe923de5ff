//! Many worlds, one after the other: a window of orders is made, driven through, checked and forgotten.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use jiff::{SignedDuration, Timestamp};
use sluice_domain::account::{Account, ConfirmPolicy, CreditNotes, EditPolicy, Invoices, UnknownProduct};
use sluice_sandbox::odoo::{Costs, SimConfig, SimOdoo};

use crate::{
    bugs::Bug,
    check::{Findings, check},
    shop::{Maker, Mix, ShopOrder, webhooks},
    world::{Dice, FALLBACK, Plan, Pulls, Rates, Trace, World, WorldConfig, account, later, stocked_odoo},
};

/// Orders of one world, when there are many.
const WINDOW: u64 = 500;

/// What to simulate.
#[derive(Clone, Copy, Debug)]
pub struct SimulationConfig {
    /// How many orders.
    pub orders: u64,
    /// Everything random comes from it.
    pub seed: u64,
    /// Worlds at once.
    pub threads: usize,
    /// A bug on purpose.
    pub bug: Option<Bug>,
}

/// What came of it.
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// Orders.
    pub orders: u64,
    /// Faults that struck.
    pub faults: u64,
    /// What was wrong.
    pub findings: Findings,
    /// The seed.
    pub seed: u64,
    /// The hash of everything that happened.
    pub trace: u64,
}

impl Report {
    /// The line that `make simulate` ends with.
    #[must_use]
    pub fn line(&self) -> String {
        let Self { orders, faults, findings, seed, trace } = self;
        format!(
            "orders={orders} faults={faults} lost={} duplicated={} mismatched={} stuck={} seed={seed} trace={trace:016x}",
            findings.lost.len(),
            findings.duplicated.len(),
            findings.mismatched.len(),
            findings.stuck.len()
        )
    }
}

/// The Odoos that worlds start from, made once.
pub struct Odoos {
    /// 18 and 19.
    pub versions: [SimOdoo; 2],
}

/// The purpose of the dice that say how channels are read.
const PULLS: u64 = 12;

/// When every world begins. Its first orders are placed in a night on which clocks change.
fn start() -> Timestamp {
    "2026-10-25T00:30:00Z".parse().expect("an instant")
}

impl Default for Odoos {
    fn default() -> Self {
        let config = |config: SimConfig| SimConfig { costs: Some(Costs::MEASURED), track_changes: false, ..config };
        let make = |of: SimConfig| stocked_odoo(config(of), start());
        Self { versions: [make(SimConfig::odoo18()), make(SimConfig::odoo19())] }
    }
}

/// The world of a seed, and the orders of its shops, whose webhooks are already on their way.
#[must_use]
pub fn seeded_world(seed: u64, orders: u64, odoos: &Odoos, bug: Option<Bug>) -> (World, Vec<Arc<ShopOrder>>) {
    let mut dice = Dice::new(seed);
    let accounts = accounts(&mut dice);
    let odoo = dice.pick(&odoos.versions).clone();
    let plan = Plan::Random(Rates::weather(&mut dice));
    let writers = 1 + usize::try_from(dice.below(3)).unwrap_or(0);
    let mut world = World::new(WorldConfig {
        seed: dice.next(),
        start: start(),
        accounts,
        odoo,
        plan,
        writers,
        bug,
        remember: false,
        pulls: pulls(&dice.fork(PULLS)),
    });
    world.keep_books();
    let mut makers: Vec<Maker> =
        (0..2).map(|account| Maker::new(dice.fork(account as u64 + 1), Mix::ALL, account, 1 + orders / 3)).collect();
    let mut made = Vec::new();
    let mut placed_at = start();
    // A flash sale, or a quiet hour.
    let pace = *dice.pick(&[0, 0, 1, 4]);
    for _ in 0..orders {
        placed_at = later(placed_at, SignedDuration::from_secs(dice.between(0, pace)));
        let maker = usize::try_from(dice.below(2)).unwrap_or(0);
        let order = Arc::new(makers[maker].order(placed_at));
        for webhook in webhooks(&order, &mut dice) {
            world.send(webhook);
        }
        if order.refused {
            world.refuse(&order);
        }
        if world.reads_channels() {
            world.stock(&order);
        }
        made.push(order);
    }
    (world, made)
}

/// In some worlds webhooks get lost, and their channels are read.
fn pulls(dice: &Dice) -> Option<Pulls> {
    let mut dice = dice.clone();
    dice.chance(2_500).then(|| Pulls {
        instances: 1 + usize::try_from(dice.below(2)).unwrap_or(0),
        lag_seconds: dice.between(0, 240),
        lost: u32::try_from(dice.between(0, 1_000)).unwrap_or(0),
        subscribed: !dice.chance(1_000),
        ..Pulls::CALM
    })
}

fn accounts(dice: &mut Dice) -> Vec<Account> {
    let policies = [ConfirmPolicy::Paid, ConfirmPolicy::Paid, ConfirmPolicy::Authorised, ConfirmPolicy::Always];
    let mut accounts = vec![
        account("alpha", *dice.pick(&policies), UnknownProduct::Park),
        account(
            "beta",
            *dice.pick(&[ConfirmPolicy::Paid, ConfirmPolicy::Never]),
            UnknownProduct::Fallback(FALLBACK.into()),
        ),
    ];
    let books = [CreditNotes::Posted, CreditNotes::Posted, CreditNotes::Draft, CreditNotes::None];
    for account in &mut accounts {
        account.books.credit_notes = *dice.pick(&books);
        account.books.invoices = *dice.pick(&[Invoices::None, Invoices::None, Invoices::OnConfirm]);
        account.edits = *dice.pick(&[EditPolicy::Hold, EditPolicy::Apply]);
    }
    accounts
}

/// Drives one world to its quiet point and checks it.
#[must_use]
pub fn simulate_world(seed: u64, orders: u64, odoos: &Odoos, bug: Option<Bug>) -> Report {
    let (mut world, made) = seeded_world(seed, orders, odoos, bug);
    world.run();
    Report { orders, faults: world.faults(), findings: check(&world, &made), seed, trace: world.trace() }
}

/// Drives one world of a simulation again.
#[must_use]
pub fn simulate_again(config: SimulationConfig, number: u64) -> Report {
    let orders = WINDOW.min(config.orders.saturating_sub(number * WINDOW));
    simulate_world(Dice::new(config.seed).fork(number + 1).next(), orders, &Odoos::default(), config.bug)
}

/// Simulates. `told` hears after each world how many orders are done.
#[must_use]
pub fn simulate(config: SimulationConfig, told: &(dyn Fn(u64) + Sync)) -> Report {
    let odoos = Odoos::default();
    let seeds = Dice::new(config.seed);
    let worlds = config.orders.div_ceil(WINDOW);
    let (next, done) = (AtomicU64::new(0), AtomicU64::new(0));
    let work = || {
        let mut reports = Vec::new();
        loop {
            let number = next.fetch_add(1, Ordering::Relaxed);
            if number >= worlds {
                return reports;
            }
            let orders = WINDOW.min(config.orders - number * WINDOW);
            let mut report = simulate_world(seeds.fork(number + 1).next(), orders, &odoos, config.bug);
            report.findings.place(number);
            told(done.fetch_add(orders, Ordering::Relaxed) + orders);
            reports.push((number, report));
        }
    };
    let mut reports: Vec<(u64, Report)> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..config.threads.max(1)).map(|_| scope.spawn(work)).collect();
        threads.into_iter().flat_map(|thread| thread.join().expect("a world panicked")).collect()
    });
    reports.sort_by_key(|(number, _)| *number);
    let mut whole = Report { seed: config.seed, ..Report::default() };
    let mut trace = Trace::default();
    for (_, report) in reports {
        whole.orders += report.orders;
        whole.faults += report.faults;
        whole.findings.add(report.findings);
        trace.number(report.trace);
    }
    whole.trace = trace.value();
    whole
}
