"""`make local`: the bundle on an AWS emulator on loopback, whose queues, schedules and API call functions that
`cargo lambda watch` runs and builds anew when you save a file. With a simulated Odoo. Ctrl-C ends all of it.

PORT: of the emulator (4566). ODOO_PORT (8069).
"""

import http.client
import os
import sys
import time

from odoo import Odoo, clean
from processes import ROOT, TARGET, VENV, Processes, Trouble, free_port, is_taken, run, until
from shopify import SECRET, TOKEN
from stack import FUNCTIONS, REGION, STAGE, Stack, emulator

FOLDER = TARGET / "local"
WATCH = "watch"
BINARIES = [word for name in (*FUNCTIONS, "sluice") for word in ("--bin", name)]
# An event for each function that does nothing. The first call builds and starts the function.
NOTHING = {"normalizer": b'{"Records": []}', "odoo-writer": b'{"Records": []}', "reconciler": b'{"job": "sweep"}'}


def port(variable: str, usual: int) -> int:
    wanted = int(os.environ.get(variable, usual))
    if is_taken(wanted):
        raise Trouble(f"port {wanted} is taken: set {variable} to another one")
    return wanted


def invoke(watch: int, name: str) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", watch, timeout=300)
    try:
        connection.request("POST", f"/2015-03-31/functions/{name}/invocations", body=NOTHING.get(name, b"{}"))
        return connection.getresponse().status < 500
    except OSError:
        return False
    finally:
        connection.close()


def start(processes: Processes) -> tuple[Stack, Odoo]:
    gateway, odoo_port, watch = port("PORT", 4566), port("ODOO_PORT", 8069), free_port()
    plain = dict(os.environ)
    # As `cargo lambda watch` builds them: the same choice of features for the workspace, or all of it is built twice.
    run(["cargo", "build", "--locked", *BINARIES, "--features", "lambda"], plain, processes.log("build"), "built the functions and the simulated Odoo", 3600)

    odoo = Odoo(processes, FOLDER, odoo_port)
    odoo.start()
    os.environ["EMULATOR_PORT"] = str(gateway)
    calls = {f"MINISTACK_LAMBDA_PROXY_{Stack.function(name)}": f"http://127.0.0.1:{watch}/2015-03-31/functions/{name}/invocations" for name in FUNCTIONS}
    endpoint = emulator(processes, FOLDER, enforce=False, extra=calls)
    stack = Stack(endpoint, processes.logs)
    stack.build({"SLUICE_WATCHED": "1"}, "packages without code")
    stack.deploy()
    stack.complete()
    stack.set("reconciler", "SLUICE_CHANNEL_BASE", odoo.shop)
    stack.secret("system/odoo", odoo.secret)
    stack.secret("demo", {"current": SECRET, "access_token": TOKEN})
    watcher(processes, stack, watch)
    return stack, odoo


def watcher(processes: Processes, stack: Stack, watch: int) -> None:
    """Starts the functions under `cargo lambda watch`, told what the template tells them."""
    variables = {}
    for name in FUNCTIONS:
        found = stack.aws("lambda").get_function_configuration(FunctionName=stack.function(name))
        variables |= found["Environment"]["Variables"]
    env = stack.env | variables | {"SLUICE_CONFIG": str(ROOT / "infra/config")}
    command = [VENV / "cargo-lambda", "lambda", "watch", "--features", "lambda", "--invoke-address", "127.0.0.1", "--invoke-port", watch]
    processes.start(WATCH, command, env)
    processes.answers(WATCH, watch, 120)
    for name in FUNCTIONS:
        until(f"{name} runs", 300, lambda name=name: invoke(watch, name), 1)
        print(f"  {name} runs", flush=True)


def guide(stack: Stack, odoo: Odoo) -> str:
    api = stack.outputs["WebhookUrl"].split("//")[1].split(".")[0]
    url = f"{stack.endpoint}/_aws/execute-api/{api}/$default/webhooks/shopify/demo"
    credentials = f"AWS_ENDPOINT_URL={stack.endpoint} AWS_REGION={REGION} AWS_ACCESS_KEY_ID=test AWS_SECRET_ACCESS_KEY=test"
    query = '{"domain": [], "fields": ["name", "client_order_ref", "state", "amount_total"]}'
    return f"""
Sluice runs on an AWS emulator at {stack.endpoint}, Odoo is simulated at {odoo.url}. Save a Rust file, and the function that
uses it is built and started anew. Logs: {FOLDER}

send an order:
  cargo run -q -p sluice -- send --channel shopify --topic orders/create tests/e2e/order.json --to '{url}'

see it in Odoo:
  curl -s {odoo.url}/json/2/sale.order/search_read -H 'Authorization: bearer {odoo.secret['key']}' -H 'X-Odoo-Database: sim' \\
    -H 'Content-Type: application/json' -d '{query}'

ask Sluice about it (the first time this builds the AWS SDK into the command):
  {credentials} cargo run -q -p sluice --features stage -- trace '#1001' --stage {STAGE}

Ctrl-C stops everything
"""


def main() -> int:
    clean(FOLDER)
    processes = Processes(FOLDER)
    try:
        stack, odoo = start(processes)
        print(guide(stack, odoo), flush=True)
        while all(process.poll() is None for process in processes.running.values()):
            time.sleep(0.5)
        ended = [name for name, process in processes.running.items() if process.poll() is not None]
        raise Trouble("\n".join(f"{name} ended:\n{processes.tail(name)}" for name in ended))
    except KeyboardInterrupt:
        print("\nstopped")
        return 0
    except Trouble as trouble:
        print(f"make local: {trouble}", file=sys.stderr)
        return 1
    finally:
        processes.stop_all()


if __name__ == "__main__":
    sys.exit(main())
