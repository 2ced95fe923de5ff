"""What is checked end to end, in order. Each check takes the world, and raises when something is not as it must be."""

import concurrent.futures
import json
import os
import time
import uuid
from dataclasses import dataclass

import shopify
from odoo import Odoo
from processes import until
from stack import Stack

# The most that a body may have, as the ingress says it.
MAX_BODY = 1_048_576
# From the webhook to the confirmed order, on a busy machine.
PATIENCE = 60
# While Odoo is away: how many orders come in.
SURGE = int(os.environ.get("SURGE", "20"))
# `deliveries` gives a message up after so many receives (infra/queues.yaml).
MAX_RECEIVES = 50


@dataclass
class World:
    stack: Stack
    odoo: Odoo
    api: shopify.Door
    url: shopify.Door


def confirmed(world: World, orders: list[dict], seconds: float = PATIENCE) -> None:
    numbers = [shopify.number(order) for order in orders]
    until(f"orders {', '.join(numbers[:5])} are confirmed in Odoo", seconds, lambda: world.odoo.confirmed(numbers), 0.5)


def settled(world: World) -> None:
    """Nothing is under way any more."""
    queues = ("deliveries", "odoo-urgent", "odoo-bulk")
    until("queues are empty", PATIENCE, lambda: not any(world.stack.depth(queue) for queue in queues))


def a_missing_secret_is_named_with_its_fix(world: World) -> None:
    assert world.api.send(shopify.order()) >= 500, "without a secret nothing may be accepted"
    fixes = {
        "webhook-ingress": "aws secretsmanager put-secret-value --secret-id sluice/dev/demo",
        "normalizer": "aws secretsmanager put-secret-value --secret-id sluice/dev/demo",
        "odoo-writer": "aws secretsmanager put-secret-value --secret-id sluice/dev/system/odoo",
    }
    for name, fix in fixes.items():
        # This emulator hands what a function said when it could not start to the caller; AWS writes it to the log.
        said = world.stack.invoke(name, {}).get("errorMessage", "")
        assert fix in said, f"{name} said: {said}"


def an_order_goes_all_the_way(world: World) -> None:
    by_api, by_url = shopify.order(), shopify.order()
    assert world.api.send(by_api) == 200
    assert world.url.send(by_url) == 200
    confirmed(world, [by_api, by_url])
    found = world.odoo.orders([shopify.number(by_api)])[shopify.number(by_api)]
    assert f"{found[0]['amount_total']:.2f}" == by_api["total_price"], found


def copies_are_one_order(world: World) -> None:
    made, delivery = shopify.order(), str(uuid.uuid4())
    deliveries = [delivery] * 5 + [None] * 3
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        sent = list(pool.map(lambda one: world.api.send(made, delivery=one), deliveries))
    assert sent == [200] * 8, sent
    confirmed(world, [made])
    settled(world)
    assert world.odoo.confirmed([shopify.number(made)])


def nobody_comes_in_without_proof(world: World) -> None:
    made = shopify.order()
    for door in (world.api, world.url):
        assert door.send(made, secret="another") == 401, door.name
        body = json.dumps(made).encode()
        assert door.post(body, {"Content-Type": "application/json"})[0] == 401, door.name
        assert door.post(body, shopify.headers(body), path="/webhooks/shopify/nobody")[0] in (401, 404), door.name
        assert door.post(body, shopify.headers(body), method="PUT")[0] == 405, door.name
    settled(world)
    assert not world.odoo.orders([shopify.number(made)])[shopify.number(made)]


def a_body_has_a_limit_and_up_to_it_nothing_is_lost(world: World) -> None:
    for door in (world.api, world.url):
        body = b'{"id": 1, "note": "' + b"x" * (MAX_BODY + 1 - 21) + b'"}'
        assert len(body) == MAX_BODY + 1
        assert door.post(body, shopify.headers(body))[0] == 413, door.name
    large = shopify.order(note=shopify.incompressible(1_000_000))
    assert len(json.dumps(large)) <= MAX_BODY
    before = objects(world)
    assert world.api.send(large) == 200
    confirmed(world, [large])
    assert objects(world) == before + 1, "it was to go by the bucket"


def objects(world: World) -> int:
    found = world.stack.aws("s3").list_objects_v2(Bucket=world.stack.outputs["BodiesBucket"], Prefix="deliveries/")
    return found.get("KeyCount", 0)


def bytes_of_any_kind_are_taken_in(world: World) -> None:
    """Directly, because the emulator's doors alter a body that is not UTF-8."""
    body = b'{"id": 1, "note": "\xff\xfe"}'
    answer = world.stack.invoke("webhook-ingress", shopify.event(body, shopify.headers(body), encoded=True))
    assert answer.get("statusCode") == 200, answer
    made = shopify.order()
    body = json.dumps(made).encode()
    answer = world.stack.invoke("webhook-ingress", shopify.event(body, shopify.headers(body), encoded=True))
    assert answer.get("statusCode") == 200, answer
    confirmed(world, [made])


