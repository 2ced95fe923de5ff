"""The bundle on an emulator: built and deployed with SAM as for AWS, then looked at through the API of AWS."""

import importlib
import json
import os
import pathlib
import sys
import time
import urllib.error
import urllib.request

import boto3
from botocore.config import Config

from processes import ROOT, TARGET, VENV, Processes, Trouble, free_port, run, until

sys.path.append(str(ROOT / "infra"))
# infra/emulator.py, which `make deploy` uses too.
emulator_gaps = importlib.import_module("emulator")

STAGE = "dev"
REGION = "us-east-1"
FUNCTIONS = emulator_gaps.FUNCTIONS
EMULATOR = "emulator"


def environment(endpoint: str) -> dict[str, str]:
    """What SAM and boto3 read: this endpoint and made-up credentials, whatever the user has."""
    env = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "SLUICE_", "ODOO_"))}
    return env | {
        "PATH": f"{VENV}:{env['PATH']}",
        "AWS_ENDPOINT_URL": endpoint,
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_DEFAULT_REGION": REGION,
        "AWS_REGION": REGION,
        "AWS_EC2_METADATA_DISABLED": "true",
        "CARGO_TARGET_DIR": str(TARGET),
    }


def emulator(processes: Processes, folder: pathlib.Path, enforce: bool, extra: dict[str, str] | None = None) -> str:
    """Starts the emulator on loopback, and answers its endpoint. With `enforce` it decides by IAM."""
    program = VENV / "ministack"
    if not program.exists():
        raise Trouble("the emulator is not installed: .ci/venv tools")
    port = int(os.environ.get("EMULATOR_PORT") or free_port())
    endpoint = f"http://127.0.0.1:{port}"
    (folder / "tmp").mkdir(parents=True, exist_ok=True)
    env = environment(endpoint) | {
        "GATEWAY_PORT": str(port),
        "BIND_HOST": "127.0.0.1",
        "MINISTACK_HOST": "127.0.0.1",
        "IOT_MTLS_ENABLED": "0",
        "SFTP_ENABLED": "0",
        "TMPDIR": str(folder / "tmp"),
        "AUTH": "true" if enforce else "false",
        **(extra or {}),
    }
    processes.start(EMULATOR, [program], env)
    processes.answers(EMULATOR, port)
    return endpoint


