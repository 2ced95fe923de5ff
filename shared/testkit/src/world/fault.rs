//! What goes wrong on purpose, and when.

use super::dice::Dice;

/// Which kind of port a call goes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Port {
    /// Reads of the state.
    Read,
    /// Conditional saves.
    Save,
    /// Call records, permits, pressure.
    Note,
    /// The journal.
    Journal,
    /// Queues.
    Queue,
    /// Secrets.
    Secrets,
    /// Reads of Odoo.
    Http,
    /// Writes to Odoo: they meet trouble three times as often.
    HttpWrite,
}

/// What happens to one call of a port.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Strike {
    /// Nothing.
    Calm,
    /// The process dies before the call takes effect.
    CrashBefore,
    /// The call takes effect and the process dies before it learns of it.
    CrashAfter,
    /// An error; nothing happened.
    Refuse,
    /// It happened; an error is answered.
    Unsure,
    /// "Somebody else saved it first", though nobody did (a transaction conflict); elsewhere like `Refuse`.
    Conflict,
    /// Something between us and Odoo.
    Http(Trouble),
}

/// What happens to one call of Odoo.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// It commits, the answer is lost.
    Lost,
    /// It never arrives, and nobody knows.
    Dropped,
    /// It commits when its caller is long gone.
    Late,
    /// A serialization failure, inside HTTP 200 where the call is a `load`.
    Serialization,
    /// A deadlock.
    Deadlock,
    /// 429.
    TooMany,
    /// 503.
    Unavailable,
    /// 502.
    BadGateway,
    /// Nobody listens.
    Refused,
    /// The answer takes long, or too long.
    Slow,
    /// Odoo itself runs the method several times.
    Retried,
}

/// Those that leave a call's outcome unknown are the hardest, so they come more often.
const TROUBLES: [Trouble; 15] = [
    Trouble::Lost,
    Trouble::Lost,
    Trouble::Late,
    Trouble::Late,
    Trouble::Late,
    Trouble::Dropped,
    Trouble::Late,
    Trouble::Serialization,
    Trouble::Deadlock,
    Trouble::TooMany,
    Trouble::Unavailable,
    Trouble::BadGateway,
    Trouble::Refused,
    Trouble::Slow,
    Trouble::Retried,
];

/// How often things go wrong, in ten thousand calls.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Rates {
    /// A process dies at a call.
    pub crash: u32,
    /// A store, queue or journal answers an error.
    pub store: u32,
    /// A call of Odoo meets trouble.
    pub http: u32,
    /// Every trouble of a write is that it commits late: a proxy in front gives up early.
    pub late: bool,
    /// A message is received by two workers at once.
    pub doubled: u32,
    /// A webhook is sent again although it was taken.
    pub resent: u32,
    /// Workers' clocks are off by up to so many milliseconds.
    pub skew_ms: i64,
    /// How often all processes are restarted, on average once in so many seconds; 0 is never.
    pub restart_every_seconds: u32,
    /// Odoo is down for two hours once.
    pub outage: bool,
    /// How often somebody in Odoo corrects a contact, in seconds; 0 is never.
    pub clerk_every_seconds: u32,
}

impl Rates {
    /// Nothing goes wrong.
    pub const CALM: Self = Self {
        crash: 0,
        store: 0,
        http: 0,
        late: false,
        doubled: 0,
        resent: 0,
        skew_ms: 0,
        restart_every_seconds: 0,
        outage: false,
        clerk_every_seconds: 0,
    };

    /// A world's weather: from fair to foul, chosen by its seed.
    #[must_use]
    pub fn weather(dice: &mut Dice) -> Self {
        let mut upto = |most: i64| u32::try_from(dice.between(0, most)).unwrap_or(0);
        // A proxy that gives up early, and nothing else wrong: work goes on while what it gave up commits late.
        let late = upto(3) == 0;
        let (crash, store, http) = if late { (0, upto(40), 200 + upto(300)) } else { (upto(60), upto(150), upto(600)) };
        let (doubled, resent) = (upto(800), upto(2_000));
        let restart_every_seconds = if !late && upto(3) == 0 { 240 } else { 0 };
        let outage = !late && upto(7) == 0;
        Self {
            crash,
            store,
            http,
            late,
            doubled,
            resent,
            skew_ms: 3_000,
            restart_every_seconds,
            outage,
            clerk_every_seconds: 60,
        }
    }

