//! The command line, as `design/interface.md` fixes it.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

/// Sluice: the control gate between a retailer's channels and Odoo.
#[derive(Parser)]
#[command(name = "sluice", version, about, max_term_width = 100)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) verb: Verb,
}

#[derive(Subcommand)]
pub(crate) enum Verb {
    /// Check a delivery's signature. The last line is `accepted` or `rejected: <reason>`.
    #[command(
        after_help = "Example:\n  sluice verify --channel shopify --secret hush --headers headers.json --body body.json"
    )]
    Verify(Verify),
    /// Show what a payload would become, without doing it.
    #[command(after_help = "Example:\n  sluice explain --channel shopify --topic orders/create order.json")]
    Explain(Explain),
    /// Sign a payload as the channel would and post it.
    #[command(after_help = "Example:\n  sluice send --channel shopify --topic orders/create order.json --copies 5")]
    Send(Send),
    /// Run Sluice in this process, with a simulated Odoo or a real one.
    #[command(after_help = "Example:\n  sluice serve --port 9000 --store shop.sluice")]
    Serve(Serve),
    /// Show the way of one thing: by channel number or id, subject, or Odoo name or id.
    #[command(after_help = "Example:\n  sluice trace 1001\n  sluice trace S00042 --format json")]
    Trace(Trace),
    /// What waits for a person: list, retry, park, release.
    #[command(after_help = "Example:\n  sluice exceptions list\n  sluice exceptions retry --cause unknown_product")]
    Exceptions(Exceptions),
    /// Check configuration and Odoo: 0 clean, 1 blocks go-live, 3 warnings only.
    #[command(
        after_help = "Example:\n  ODOO_URL=https://erp.example.com ODOO_DB=shop ODOO_LOGIN=sluice ODOO_API_KEY=... sluice doctor\n  sluice doctor --accept-database 2026-11-24T02:00:00Z"
    )]
    Doctor(Doctor),
    /// Load the demonstration's products, taxes and price lists into the Odoo given by the environment, once.
    #[command(
        after_help = "Example:\n  ODOO_URL=http://127.0.0.1:8069 ODOO_DB=demo ODOO_LOGIN=sluice ODOO_API_KEY=... sluice demo-data"
    )]
    DemoData,
}

#[derive(Args)]
pub(crate) struct Verify {
    /// Channel (folder name of its adapter), like shopify.
    #[arg(long)]
    pub(crate) channel: String,
    /// Signing secret; repeat it for a rotation. A value that names an existing file is read.
    #[arg(long, required = true)]
    pub(crate) secret: Vec<String>,
    /// JSON object of header names and values.
    #[arg(long)]
    pub(crate) headers: PathBuf,
    /// Raw body.
    #[arg(long)]
    pub(crate) body: PathBuf,
    /// URL that the sender used, where the channel signs it.
    #[arg(long)]
    pub(crate) url: Option<String>,
    /// Instant to judge a signature's age by.
    #[arg(long)]
    pub(crate) now: Option<jiff::Timestamp>,
}

#[derive(Args)]
pub(crate) struct Explain {
    /// Channel (folder name of its adapter), like shopify.
    #[arg(long)]
    pub(crate) channel: String,
    /// The provider's event name, or pull:order and the like.
    #[arg(long)]
    pub(crate) topic: String,
    /// Account of the configuration; a neutral one without it.
    #[arg(long)]
    pub(crate) account: Option<String>,
    /// How to print.
    #[arg(long, value_enum, default_value = "text")]
    pub(crate) format: ExplainFormat,
    /// The payload.
    pub(crate) file: PathBuf,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum ExplainFormat {
    Text,
    Json,
    Summary,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    Text,
    Json,
}

#[derive(Args)]
pub(crate) struct Send {
    /// Channel (folder name of its adapter), like shopify.
    #[arg(long)]
    pub(crate) channel: String,
    /// Account it is for.
    #[arg(long, default_value = "demo")]
    pub(crate) account: String,
    /// The provider's event name.
    #[arg(long)]
    pub(crate) topic: String,
    /// The payload.
    pub(crate) file: PathBuf,
    /// Where Sluice listens: its base, or the whole webhook URL.
    #[arg(long, default_value = "http://127.0.0.1:9000")]
    pub(crate) to: String,
    /// Signing secret; the demo account's without it.
    #[arg(long)]
    pub(crate) secret: Option<String>,
    /// Copies, posted in parallel.
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=10_000))]
    pub(crate) copies: u32,
    /// Delivery id; made up without it. All copies carry the same one.
    #[arg(long)]
    pub(crate) delivery_id: Option<String>,
}