def an_unknown_event_does_no_harm(world: World) -> None:
    for name in ("webhook-ingress", "normalizer", "odoo-writer", "reconciler"):
        answer = world.stack.invoke(name, {"what": "is this"})
        assert "errorMessage" not in answer, f"{name}: {answer}"
        assert answer.get("batchItemFailures", []) == [], f"{name}: it would come back for ever: {answer}"


def dead_deliveries_come_back(world: World) -> None:
    sqs, made = world.stack.aws("sqs"), shopify.order()
    queue = world.stack.queue("deliveries")
    world.stack.listens("normalizer", False)
    try:
        assert world.api.send(made) == 200
        # As crashes do: received again and again and never finished.
        for _ in range(MAX_RECEIVES + 1):
            sqs.receive_message(QueueUrl=queue, VisibilityTimeout=0, MaxNumberOfMessages=10)
        until("the delivery is a dead letter", 10, lambda: world.stack.depth("deliveries-dlq") == 1)
        assert world.stack.depth("deliveries") == 0
    finally:
        world.stack.listens("normalizer", True)
    answer = world.stack.invoke("reconciler", {"job": "redrive", "queue": "deliveries"})
    assert answer.get("redriven") == 1, answer
    confirmed(world, [made])
    assert not world.stack.dead()


def a_lost_wake_is_found_by_the_sweep(world: World) -> None:
    made = shopify.order()
    world.stack.listens("odoo-writer", False)
    try:
        assert world.api.send(made) == 200
        until("the order's wake is queued", PATIENCE, lambda: world.stack.depth("odoo-urgent") > 0)
        world.stack.aws("sqs").purge_queue(QueueUrl=world.stack.queue("odoo-urgent"))
        until("the wake is lost", 10, lambda: world.stack.depth("odoo-urgent") == 0)
    finally:
        world.stack.listens("odoo-writer", True)

    def found() -> bool:
        # It leaves a wake a minute to arrive; whatever else is due is woken too.
        world.stack.invoke("reconciler", {"job": "sweep"})
        return world.odoo.confirmed([shopify.number(made)])

    until("the sweep finds it", 120, found, 2)


def a_lost_webhook_is_made_up_for_by_the_pull(world: World) -> None:
    made = shopify.order()
    # Nobody subscribed, so the shop tells nobody.
    world.odoo.place(made)

    def pulled() -> bool:
        answer = world.stack.invoke("reconciler", {"job": "pull"})
        assert "demo" in answer, answer
        return world.odoo.confirmed([shopify.number(made)])

    until("the order is read from the shop and confirmed in Odoo", 2 * PATIENCE, pulled, 2)


def a_dropped_subscription_is_made_again(world: World) -> None:
    world.odoo.stop()
    # A new shop knows no subscription.
    world.odoo.start()
    answer = world.stack.invoke("reconciler", {"job": "subscriptions"})
    assert answer.get("demo", {}).get("subscribed"), answer
    made = shopify.order()
    world.odoo.place(made)
    confirmed(world, [made])
    again = world.stack.invoke("reconciler", {"job": "subscriptions"})
    assert again.get("demo", {}).get("subscribed") == [], again


def the_schedule_runs_the_sweep(world: World) -> None:
    began = int(time.time() * 1000)
    until("EventBridge Scheduler starts the reconciler", 75, lambda: "START" in world.stack.log("reconciler", began), 1)


def without_odoo_orders_wait_and_then_drain(world: World) -> None:
    orders = [shopify.order() for _ in range(SURGE)]
    world.odoo.stop()
    try:
        with concurrent.futures.ThreadPoolExecutor(8) as pool:
            assert set(pool.map(world.api.send, orders)) == {200}
        began = int(time.time() * 1000)
        until("deliveries are folded", PATIENCE + SURGE / 5, lambda: world.stack.depth("deliveries") == 0)
        until("the writer gave up for now", PATIENCE, lambda: "deferred" in world.stack.log("odoo-writer", began), 1)
    finally:
        world.odoo.start()

    def sweep() -> bool:
        # The schedule does it each minute.
        world.stack.invoke("reconciler", {"job": "sweep"})
        return world.odoo.confirmed([shopify.number(order) for order in orders])

    until(f"{SURGE} orders are confirmed", 240 + SURGE / 5, sweep, 3)
    assert not world.stack.dead(), world.stack.dead()


# Wants a stage without secrets.
FIRST = a_missing_secret_is_named_with_its_fix
# Without it there is no use in the others.
BASIC = an_order_goes_all_the_way
ALL = [
    copies_are_one_order,
    nobody_comes_in_without_proof,
    a_body_has_a_limit_and_up_to_it_nothing_is_lost,
    bytes_of_any_kind_are_taken_in,
    an_unknown_event_does_no_harm,
    dead_deliveries_come_back,
    a_lost_wake_is_found_by_the_sweep,
    a_lost_webhook_is_made_up_for_by_the_pull,
    a_dropped_subscription_is_made_again,
    without_odoo_orders_wait_and_then_drain,
    the_schedule_runs_the_sweep,
]
