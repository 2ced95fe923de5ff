"""Least privilege, shown: every permission of every function's role is taken away once, the function does all that it does,
and must be denied, in its own log, the very action. So nothing stands in a role that is not needed."""

import base64
import copy
import itertools
import json
import time
import uuid
import zlib
from dataclasses import dataclass, field

import boto3

import shopify
from checks import PATIENCE, World, confirmed
from processes import Trouble, until
from stack import FUNCTIONS, STAGE, emulator_gaps

# What this emulator does by itself and not with the function's role: receiving for a function, writing its log, sending its
# failed runs on. tests/tests/template.rs holds the role to these words.
BY_THE_EMULATOR = {
    *(("normalizer", "TakeDeliveries", f"sqs:{action}") for action in ("DeleteMessage", "GetQueueAttributes", "ReceiveMessage")),
    *(("odoo-writer", "TakeWakes", f"sqs:{action}") for action in ("DeleteMessage", "ReceiveMessage")),
    ("reconciler", "FailedRuns", "sqs:SendMessage"),
    *((function, "Logs", f"logs:{action}") for function in FUNCTIONS for action in ("CreateLogStream", "PutLogEvents")),
}
# What a function does only in a state that takes longer to come about than there is time here, and where it is shown.
ELSEWHERE = {
    ("odoo-writer", "Wake", "sqs:SendMessage"): "orders that waited for minutes are confirmed in a second invocation: tests of the writer",
}
# A note with which an order fits no message.
LARGE = shopify.incompressible(1_000_000)


@dataclass
class Stock:
    """Deliveries as the ingress queued them, taken from the queue while the normalizer does not listen."""

    # An order, the delivery that it was created by, and one of a later version of it.
    orders: list[tuple[dict, str, str]] = field(default_factory=list)
    large: str = ""


def statements(world: World, function: str):
    """The role's policy, by function."""
    iam, role = world.stack.aws("iam"), world.stack.role(function)
    name = iam.get_role_policy(RoleName=role, PolicyName=function)
    return role, name["PolicyDocument"]


def permissions(document: dict) -> list[tuple[str, str]]:
    """Statement and action of each permission; a batch has none of its own."""
    batches = emulator_gaps.BATCHES.values()
    return [(one["Sid"], action) for one in document["Statement"] for action in one["Action"] if action not in batches]


def without(document: dict, sid: str, action: str) -> dict:
    left = copy.deepcopy(document)
    for one in left["Statement"]:
        if one["Sid"] == sid:
            taken = (action, emulator_gaps.BATCHES.get(action))
            one["Action"] = [other for other in one["Action"] if other not in taken]
    left["Statement"] = [one for one in left["Statement"] if one["Action"]]
    return left


def enforces(world: World) -> bool:
    """Does the emulator decide by IAM? Somebody without a policy may do nothing, where it does."""
    iam, name = world.stack.aws("iam"), f"e2e-{uuid.uuid4().hex[:8]}"
    iam.create_user(UserName=name)
    key = iam.create_access_key(UserName=name)["AccessKey"]
    session = boto3.Session(key["AccessKeyId"], key["SecretAccessKey"], region_name="us-east-1")
    try:
        session.client("sqs", endpoint_url=world.stack.endpoint, config=world.stack.config).list_queues()
    except Exception as error:  # noqa: BLE001, the clients' errors are made at run time
        return "AccessDenied" in str(error)
    return False


# --- what each function does when it does all of it ---


def queue_event(queue: str, bodies: list[str]) -> dict:
    arn = f"arn:aws:sqs:us-east-1:000000000000:sluice-{STAGE}-{queue}"
    record = {"attributes": {"ApproximateReceiveCount": "1"}, "messageAttributes": {}, "eventSource": "aws:sqs", "eventSourceARN": arn}
    return {"Records": [record | {"messageId": str(uuid.uuid4()), "receiptHandle": "none", "body": body} for body in bodies]}


