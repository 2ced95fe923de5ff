"""`make e2e`: the bundle built and deployed with SAM to an AWS emulator on loopback that enforces IAM, with a simulated Odoo,
and webhooks sent through it. Ends with the number of checks, and with all that it started. Logs stay in target/e2e.

EMULATOR_PORT, ODOO_PORT: ports of its own choice otherwise. AWS_ENDPOINT_URL: an emulator that runs already, and is empty.
CARGO_PROFILE: how the bootstraps are built (lambda-fast). ONLY: parts of the names of checks, in place of all.
"""

import os
import sys
import time
import traceback

import bootstrap
import checks
import permissions
import shopify
from odoo import Odoo, clean
from processes import TARGET, Processes, Trouble, is_taken
from stack import Stack, answers, emulator

# The longest that is shown of a failure; the rest is in its log.
LINE = 500
FOLDER = TARGET / "e2e"
PROFILE = os.environ.get("CARGO_PROFILE", "lambda-fast")


def ports() -> None:
    for variable in ("EMULATOR_PORT", "ODOO_PORT"):
        port = os.environ.get(variable)
        if port and is_taken(int(port)):
            raise Trouble(f"port {port} is taken: set {variable} to another one, or unset it")


def prepare(processes: Processes) -> checks.World:
    ports()
    given = os.environ.get("AWS_ENDPOINT_URL")
    if given and not answers(given):
        raise Trouble(f"no emulator answers at AWS_ENDPOINT_URL={given}: start it, or unset the variable")
    Odoo.build(processes.logs)
    endpoint = given or emulator(processes, FOLDER, enforce=True)
    odoo = Odoo(processes, FOLDER, int(os.environ.get("ODOO_PORT", 0)) or None)
    odoo.start()
    stack = Stack(endpoint, processes.logs)
    stack.build({"CARGO_PROFILE": PROFILE}, PROFILE)
    for line in bootstrap.report():
        print(f"  {line}", flush=True)
    stack.deploy()
    stack.complete()
    stack.set("reconciler", "SLUICE_CHANNEL_BASE", odoo.shop)
    api = shopify.Door("API", stack.outputs["WebhookUrl"], endpoint)
    return checks.World(stack, odoo, api, shopify.Door("Function URL", stack.outputs["FunctionUrl"], endpoint))


def secrets(world: checks.World) -> None:
    world.stack.secret("system/odoo", world.odoo.secret)
    world.stack.secret("demo", {"current": shopify.SECRET, "access_token": shopify.TOKEN})


def attempt(check, world: checks.World) -> str:
    """One check, timed; its failure in a line, and in full in the log."""
    began = time.monotonic()
    try:
        note = check(world) or ""
        print(f"ok      {check.__name__} ({time.monotonic() - began:.1f} s){note}", flush=True)
        return ""
    except Exception as error:  # noqa: BLE001, whatever it is, the other checks go on
        print(f"FAILED  {check.__name__} ({time.monotonic() - began:.1f} s): {str(error)[:LINE]}", flush=True)
        with open(FOLDER / "failures.log", "a", encoding="utf-8") as log:
            log.write(f"{check.__name__}\n{traceback.format_exc()}\n")
        return check.__name__


def main() -> int:
    began = time.monotonic()
    clean(FOLDER)
    processes = Processes(FOLDER)
    only = os.environ.get("ONLY", "").split()
    wanted = [check for check in [*checks.ALL, *permissions.ALL] if not only or any(part in check.__name__ for part in only)]
    try:
        world = prepare(processes)
        failed = [attempt(checks.FIRST, world)]
        secrets(world)
        failed.append(attempt(checks.BASIC, world))
        if failed[-1]:
            print("the other checks were not tried")
            wanted = []
        failed += [attempt(check, world) for check in wanted]
        for name in ("webhook-ingress", "normalizer", "odoo-writer", "reconciler"):
            (FOLDER / f"function-{name}.log").write_text(world.stack.log(name), encoding="utf-8")
    except (Trouble, KeyboardInterrupt) as trouble:
        print(f"make e2e: {trouble or 'interrupted'}", file=sys.stderr)
        return 1
    finally:
        processes.stop_all()
    wrong = [name for name in failed if name]
    print(f"\n{len(failed) - len(wrong)} passed, {len(wrong)} failed")
    print(f"{time.monotonic() - began:.0f} s; logs in {FOLDER}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
