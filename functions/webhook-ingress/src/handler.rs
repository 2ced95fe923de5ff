//! One webhook.

use std::collections::BTreeMap;

use sluice_channels::{Channel, Checked, Envelope, Fault, Inbound, Rejection, channel};
use sluice_domain::{
    account::Account,
    delivery::{Delivery, MAX_BODY_BYTES},
    ports::{
        Ports,
        secrets::{AccountSecrets, Secret, SecretError},
    },
    state::ReadOrPush,
    value::AccountName,
};

use crate::answer::Answer;

/// The longest delivery id that is kept.
const MAX_DELIVERY_ID: usize = 100;

/// A request as the gateway hands it over.
pub struct IngressRequest {
    /// `POST`.
    pub method: String,
    /// `/webhooks/shopify/demo`, with the query where there is one.
    pub path: String,
    /// Names in any case, and values.
    pub headers: Vec<(String, String)>,
    /// The raw bytes.
    pub body: Vec<u8>,
}

/// The ingress.
pub struct Ingress {
    ports: Ports,
    accounts: BTreeMap<AccountName, Account>,
    /// Where webhooks arrive from outside, where that is configured.
    public_url: Option<String>,
}

impl Ingress {
    /// An ingress for these accounts.
    #[must_use]
    pub fn new(ports: Ports, accounts: BTreeMap<AccountName, Account>) -> Self {
        Self { ports, accounts, public_url: None }
    }

    /// The same behind something that does not pass on the host that was asked for: channels that sign the URL are proved with
    /// this one before the path (`https://hooks.example.com`).
    #[must_use]
    pub fn reached_at(self, public_url: Option<String>) -> Self {
        Self { public_url, ..self }
    }

    /// Answers one request.
    pub async fn handle(&self, request: IngressRequest) -> Answer {
        let Some((channel, account)) = route(&request.path) else { return Answer::UnknownChannel };
        if !request.method.eq_ignore_ascii_case("POST") {
            return Answer::NotPost;
        }
        if request.body.len() > MAX_BODY_BYTES {
            return Answer::TooLarge;
        }
        let url = self.url(&request);
        if channel.is_ping(&self.inbound(&request, &url)) {
            tracing::info!(channel = channel.name(), outcome = "ping");
            return Answer::Accepted;
        }
        let inbound = self.inbound(&request, &url);
        match self.prove(channel, self.account(channel, account), &inbound).await {
            Ok((account, answer)) => {
                let envelope = channel.envelope(&inbound);
                self.accept(account, envelope, request, answer).await
            }
            Err(Refused::Invalid(account, faults, more)) => {
                let field = faults.first().map(|fault| fault.pointer.as_str()).unwrap_or_default();
                tracing::info!(account = %account, channel = channel.name(), field, outcome = "invalid");
                Answer::Invalid { faults, more }
            }
            Err(Refused::Unproved(reason)) => {
                // A bad signature leaves no trace but this line: no id, no body, nothing that a sender chose.
                tracing::info!(channel = channel.name(), %reason, outcome = "unauthorized");
                Answer::Unauthorized
            }
            Err(Refused::Secrets(error)) => {
                tracing::error!(channel = channel.name(), %error, outcome = "unavailable");
                Answer::Unavailable
            }
        }
    }

    fn inbound<'a>(&self, request: &'a IngressRequest, url: &'a str) -> Inbound<'a> {
        Inbound { headers: &request.headers, body: &request.body, url: Some(url), now: self.ports.clock.now() }
    }

    /// The URL that the sender used. Without a configured one it is what the request says of itself: whoever lies about it has to
    /// sign the lie, which only the channel can.
    fn url(&self, request: &IngressRequest) -> String {
        let header = |name: &str| {
            let found = request.headers.iter().find(|(key, _)| key.eq_ignore_ascii_case(name));
            found.map(|(_, value)| value.split(',').next().unwrap_or_default().trim())
        };
        let base = self.public_url.as_deref().map(|base| base.trim_end_matches('/').to_owned());
        let base = base.unwrap_or_else(|| {
            format!("{}://{}", header("x-forwarded-proto").unwrap_or("http"), header("host").unwrap_or_default())
        });
        format!("{base}{}", request.path)
    }

