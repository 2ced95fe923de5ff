"""Gives back what a dead-letter queue of a stage holds, through the reconciler: `make redrive STAGE=dev QUEUE=deliveries`."""

import json
import sys

import boto3

# Names of queues, and what the job calls them.
QUEUES = {"deliveries": "deliveries", "odoo-urgent": "urgent", "odoo-bulk": "bulk"}
# One run moves up to 2,000 messages.
MAX_RUNS = 500


def main(stage: str, queue: str) -> int:
    if queue not in QUEUES:
        print(f"there is no queue {queue}: {', '.join(QUEUES)}", file=sys.stderr)
        return 2
    functions, moved = boto3.client("lambda"), 0
    payload = json.dumps({"job": "redrive", "queue": QUEUES[queue]}).encode()
    for _ in range(MAX_RUNS):
        answer = functions.invoke(FunctionName=f"sluice-{stage}-reconciler", Payload=payload)
        answer = json.loads(answer["Payload"].read() or b"null") or {}
        if "redriven" not in answer:
            print(f"the reconciler refused: {answer}", file=sys.stderr)
            return 1
        moved += answer["redriven"]
        if not answer["redriven"]:
            break
    print(f"{moved} messages of {queue} were given back")
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