def ingress(world: World, _stock: Stock, _sid: str) -> list[dict]:
    large = json.dumps(shopify.order(note=LARGE)).encode()
    small = json.dumps(shopify.order()).encode()
    events = (shopify.event(body, shopify.headers(body)) for body in (small, large))
    return [world.stack.invoke("webhook-ingress", event) for event in events]


def normalizer(world: World, stock: Stock, _sid: str) -> list[dict]:
    _, created, updated = stock.orders.pop()
    return [world.stack.invoke("normalizer", queue_event("deliveries", [body])) for body in (created, updated, stock.large)]


def folded(world: World, stock: Stock) -> str:
    """Has an order folded that is not in Odoo yet; answers its subject."""
    order, created, _ = stock.orders.pop()
    world.stack.invoke("normalizer", queue_event("deliveries", [created]))
    return f"demo/order/{order['id']}"


def writer(world: World, stock: Stock, _sid: str) -> list[dict]:
    subject = folded(world, stock)
    release(world)
    wake = {"v": 1, "subject": subject, "trace_id": "e2e"}
    # A second time for what is due again at once.
    return [world.stack.invoke("odoo-writer", queue_event("odoo-urgent", [json.dumps(wake)])) for _ in range(2)]


def reconciler(world: World, stock: Stock, sid: str) -> list[dict]:
    """The jobs that a statement is for; all of them would read the shop again and again."""
    if sid in ("AccountSecrets", "Deliver", "KeepLargeBodies"):
        world.odoo.place(heavy() if sid == "KeepLargeBodies" else shopify.order())
        return [world.stack.invoke("reconciler", {"job": job}) for job in ("pull", "subscriptions")]
    overdue_call(world, folded(world, stock))
    answers = [world.stack.invoke("reconciler", {"job": "sweep"})]
    for name in ("deliveries", "odoo-urgent", "odoo-bulk"):
        queue = world.stack.queue(f"{name}-dlq")
        world.stack.aws("sqs").send_message(QueueUrl=queue, MessageBody=json.dumps({"v": 1}), MessageGroupId="demo")
        answers.append(world.stack.invoke("reconciler", {"job": "redrive", "queue": name.removeprefix("odoo-")}))
    return answers


WORK = {"webhook-ingress": ingress, "normalizer": normalizer, "odoo-writer": writer, "reconciler": reconciler}


def heavy() -> dict:
    """An order that fits no message even as it is read from the shop, where a note is not asked for: by its lines."""
    order = shopify.order()
    line = order["line_items"][0]
    order["line_items"] = [line | {"id": 1000 + index, "title": shopify.incompressible(49_500)} for index in range(20)]
    return order


def release(world: World) -> None:
    """Frees what a writer held that may not give back."""
    dynamodb, table = world.stack.aws("dynamodb"), world.stack.outputs["StateTable"]
    for kind in ("permit", "pressure"):
        key = {":pk": {"S": f"{kind}#{world.odoo.secret['database']}"}}
        for item in dynamodb.query(TableName=table, KeyConditionExpression="pk = :pk", ExpressionAttributeValues=key)["Items"]:
            dynamodb.delete_item(TableName=table, Key={name: item[name] for name in ("pk", "sk")})


def overdue_call(world: World, subject: str) -> None:
    """The note of a call to Odoo that nobody answered, as the writer leaves it when it dies."""
    deadline, name = "2026-01-01T00:00:00.000000000Z", f"e2e-{uuid.uuid4().hex}"
    call = {"id": name, "database": "sim", "step": "load", "subjects": [subject], "deadline": deadline}
    item = {"pk": f"call#{name}", "sk": "call", "c": json.dumps(call), "due_pk": "call#00", "due_sk": f"{deadline}#{name}"}
    world.stack.aws("dynamodb").put_item(
        TableName=world.stack.outputs["StateTable"], Item={key: {"S": value} for key, value in item.items()}
    )


# --- the check ---


