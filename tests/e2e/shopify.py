"""Webhooks as Shopify sends them: an order of two mugs under a number of its own, signed over the raw bytes."""

import base64
import copy
import datetime
import hashlib
import hmac
import http.client
import itertools
import json
import random
import string
import time
import urllib.parse
import uuid

from processes import ROOT

# Of the simulated Shopify: what it signs with, and the token that it knows.
SECRET = "demo-secret"
TOKEN = "demo-token"
SHOP = "demo.myshopify.com"
PATH = "/webhooks/shopify/demo"
PLAIN = json.loads((ROOT / "tests/e2e/order.json").read_text())

_numbers = itertools.count(7001)


# What a JSON text may hold without escapes.
LETTERS = [letter for letter in string.printable if letter.isprintable() and letter not in '"\\']


def incompressible(length: int) -> str:
    """Text that even compressed does not fit into one message, from about 950,000 letters on."""
    return "".join(random.choices(LETTERS, k=length))


def order(note: str | None = None) -> dict:
    """A new order, with ids and a number that no other has, of this moment."""
    number = next(_numbers)
    made = copy.deepcopy(PLAIN)
    made["id"] = made["id"] + number
    made["admin_graphql_api_id"] = f"gid://shopify/Order/{made['id']}"
    made["name"] = f"#{number}"
    made["order_number"] = number
    now = datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
    made |= {"created_at": now, "processed_at": now, "updated_at": now}
    if note is not None:
        made["note"] = note
    return made


def number(made: dict) -> str:
    """What Odoo shows as the customer's reference."""
    return made["name"]


def headers(body: bytes, secret: str = SECRET, delivery: str | None = None) -> dict[str, str]:
    signature = base64.b64encode(hmac.new(secret.encode(), body, hashlib.sha256).digest()).decode()
    return {
        "Content-Type": "application/json",
        "X-Shopify-Topic": "orders/create",
        "X-Shopify-Hmac-Sha256": signature,
        "X-Shopify-Shop-Domain": SHOP,
        "X-Shopify-Api-Version": "2026-10",
        "X-Shopify-Webhook-Id": delivery or str(uuid.uuid4()),
        "X-Shopify-Event-Id": str(uuid.uuid4()),
        "X-Shopify-Triggered-At": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
    }


class Door:
    """A way in: the API, or the Function URL. Names of emulated hosts need not resolve: the endpoint is called, and told
    the host that was meant."""

    def __init__(self, name: str, url: str, endpoint: str):
        self.name = name
        self.host = urllib.parse.urlsplit(url).netloc
        self.address = urllib.parse.urlsplit(endpoint)

    def post(self, body: bytes, sent: dict[str, str], path: str = PATH, method: str = "POST") -> tuple[int, str]:
        connection = http.client.HTTPConnection(self.address.hostname, self.address.port, timeout=30)
        try:
            connection.request(method, path, body=body, headers={**sent, "Host": self.host})
            answer = connection.getresponse()
            return answer.status, answer.read().decode(errors="replace")
        finally:
            connection.close()

    def send(self, made: dict, secret: str = SECRET, delivery: str | None = None) -> int:
        body = json.dumps(made).encode()
        return self.post(body, headers(body, secret, delivery))[0]


def event(body: bytes, sent: dict[str, str], encoded: bool = False) -> dict:
    """The event of an HTTP API with payload format 2.0, for a direct invocation."""
    text = base64.b64encode(body).decode() if encoded else body.decode()
    return {
        "version": "2.0",
        "routeKey": "ANY /webhooks/{channel}/{account}",
        "rawPath": PATH,
        "rawQueryString": "",
        "headers": {name.lower(): value for name, value in sent.items()},
        "requestContext": {
            "http": {"method": "POST", "path": PATH, "protocol": "HTTP/1.1", "sourceIp": "127.0.0.1", "userAgent": "e2e"},
            "requestId": str(uuid.uuid4()),
            "stage": "$default",
        },
        "pathParameters": {"channel": "shopify", "account": "demo"},
        "body": text,
        "isBase64Encoded": encoded,
    }
