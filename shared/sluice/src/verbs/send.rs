//! `sluice send`: signs as the channel would, and posts.

use sluice_channels::SigningRequest;
use sluice_domain::ports::{
    Clock, Random,
    http::{Http, HttpRequest, Method},
    secrets::Secret,
};
use sluice_platform::{HttpClient, OsRandom, SystemClock};

use super::{channel_named, read_file};
use crate::{
    arguments::Send,
    embedded::settings,
    output::{self, Problem},
};

/// How long a channel waits for an answer (Shopify: 5 s for the whole of it), in milliseconds.
const PATIENCE_MS: u64 = 5_000;

pub(crate) async fn run(verb: Send) -> Result<u8, Problem> {
    let channel = channel_named(&verb.channel)?;
    let body = read_file(&verb.file)?;
    let account = settings::account_at(&verb.account, &verb.channel)?;
    let secret = match &verb.secret {
        Some(secret) => Secret::new(secret.as_str()),
        None => match settings::own_secrets(&account.name).into_iter().next() {
            Some(secret) => secret,
            None => settings::demo_secret()?,
        },
    };
    let made_up = || format!("{:016x}{:016x}", OsRandom.next(), OsRandom.next());
    let delivery_id = verb.delivery_id.clone().unwrap_or_else(made_up);
    let url = target(&verb);
    let request = SigningRequest {
        account: &account,
        topic: &verb.topic,
        delivery_id: &delivery_id,
        body: &body,
        url: Some(&url),
        secret: &secret,
        now: SystemClock.now(),
    };
    let signed = channel.sign(&request);
    let http = HttpClient::new(None).map_err(|error| Problem::refused(error.to_string()))?;
    let request = HttpRequest {
        method: Method::Post,
        url: target(&verb),
        headers: signed.headers,
        body,
        timeout_ms: PATIENCE_MS,
    };
    let http = std::sync::Arc::new(http);
    let posts: Vec<_> = (0..verb.copies)
        .map(|_| {
            let (http, request) = (std::sync::Arc::clone(&http), request.clone());
            tokio::spawn(async move { http.send(request).await })
        })
        .collect();
    let mut failed = false;
    for (copy, post) in (1_u32..).zip(posts) {
        let line = match post.await {
            Ok(Ok(answer)) => {
                failed |= !(200..300).contains(&answer.status);
                let text = String::from_utf8_lossy(&answer.body).trim().chars().take(200).collect::<String>();
                format!("{copy}: {}{}{text}", answer.status, if text.is_empty() { "" } else { " " })
            }
            Ok(Err(error)) => {
                failed = true;
                format!("{copy}: {error}")
            }
            Err(error) => {
                failed = true;
                format!("{copy}: {error}")
            }
        };
        output::result(&line);
    }
    output::note(&format!("{} {} to {} as delivery {delivery_id}", verb.copies, verb.topic, target(&verb)));
    Ok(u8::from(failed))
}

fn target(verb: &Send) -> String {
    if verb.to.contains("/webhooks/") {
        return verb.to.clone();
    }
    format!("{}/webhooks/{}/{}", verb.to.trim_end_matches('/'), verb.channel, verb.account)
}
