"""What a local emulator leaves out of a deploy, or asks for by another name than AWS, put right through its API.

`make deploy` runs it where AWS_ENDPOINT_URL is set, `make e2e` and `make local` always. Nothing of it is for AWS: there the
template says all of it, which tests/tests/template asserts.
"""

import json
import sys

import boto3

FUNCTIONS = ("webhook-ingress", "normalizer", "odoo-writer", "reconciler")
# AWS knows no rights for batches: the right for one is the right for many. ministack 1.5 asks for the batch by its own name.
BATCHES = {"sqs:SendMessage": "sqs:SendMessageBatch", "sqs:DeleteMessage": "sqs:DeleteMessageBatch"}
# What is reserved for a function, where the emulator's CloudFormation does not reserve it.
RESERVED = 10


def listed(value) -> list:
    return value if isinstance(value, list) else [value]


def with_batches(document: dict) -> dict:
    """A policy that also names the batches of what it allows."""
    for statement in document["Statement"]:
        actions = listed(statement["Action"])
        statement["Action"] = actions + [BATCHES[one] for one in actions if one in BATCHES and BATCHES[one] not in actions]
    return document


def role(functions, name: str) -> str:
    """The name of a function's role."""
    return functions.get_function_configuration(FunctionName=name)["Role"].rsplit("/", 1)[1]


def complete(client, stage: str) -> list[str]:
    """Puts in place what is missing; answers what that was. `client` makes a client of a service."""
    missing, dynamodb, functions, iam = [], client("dynamodb"), client("lambda"), client("iam")
    journal = f"sluice-{stage}-journal"
    if dynamodb.describe_time_to_live(TableName=journal)["TimeToLiveDescription"].get("TimeToLiveStatus") != "ENABLED":
        dynamodb.update_time_to_live(TableName=journal, TimeToLiveSpecification={"AttributeName": "expires_at", "Enabled": True})
        missing.append("the journal's TTL")
    unreserved = []
    for name in (f"sluice-{stage}-{function}" for function in FUNCTIONS):
        if "ReservedConcurrentExecutions" not in functions.get_function_concurrency(FunctionName=name):
            functions.put_function_concurrency(FunctionName=name, ReservedConcurrentExecutions=RESERVED)
            unreserved.append(name)
        policy = name.removeprefix(f"sluice-{stage}-")
        document = iam.get_role_policy(RoleName=role(functions, name), PolicyName=policy)["PolicyDocument"]
        iam.put_role_policy(RoleName=role(functions, name), PolicyName=policy, PolicyDocument=json.dumps(with_batches(document)))
    public_url(client, stage)
    if unreserved:
        missing.append(f"reserved concurrency of {len(unreserved)} functions")
    return missing


def public_url(client, stage: str) -> None:
    """Subscriptions are made for an address that a simulated channel on this machine can reach: names of emulated hosts need
    not resolve, so the API's path at the endpoint (ministack and LocalStack have it)."""
    functions, name = client("lambda"), f"sluice-{stage}-reconciler"
    apis = client("apigatewayv2").get_apis()["Items"]
    api = next(one["ApiId"] for one in apis if one["Name"] == f"sluice-{stage}")
    variables = functions.get_function_configuration(FunctionName=name)["Environment"]["Variables"]
    variables["SLUICE_PUBLIC_URL"] = f"{functions.meta.endpoint_url}/_aws/execute-api/{api}/$default"
    functions.update_function_configuration(FunctionName=name, Environment={"Variables": variables})


if __name__ == "__main__":
    for left_out in complete(boto3.client, sys.argv[1]):
        print(f"this emulator's CloudFormation leaves out {left_out}: set by its API", file=sys.stderr)