def take_stock(world: World, wanted: int) -> Stock:
    """Sends orders and takes their deliveries from the queue."""
    stock, sqs, orders = Stock(), world.stack.aws("sqs"), {}
    for _ in range(wanted):
        order = shopify.order()
        later = order | {"updated_at": "2099-01-01T00:00:00Z", "note": "changed"}
        assert (world.api.send(order), world.api.send(later)) == (200, 200)
        orders[str(order["id"])] = (order, {})
    assert world.api.send(shopify.order(note=LARGE)) == 200
    queue = world.stack.queue("deliveries")

    def drained() -> bool:
        found = sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10).get("Messages", [])
        for message in found:
            sqs.delete_message(QueueUrl=queue, ReceiptHandle=message["ReceiptHandle"])
            delivery = json.loads(message["Body"])
            if "body_s3" in delivery:
                stock.large = message["Body"]
            else:
                body = content(delivery)
                orders[str(body["id"])][1]["updated" if body.get("note") else "created"] = message["Body"]
        return bool(stock.large) and all(len(taken) == 2 for _, taken in orders.values())

    until("the deliveries are queued", PATIENCE, drained)
    stock.orders = [(order, taken["created"], taken["updated"]) for order, taken in orders.values()]
    return stock


def content(delivery: dict) -> dict:
    """The payload of a delivery, packed or not."""
    if "body" in delivery:
        return json.loads(delivery["body"])
    return json.loads(zlib.decompress(base64.b64decode(delivery["body_z"])))


def denied(world: World, stock: Stock, function: str, sid: str, action: str) -> str:
    """Takes one permission away; answers what is wrong, if anything."""
    iam = world.stack.aws("iam")
    role, document = statements(world, function)
    began = int(time.time() * 1000)
    left = without(document, sid, action)
    iam.put_role_policy(RoleName=role, PolicyName=function, PolicyDocument=json.dumps(left))
    try:
        # Some refusals do no harm, and are said to whoever asks for details only.
        world.stack.set(function, "SLUICE_LOG", f"info,sluice_odoo_writer=debug,e2e_{began}=info")
        # What a function says when it cannot start is in the answer, on this emulator.
        answers = json.dumps(WORK[function](world, stock, sid)).lower()
        word = f"not authorized to perform: {action}".lower()
        try:
            until("it says so", 3, lambda: word in answers or word in world.stack.log(function, began).lower())
        except Trouble:
            return f"{function} does not miss {action} ({sid})"
        return ""
    finally:
        iam.put_role_policy(RoleName=role, PolicyName=function, PolicyDocument=json.dumps(document))


def each_permission_is_needed(world: World) -> str:
    if not enforces(world):
        return ", nothing to see: this emulator does not decide by IAM"
    listening = ("normalizer", "odoo-writer")
    wanted = [(function, sid, action) for function in FUNCTIONS for sid, action in permissions(statements(world, function)[1])]
    wanted = [one for one in wanted if one not in BY_THE_EMULATOR and one not in ELSEWHERE]
    for function in listening:
        world.stack.listens(function, False)
    try:
        stock = take_stock(world, sum(function != "webhook-ingress" for function, _, _ in wanted))
        flaws = [flaw for one in wanted if (flaw := denied(world, stock, *one))]
    finally:
        for queue in ("deliveries", "odoo-urgent", "odoo-bulk", "deliveries-dlq", "odoo-urgent-dlq", "odoo-bulk-dlq", "schedules-dlq"):
            world.stack.aws("sqs").purge_queue(QueueUrl=world.stack.queue(queue))
        for function in itertools.chain(listening, ("webhook-ingress", "reconciler")):
            world.stack.restart(function)
        for function in listening:
            world.stack.listens(function, True)
    assert not flaws, "; ".join(flaws)
    order = shopify.order()
    assert world.api.send(order) == 200
    confirmed(world, [order])
    return f", {len(wanted)} permissions"


ALL = [each_permission_is_needed]