#[derive(Args)]
pub(crate) struct Serve {
    /// Port on 127.0.0.1 (environment: PORT).
    #[arg(long)]
    pub(crate) port: Option<u16>,
    /// The one file that holds state, queue and simulated Odoo (environment: `SLUICE_STORE`).
    #[arg(long)]
    pub(crate) store: Option<PathBuf>,
    /// Feed the demonstration day first (what `make run` does).
    #[arg(long)]
    pub(crate) demo: bool,
    /// Let the simulated Odoo answer on this port of 127.0.0.1 too, as a server of its own would.
    #[arg(long)]
    pub(crate) odoo_port: Option<u16>,
    /// Let a simulated Shopify with the orders of the demonstration day answer on this port of 127.0.0.1.
    #[arg(long)]
    pub(crate) shopify_port: Option<u16>,
    /// Version that a new store's simulated Odoo has: 18 or 19.
    #[arg(long, default_value_t = 19, value_parser = clap::value_parser!(u16).range(18..=19))]
    pub(crate) odoo_version: u16,
}

#[derive(Args)]
pub(crate) struct Trace {
    /// Channel number or id, subject, or Odoo name or id.
    pub(crate) id: String,
    /// How to print.
    #[arg(long, value_enum, default_value = "text")]
    pub(crate) format: Format,
    #[command(flatten)]
    pub(crate) place: Place,
}

/// Which Sluice to ask.
#[derive(Args)]
pub(crate) struct Place {
    /// A Sluice that runs on this machine.
    #[arg(long, default_value = "http://127.0.0.1:9000", conflicts_with = "stage", global = true)]
    pub(crate) to: String,
    /// A deployed stage.
    #[arg(long, global = true)]
    pub(crate) stage: Option<String>,
}

#[derive(Args)]
pub(crate) struct Exceptions {
    #[command(subcommand)]
    pub(crate) verb: Option<ExceptionVerb>,
    /// How to print.
    #[arg(long, value_enum, default_value = "text", global = true)]
    pub(crate) format: Format,
    #[command(flatten)]
    pub(crate) place: Place,
}

#[derive(Subcommand)]
pub(crate) enum ExceptionVerb {
    /// What waits, by cause.
    List,
    /// Try again: one thing, all of a cause or class, or all.
    Retry {
        /// One thing, by any of its names.
        id: Option<String>,
        /// All of this cause or class.
        #[arg(long, conflicts_with = "id")]
        cause: Option<String>,
        /// Everything that waits.
        #[arg(long, conflicts_with_all = ["id", "cause"])]
        all: bool,
    },
    /// Do nothing with a thing until it is released.
    Park {
        /// The thing, by any of its names.
        id: String,
    },
    /// Go on with a parked thing.
    Release {
        /// The thing, by any of its names.
        id: String,
    },
}

#[derive(Args)]
pub(crate) struct Doctor {
    /// How to print.
    #[arg(long, value_enum, default_value = "text")]
    pub(crate) format: Format,
    /// Accept the Odoo database as it is (a restored backup): what was done in it since that instant is verified again.
    #[arg(long, value_name = "SINCE")]
    pub(crate) accept_database: Option<jiff::Timestamp>,
    #[command(flatten)]
    pub(crate) place: Place,
}
