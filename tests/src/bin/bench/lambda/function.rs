//! One bootstrap, and the Lambda Runtime API that it asks for events.

use std::{
    io,
    path::Path,
    process::{Child, Command, Stdio},
    sync::{
        Mutex,
        mpsc::{Receiver, Sender, channel},
    },
    thread,
    time::Duration,
};

use serde_json::Value;

use super::{
    aws::Aws,
    peer::{Reply, Request, listen},
};

/// How long an answer may take.
const PATIENCE: Duration = Duration::from_secs(60);
/// Beginning of the paths (Lambda developer guide, "Using the Lambda runtime API").
const API: &str = "/2018-06-01/runtime/";

/// A function that runs.
pub(crate) struct Function {
    name: &'static str,
    child: Child,
    events: Sender<String>,
    answers: Receiver<Vec<u8>>,
}

impl Function {
    /// Starts it as Lambda does, with the environment of the template and no other.
    pub(crate) fn start(name: &'static str, bootstrap: &Path, aws: &Aws) -> Self {
        let (events, waiting) = channel::<String>();
        let (answered, answers) = channel::<Vec<u8>>();
        let waiting = Mutex::new(waiting);
        let api = listen(move |request| reply(request, &waiting, &answered));
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        let mut command = Command::new(bootstrap);
        command.env_clear().envs([("AWS_LAMBDA_RUNTIME_API", api.as_str()), ("AWS_ENDPOINT_URL", &aws.endpoint)]);
        command.env("SLUICE_CONFIG", root.join("infra").join("config")).envs([
            ("AWS_LAMBDA_FUNCTION_NAME", name),
            ("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST"),
            ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "256"),
            ("AWS_REGION", "eu-central-1"),
            ("AWS_ACCESS_KEY_ID", "ASIAIOSFODNN7EXAMPLE"),
            ("AWS_SECRET_ACCESS_KEY", "hush"),
            ("AWS_SESSION_TOKEN", "hush"),
            ("SLUICE_STAGE", "prod"),
            ("SLUICE_STATE_TABLE", "sluice-prod-state"),
            ("SLUICE_JOURNAL_TABLE", "sluice-prod-journal"),
            ("SLUICE_BODIES_BUCKET", "sluice-prod-bodies"),
        ]);
        for queue in ["DELIVERIES", "URGENT", "BULK"] {
            for (variable, suffix) in [("QUEUE_URL", ""), ("DLQ_URL", "-dlq")] {
                let url = format!("{}/000000000000/{}{suffix}", aws.endpoint, queue.to_lowercase());
                command.env(format!("SLUICE_{queue}_{variable}"), url);
            }
        }
        let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn().expect("a bootstrap");
        let mut lines = child.stdout.take().expect("its output");
        thread::spawn(move || io::copy(&mut lines, &mut io::sink()));
        Self { name, child, events, answers }
    }

    /// One invocation.
    pub(crate) fn invoke(&self, event: &str) -> Value {
        self.events.send(event.to_owned()).expect("the API lives");
        let answer = self.answers.recv_timeout(PATIENCE).unwrap_or_else(|_| panic!("{} does not answer", self.name));
        serde_json::from_slice(&answer).expect("JSON")
    }

    /// Nanoseconds of CPU time that its threads have used.
    pub(crate) fn cpu_nanos(&self) -> f64 {
        let tasks = std::fs::read_dir(format!("/proc/{}/task", self.child.id())).expect("its threads");
        let used = |task: io::Result<std::fs::DirEntry>| {
            let text = std::fs::read_to_string(task.ok()?.path().join("schedstat")).ok()?;
            text.split_whitespace().next()?.parse::<f64>().ok()
        };
        tasks.filter_map(used).sum()
    }

    /// The most memory that it ever held, in megabytes.
    pub(crate) fn peak_mb(&self) -> f64 {
        crate::memory_mb(&self.child.id().to_string(), "VmHWM:")
    }
}

impl Drop for Function {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The Runtime API: hands out an event, takes its answer.
fn reply(request: Request, events: &Mutex<Receiver<String>>, answers: &Sender<Vec<u8>>) -> Option<Reply> {
    let what = request.path.strip_prefix(API).expect("a path of the Runtime API");
    if what == "invocation/next" {
        let event = events.lock().expect("a lock").recv().ok()?;
        let headers = "lambda-runtime-aws-request-id: 8476a536-e9f4-11e8-9739-2dfe598c3fcd\r\n\
                       lambda-runtime-deadline-ms: 4102444800000\r\n\
                       lambda-runtime-invoked-function-arn: arn:aws:lambda:eu-central-1:000000000000:function:f\r\n\
                       lambda-runtime-trace-id: Root=1-5bef4de7-ad49b0e87f6ef6c87fc2e700;Sampled=0\r\n";
        return Some(Reply { status: 200, headers: headers.into(), body: event.into_bytes() });
    }
    assert!(what.ends_with("/response"), "{what}: {}", String::from_utf8_lossy(&request.body));
    answers.send(request.body).ok()?;
    Some(Reply::json(202, r#"{"status":"OK"}"#))
}
