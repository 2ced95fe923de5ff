//! The Lambda function `webhook-ingress`: the ingress over SQS and Secrets Manager, behind an HTTP API or a Function URL.

mod http_event;

use std::{process::ExitCode, sync::Arc};

use serde_json::{Value, value::RawValue};
use sluice_aws::{
    QueueUrls,
    lambda::{Absent, Function, Invocation, Shell, StartError, serve},
};
use sluice_channels::shop_namings;
use sluice_domain::ports::{PortFuture, Ports};
use sluice_platform::{OsRandom, SystemClock, SystemTimer};
use sluice_webhook_ingress::{Answer, Ingress};

struct WebhookIngress(Ingress);

impl Function for WebhookIngress {
    fn handle<'a>(&'a self, invocation: Invocation<'a>) -> PortFuture<'a, Value> {
        Box::pin(async move {
            match http_event::request(invocation.event) {
                Ok(request) => http_event::answered(&self.0.handle(request).await),
                Err(refused) => {
                    tracing::warn!(reason = refused.problem, outcome = "unreadable");
                    refused.answer()
                }
            }
        })
    }

    fn panicked(&self, _: &RawValue) -> Value {
        http_event::answered(&Answer::Unavailable)
    }
}

async fn start() -> Result<(Shell, WebhookIngress), StartError> {
    let shell = Shell::start("webhook-ingress")?;
    let accounts = shell.accounts(&shop_namings())?.accounts;
    let deliveries = shell.required("SLUICE_DELIVERIES_QUEUE_URL")?;
    let bucket = shell.required("SLUICE_BODIES_BUCKET")?;
    let aws = shell.aws()?;
    let secrets = aws.secrets(shell.stage(), Arc::new(SystemClock)).without_contact_key();
    shell.check_secrets(&secrets, accounts.keys()).await?;
    let urls = QueueUrls { deliveries: Some(deliveries), ..QueueUrls::default() };
    let queue = aws.queue(urls, Some(Arc::new(aws.bodies(&bucket))));
    queue.check().await?;
    let ports = Ports {
        state: Arc::new(Absent),
        journal: Arc::new(Absent),
        queue: Arc::new(queue),
        secrets: Arc::new(secrets),
        http: Arc::new(Absent),
        clock: Arc::new(SystemClock),
        timer: Arc::new(SystemTimer),
        random: Arc::new(OsRandom),
    };
    Ok((shell, WebhookIngress(Ingress::new(ports, accounts))))
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    serve(start().await).await
}
