"""Prints where a deployed stage listens, and what is left to do by hand: the secrets that have no value yet."""

import os
import sys

import boto3

import make_secrets

ODOO = '{"url":"https://erp.example.com","database":"DATABASE","login":"USER","key":"API KEY"}'
ACCOUNT = '{"current":"SIGNING SECRET","access_token":"ADMIN API TOKEN"}'


def is_empty(secrets, name: str) -> bool:
    """A secret that was only just made has no version. No value is read for it, but on an emulator, which gives it an empty one."""
    if not secrets.describe_secret(SecretId=name).get("VersionIdsToStages"):
        return True
    return "AWS_ENDPOINT_URL" in os.environ and not secrets.get_secret_value(SecretId=name).get("SecretString")


def main(stage: str) -> int:
    stack = boto3.client("cloudformation").describe_stacks(StackName=f"sluice-{stage}")["Stacks"][0]
    outputs = {output["OutputKey"]: output["OutputValue"] for output in stack["Outputs"]}
    names = [account["name"] for account in make_secrets.accounts()]
    print(f"\nstage {stage} is deployed")
    for account in make_secrets.accounts():
        url = outputs["WebhookUrl"].replace("/shopify/ACCOUNT", f"/{account['channel']}/{account['name']}")
        print(f"  webhooks of {account['name']}: {url}")
    if "FunctionUrl" in outputs:
        print(f"  the same by Function URL: {outputs['FunctionUrl']}webhooks/<channel>/<account>")

    secrets = boto3.client("secretsmanager")
    missing = [(f"sluice/{stage}/system/odoo", ODOO)] + [(f"sluice/{stage}/{name}", ACCOUNT) for name in names]
    missing = [(name, value) for name, value in missing if is_empty(secrets, name)]
    print("\nnext steps" if missing else "\nevery secret has a value")
    for name, value in missing:
        print(f"  aws secretsmanager put-secret-value --secret-id {name} --secret-string '{value}'")
    print(f"  sluice doctor --stage {stage}")
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