    fn strike(&self, port: Port, dice: &mut Dice) -> Strike {
        let roll = u32::try_from(dice.below(10_000)).unwrap_or(u32::MAX);
        if roll < self.crash {
            return if roll % 2 == 0 { Strike::CrashBefore } else { Strike::CrashAfter };
        }
        let roll = roll - self.crash;
        match port {
            Port::Http if roll < self.http && !self.late => Strike::Http(*dice.pick(&TROUBLES)),
            Port::HttpWrite if roll < self.http * 3 => {
                Strike::Http(if self.late { Trouble::Late } else { *dice.pick(&TROUBLES) })
            }
            Port::Http | Port::HttpWrite => Strike::Calm,
            _ if roll < self.store => *dice.pick(&[Strike::Refuse, Strike::Unsure, Strike::Conflict]),
            _ => Strike::Calm,
        }
    }
}

/// Which calls are struck.
#[derive(Clone, Debug)]
pub enum Plan {
    /// By luck.
    Random(Rates),
    /// The call of that number, counted from 0 over all ports, and no other.
    Call(u64, Strike),
    /// The call of Odoo of that number, counted from 0, and no other.
    OdooCall(u64, Trouble),
    /// The first so many calls of that name: `save`, `send_wakes`, `sale.order.load`.
    Named(&'static str, Strike, u32),
}

/// Counts calls and strikes.
#[derive(Clone, Debug)]
pub(crate) struct Fate {
    plan: Plan,
    calls: u64,
    odoo_calls: u64,
    struck: u64,
}

impl Fate {
    pub(crate) fn new(plan: Plan) -> Self {
        Self { plan, calls: 0, odoo_calls: 0, struck: 0 }
    }

    /// What happens to the next call.
    pub(crate) fn strike(&mut self, port: Port, name: &str, dice: &mut Dice) -> Strike {
        let (call, odoo_call) = (self.calls, self.odoo_calls);
        self.calls += 1;
        let odoo = matches!(port, Port::Http | Port::HttpWrite);
        self.odoo_calls += u64::from(odoo);
        let strike = match &mut self.plan {
            Plan::Random(rates) => rates.strike(port, dice),
            Plan::Call(number, strike) if *number == call => *strike,
            Plan::OdooCall(number, trouble) if odoo && *number == odoo_call => Strike::Http(*trouble),
            Plan::Named(wanted, strike, times) if *wanted == name && *times > 0 => {
                *times -= 1;
                *strike
            }
            Plan::Call(..) | Plan::OdooCall(..) | Plan::Named(..) => Strike::Calm,
        };
        self.struck += u64::from(strike != Strike::Calm);
        strike
    }

    pub(crate) fn rates(&self) -> Rates {
        match &self.plan {
            Plan::Random(rates) => *rates,
            Plan::Call(..) | Plan::OdooCall(..) | Plan::Named(..) => Rates::CALM,
        }
    }

    /// From now on nothing goes wrong by luck. What is to strike one call does, however late that call comes.
    pub(crate) fn heal(&mut self) {
        if let Plan::Random(rates) = &mut self.plan {
            *rates = Rates::CALM;
        }
    }

    /// Something went wrong beside the ports: a restart, an outage, a message twice.
    pub(crate) fn count(&mut self) {
        self.struck += 1;
    }

    pub(crate) fn struck(&self) -> u64 {
        self.struck
    }

    pub(crate) fn calls(&self) -> (u64, u64) {
        (self.calls, self.odoo_calls)
    }
}