    /// The account that a channel's path names: its own name, or the beginning of `name_channel`, so that `demo` serves every
    /// channel though names are unique.
    fn account(&self, channel: &dyn Channel, name: &str) -> Option<&Account> {
        let named = |name: &str| {
            let account = self.accounts.get(&AccountName::parse(name).ok()?)?;
            (account.channel == channel.name()).then_some(account)
        };
        named(name).or_else(|| named(&format!("{name}_{}", channel.name())))
    }

    /// The account and the answer once the delivery is durable, when the request is proved to be its channel's and its body is one
    /// that the channel may send. An unknown account costs the same work as a known one.
    async fn prove<'a>(
        &self,
        channel: &dyn Channel,
        account: Option<&'a Account>,
        inbound: &Inbound<'_>,
    ) -> Result<(&'a Account, Answer), Refused> {
        let secrets = match account {
            Some(account) => self.ports.secrets.account(&account.name).await.map_err(Refused::Secrets)?,
            None => nobodys(),
        };
        let signed = channel.verify(inbound, &secrets.signing).map_err(|rejection| match (rejection, account) {
            // Nothing is wrong with what was sent: it is to be sent again once the secret is there.
            (Rejection::EmptySecret, Some(account)) => {
                let what =
                    format!("that signs the webhooks of {}: put it as `current` of the account's secret", account.name);
                Refused::Secrets(SecretError::Missing(what))
            }
            (rejection, _) => Refused::Unproved(rejection),
        });
        let account = account.ok_or(Refused::Unproved(Rejection::WrongSignature));
        signed?;
        let account = account?;
        // Who has the secret may hear what is wrong with the body, also where that is what keeps it from saying whose it is.
        let answer = match channel.check(inbound) {
            Checked::Fine => Answer::Accepted,
            Checked::Unused(why) => Answer::Unused(why),
            Checked::Faulty { faults, more } => return Err(Refused::Invalid(account.name.clone(), faults, more)),
        };
        channel.belongs(inbound, account).map_err(Refused::Unproved)?;
        Ok((account, answer))
    }

    async fn accept(&self, account: &Account, envelope: Envelope, request: IngressRequest, accepted: Answer) -> Answer {
        let now = self.ports.clock.now();
        let trace_id = format!("{:016x}{:016x}", self.ports.random.next(), self.ports.random.next());
        let delivery_id = envelope.delivery_id.as_deref().map_or_else(|| trace_id.clone(), tame);
        let delivery = Delivery {
            channel: account.channel.clone(),
            account: account.name.clone(),
            topic: envelope.topic,
            delivery_id,
            source: ReadOrPush::Push,
            stated_at: envelope.stated_at,
            api_version: envelope.api_version,
            received_at: now,
            trace_id,
            body: request.body,
        };
        let (topic, trace_id) = (delivery.topic.clone(), delivery.trace_id.clone());
        match self.ports.queue.send_delivery(delivery).await {
            Ok(()) => {
                tracing::info!(account = %account.name, topic, trace_id, outcome = "accepted");
                accepted
            }
            Err(error) => {
                tracing::error!(account = %account.name, topic, %error, outcome = "unavailable");
                Answer::Unavailable
            }
        }
    }
}

enum Refused {
    Unproved(Rejection),
    /// Proved, and not as the channel has it: what is wrong, and how much more of it there is.
    Invalid(AccountName, Vec<Fault>, usize),
    Secrets(SecretError),
}

/// Secrets that sign nothing: no sender can know them, since they differ from every configured one by their length.
fn nobodys() -> AccountSecrets {
    let nobody = Secret::new("an unknown account is checked against this and never matches: its answer is 401 anyway");
    AccountSecrets { signing: vec![nobody.clone()], contact_key: nobody, access_token: None }
}

fn route(path: &str) -> Option<(&'static dyn Channel, &str)> {
    let path = path.split('?').next().unwrap_or_default().trim_end_matches('/');
    let (name, account) = path.strip_prefix("/webhooks/")?.split_once('/')?;
    Some((channel(name)?, account))
}

/// A delivery id that can stand in keys and logs, whatever the header holds.
fn tame(id: &str) -> String {
    let fine = |letter: char| if letter.is_ascii_alphanumeric() || "-_.:".contains(letter) { letter } else { '_' };
    id.chars().take(MAX_DELIVERY_ID).map(fine).collect()
}