class Stack:
    """One deployed stage."""

    def __init__(self, endpoint: str, logs: pathlib.Path):
        self.endpoint = endpoint
        self.logs = logs
        self.env = environment(endpoint)
        self.outputs: dict[str, str] = {}
        # One attempt: what fails is looked at, not repeated.
        self.config = Config(retries={"max_attempts": 1}, read_timeout=330, parameter_validation=False)
        self.clients: dict = {}

    def aws(self, service: str):
        if service not in self.clients:
            session = boto3.Session("test", "test", region_name=REGION)
            self.clients[service] = session.client(service, endpoint_url=self.endpoint, config=self.config)
        return self.clients[service]

    # --- build and deploy ---

    def build(self, how: dict[str, str], what: str) -> None:
        run([ROOT / ".ci/sam", "build", "--config-env", STAGE], self.env | how, self.logs / "sam-build.log", f"sam build ({what})", 3600)

    def deploy(self) -> None:
        # Plain HTTP is all that an emulator speaks, and policies are enforced.
        overrides = [f"Stage={STAGE}", "TlsOnly=off", f"Release=e2e-{int(time.time())}"]
        command = [ROOT / ".ci/sam", "deploy", "--config-env", STAGE, "--no-progressbar", "--no-confirm-changeset"]
        command += ["--no-fail-on-empty-changeset", "--parameter-overrides", *overrides]
        run(command, self.env, self.logs / "sam-deploy.log", "sam deploy", 300)
        found = self.aws("cloudformation").describe_stacks(StackName=f"sluice-{STAGE}")["Stacks"][0]
        self.outputs = {output["OutputKey"]: output["OutputValue"] for output in found["Outputs"]}

    def nested(self, logical_id: str) -> str:
        """The physical id of a nested stack."""
        found = self.aws("cloudformation").describe_stack_resources(StackName=f"sluice-{STAGE}")["StackResources"]
        return next(one["PhysicalResourceId"] for one in found if one["LogicalResourceId"] == logical_id)

    def complete(self) -> None:
        """Puts in place what this emulator leaves out."""
        for left_out in emulator_gaps.complete(self.aws, STAGE):
            print(f"  this emulator's CloudFormation leaves out {left_out}: set by its API", flush=True)

    # --- names ---

    @staticmethod
    def function(name: str) -> str:
        return f"sluice-{STAGE}-{name}"

    def queue(self, name: str) -> str:
        return self.aws("sqs").get_queue_url(QueueName=f"sluice-{STAGE}-{name}")["QueueUrl"]

    def role(self, function: str) -> str:
        return emulator_gaps.role(self.aws("lambda"), self.function(function))

    # --- use ---

    def secret(self, name: str, value: dict) -> None:
        self.aws("secretsmanager").put_secret_value(SecretId=f"sluice/{STAGE}/{name}", SecretString=json.dumps(value))

    def invoke(self, name: str, payload: dict) -> dict:
        """A direct invocation, waited for; a function that could not answer says so in `errorMessage`."""
        answer = self.aws("lambda").invoke(FunctionName=self.function(name), Payload=json.dumps(payload).encode())
        return json.loads(answer["Payload"].read() or b"null") or {}

    def set(self, name: str, variable: str, value: str) -> None:
        """Tells a function something that the template does not."""
        functions = self.aws("lambda")
        found = functions.get_function_configuration(FunctionName=self.function(name))
        variables = found["Environment"]["Variables"] | {variable: value}
        functions.update_function_configuration(FunctionName=self.function(name), Environment={"Variables": variables})

    def restart(self, name: str) -> None:
        """New processes of a function: a changed configuration ends the old ones, as on AWS."""
        self.set(name, "E2E_RESTART", str(time.time_ns()))

    def sources(self, name: str) -> list[dict]:
        return self.aws("lambda").list_event_source_mappings(FunctionName=self.function(name))["EventSourceMappings"]

    def listens(self, name: str, on: bool) -> None:
        """Whether a function is called by its queues."""
        for source in self.sources(name):
            self.aws("lambda").update_event_source_mapping(UUID=source["UUID"], Enabled=on)
        state = "Enabled" if on else "Disabled"
        until(f"{name} {state}", 20, lambda: all(source["State"] == state for source in self.sources(name)))

    def depth(self, queue: str) -> int:
        names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible", "ApproximateNumberOfMessagesDelayed"]
        found = self.aws("sqs").get_queue_attributes(QueueUrl=self.queue(queue), AttributeNames=names)["Attributes"]
        return sum(int(found.get(name, 0)) for name in names)

    def dead(self) -> dict[str, int]:
        """Messages in dead-letter queues, where there are any."""
        queues = ["deliveries-dlq", "odoo-urgent-dlq", "odoo-bulk-dlq", "channel-dlq", "schedules-dlq"]
        return {queue: depth for queue in queues if (depth := self.depth(queue))}

    def log(self, name: str, since: int = 0) -> str:
        """A function's log, from an instant in milliseconds."""
        pages = self.aws("logs").get_paginator("filter_log_events")
        found = pages.paginate(logGroupName=f"/aws/lambda/{self.function(name)}", startTime=since)
        return "\n".join(event["message"].rstrip() for page in found for event in page["events"])


def answers(endpoint: str) -> bool:
    """Does something speak HTTP there?"""
    try:
        urllib.request.urlopen(endpoint, timeout=5)
    except urllib.error.HTTPError:
        return True
    except OSError:
        return False
    return True
