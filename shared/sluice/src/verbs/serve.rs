//! `sluice serve`: embedded Sluice.

use std::{
    net::{Ipv4Addr, SocketAddr},
    rc::Rc,
};

use sluice_platform::telemetry;
use tokio::{net::TcpListener, task::LocalSet};

use crate::{
    arguments::Serve,
    embedded::{
        Embedded, day, pump,
        server::{self, Face},
        settings::{BUILT_IN, Settings, is_built_in, own_secrets, secret_variable},
        shop::{self, Shop},
    },
    output::{self, Problem},
    verbs::{demo_data, doctor},
};

/// The port when nobody says.
const PORT: u16 = 9000;

pub(crate) async fn run(verb: Serve) -> Result<u8, Problem> {
    let settings = Settings::read()?;
    telemetry::start(telemetry::LogFormat::Text, &settings.environment.log)
        .map_err(|error| Problem::usage(error.to_string()))?;
    let path = settings.store(verb.store.clone());
    let (port, once, reset) = (
        verb.port.or(settings.environment.port).unwrap_or(PORT),
        settings.environment.once,
        settings.environment.reset,
    );
    // The port is taken before the store is touched: two of them on one store would be found out here.
    let listener = listen(port, "PORT or --port").await?;
    let odoo_listener = listen_if(verb.odoo_port, "--odoo-port").await?;
    let shop_listener = listen_if(verb.shopify_port, "--shopify-port").await?;
    prepare(&path, verb.demo && reset)?;
    let sluice = Rc::new(Embedded::open(&path, settings, verb.odoo_version)?);
    welcome(&sluice, port, &path);
    if let (Some(port), None) = (verb.odoo_port, &sluice.settings.environment.odoo) {
        let connection = &sluice.connection;
        output::note(&format!(
            "simulated Odoo: ODOO_URL=http://127.0.0.1:{port} ODOO_DB={} ODOO_LOGIN={} ODOO_API_KEY={}",
            connection.database,
            connection.login,
            connection.key.expose()
        ));
    }
    let shop = verb.shopify_port.map(|port| Shop::open(port, &sluice)).transpose()?.map(Rc::new);
    if sluice.settings.environment.odoo.is_none() {
        demo_data::load_into(&*sluice.ports.http, &sluice.connection).await?;
    }
    doctor::before_first_order(&sluice).await;
    let local = LocalSet::new();
    let code = local
        .run_until(async {
            tokio::task::spawn_local(pump::run(Rc::clone(&sluice)));
            tokio::task::spawn_local(server::run(listener, Face::Sluice(Rc::clone(&sluice))));
            if let Some(listener) = odoo_listener {
                tokio::task::spawn_local(server::run(listener, Face::Odoo(Rc::clone(&sluice))));
            }
            if let (Some(listener), Some(shop)) = (shop_listener, shop) {
                tokio::task::spawn_local(server::run(listener, Face::Shopify(Rc::clone(&shop))));
                tokio::task::spawn_local(shop::post_webhooks(shop));
            }
            let mut code = 0;
            if verb.demo {
                code = tokio::select! {
                    code = Box::pin(day::play(&sluice)) => code?,
                    () = stopped() => return Ok(0),
                };
            }
            if once {
                return Ok(code);
            }
            output::note(&format!(
                "listening on http://127.0.0.1:{port}; Ctrl-C stops, nothing that was answered is lost"
            ));
            stopped().await;
            Ok(code)
        })
        .await?;
    output::note("stopped");
    Ok(code)
}

async fn listen_if(port: Option<u16>, setting: &str) -> Result<Option<TcpListener>, Problem> {
    match port {
        Some(port) => listen(port, setting).await.map(Some),
        None => Ok(None),
    }
}

/// Loopback only.
async fn listen(port: u16, setting: &str) -> Result<TcpListener, Problem> {
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    TcpListener::bind(address).await.map_err(|error| {
        Problem::refused(format!("port {port} cannot be used ({error}): set {setting} to another one"))
    })
}

fn prepare(path: &std::path::Path, reset: bool) -> Result<(), Problem> {
    let failed = |error: std::io::Error| Problem::refused(format!("{}: {error}", path.display()));
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        std::fs::create_dir_all(folder).map_err(failed)?;
    }
    if reset && path.exists() {
        output::note(&format!("RESET: {} starts anew", path.display()));
        std::fs::remove_file(path).map_err(failed)?;
        for suffix in ["-wal", "-shm", "-journal"] {
            let mut name = path.as_os_str().to_owned();
            name.push(suffix);
            // They exist only after a crash.
            let _ = std::fs::remove_file(std::path::PathBuf::from(name));
        }
    }
    Ok(())
}

fn welcome(sluice: &Embedded, port: u16, path: &std::path::Path) {
    output::note(&format!("Sluice: store {}", path.display()));
    match &sluice.settings.environment.odoo {
        Some(odoo) => output::note(&format!("Odoo: {} database {}", odoo.url, odoo.database)),
        None => output::note(
            "Odoo: simulated, in the same store (set ODOO_URL, ODOO_DB, ODOO_LOGIN, ODOO_API_KEY for a real one)",
        ),
    }
    for account in sluice.settings.accounts.values() {
        let secret = if !own_secrets(&account.name).is_empty() {
            format!("secret from {}", secret_variable(&account.name))
        } else if is_built_in(account) {
            format!("secret {}", sluice.settings.environment.demo_secret.expose())
        } else {
            format!("NO SECRET: set {}, its webhooks are answered 503", secret_variable(&account.name))
        };
        let path = if is_built_in(account) { BUILT_IN } else { account.name.as_str() };
        output::note(&format!(
            "account {}: POST http://127.0.0.1:{port}/webhooks/{}/{path}, shop {}, {secret}",
            account.name,
            account.channel,
            account.shop_domain.as_deref().unwrap_or("-")
        ));
    }
}

/// Ctrl-C, or the polite signal of a supervisor.
async fn stopped() {
    let terminated = async {
        match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
            Ok(mut signal) => drop(signal.recv().await),
            Err(_) => std::future::pending().await,
        }
    };
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        () = terminated => {}
    }
}
