"""The simulated Odoo and the simulated Shopify, as `sluice serve` offers them on ports, and questions to them over their own
APIs."""

import json
import os
import pathlib
import shutil
import urllib.error
import urllib.request

from processes import ROOT, TARGET, Processes, free_port, run

PROCESS = "odoo"


class Odoo:
    """One simulated Odoo 19 with a store that outlives its process, and beside it a shop that does not."""

    def __init__(self, processes: Processes, folder: pathlib.Path, port: int | None = None):
        self.processes = processes
        self.store = folder / "odoo.sluice"
        # The same port after a restart: the secret names it.
        self.port = port or free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.shop_port = free_port()
        self.shop = f"http://127.0.0.1:{self.shop_port}"
        self.secret = {"url": self.url, "database": "sim", "login": "sluice", "key": "sim-key"}

    @staticmethod
    def build(logs: pathlib.Path) -> None:
        # The profile of the tests, so that the gate has built most of it before.
        command = ["cargo", "build", "--locked", "--profile", "test", "--package", "sluice", "--bin", "sluice"]
        run(command, dict(os.environ), logs / "build-sluice.log", "built the simulated Odoo", 1800)

    def start(self) -> None:
        env = {name: value for name, value in os.environ.items() if not name.startswith(("ODOO_", "SLUICE_"))}
        # `sluice serve` keeps settings and a port of its own besides; nobody talks to them.
        command = [TARGET / "debug" / "sluice", "serve", "--port", free_port(), "--odoo-port", self.port]
        command += ["--shopify-port", self.shop_port, "--odoo-version", "19", "--store", self.store]
        self.processes.start(PROCESS, command, env, ROOT)
        self.processes.answers(PROCESS, self.port)

    def stop(self) -> None:
        self.processes.stop(PROCESS)

    def call(self, model: str, method: str, **arguments):
        """JSON-2: one call, one transaction."""
        request = urllib.request.Request(
            f"{self.url}/json/2/{model}/{method}",
            data=json.dumps(arguments).encode(),
            headers={
                "Authorization": f"bearer {self.secret['key']}",
                "X-Odoo-Database": self.secret["database"],
                "Content-Type": "application/json",
            },
        )
        with urllib.request.urlopen(request, timeout=20) as answer:
            return json.load(answer)

    def place(self, order: dict) -> None:
        """Somebody buys something: the shop has the order, and tells whoever subscribed."""
        sent = urllib.request.Request(f"{self.shop}/simulate/orders/create", data=json.dumps(order).encode())
        with urllib.request.urlopen(sent, timeout=20) as answer:
            assert answer.status == 201, answer.status

    def orders(self, numbers: list[str]) -> dict[str, list[dict]]:
        """The orders of these numbers of the shop, by number."""
        found: dict[str, list[dict]] = {number: [] for number in numbers}
        fields = ["name", "client_order_ref", "state", "amount_total"]
        for order in self.call("sale.order", "search_read", domain=[["client_order_ref", "in", numbers]], fields=fields):
            found[order["client_order_ref"]].append(order)
        return found

    def confirmed(self, numbers: list[str]) -> bool:
        """Is there exactly one order of each, and is it confirmed? More than one is never mended."""
        orders = self.orders(numbers)
        for number, found in orders.items():
            assert len(found) <= 1, f"order {number} is {len(found)} orders in Odoo: {found}"
        return all(found and found[0]["state"] == "sale" for found in orders.values())


def clean(folder: pathlib.Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
