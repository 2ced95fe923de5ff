"""Writes secrets.yaml, the nested template with one secret per account of config/accounts.yaml.

`python infra/make_secrets.py` writes it, `--check` fails where it is not what would be written (the gate runs that).
CloudFormation cannot read accounts.yaml, and a list in two places by hand would drift apart.
"""

import pathlib
import sys

import yaml

HERE = pathlib.Path(__file__).parent
TEMPLATE = HERE / "secrets.yaml"

HEAD = """\
# Written by infra/make_secrets.py from config/accounts.yaml: do not edit. After a change of accounts: `make secrets-template`.
AWSTemplateFormatVersion: "2010-09-09"
Description: >-
  Sluice: secrets, one per account and those of the stage. They are made without a value (but for the contact key): values
  are put with `aws secretsmanager put-secret-value`, see docs/operations.md. A deploy never changes a value.

Parameters:
  Stage:
    Type: String
  KmsKeyArn:
    Type: String
    Default: ""
    Description: Customer key; empty for the key of Secrets Manager itself.

Conditions:
  HasKey: !Not [!Equals [!Ref KmsKeyArn, ""]]

Resources:
  # Key of the hashes that stand for addresses in external ids. Made once, never rotated: another key makes other contacts.
  ContactKey:
    Type: AWS::SecretsManager::Secret
    DeletionPolicy: RetainExceptOnCreate
    UpdateReplacePolicy: Retain
    Metadata:
{contact_metadata}
    Properties:
      Name: !Sub sluice/${{Stage}}/system/contact-key
      Description: Sluice, key of the hashes in external ids of contacts. Never change it.
      KmsKeyId: !If [HasKey, !Ref KmsKeyArn, !Ref AWS::NoValue]
      GenerateSecretString:
        PasswordLength: 64
        ExcludePunctuation: true

  # {{"url", "database", "login", "key"}} of the Odoo that this stage writes to.
  Odoo:
    Type: AWS::SecretsManager::Secret
    DeletionPolicy: RetainExceptOnCreate
    UpdateReplacePolicy: Retain
    Metadata:
{metadata}
    Properties:
      Name: !Sub sluice/${{Stage}}/system/odoo
      Description: Sluice, the Odoo database, as JSON with url, database, login, key.
      KmsKeyId: !If [HasKey, !Ref KmsKeyArn, !Ref AWS::NoValue]
"""

ACCOUNT = """
  # {channel}
  {id}:
    Type: AWS::SecretsManager::Secret
    DeletionPolicy: RetainExceptOnCreate
    UpdateReplacePolicy: Retain
    Metadata:
{metadata}
    Properties:
      Name: !Sub sluice/${{Stage}}/{name}
      Description: Sluice, account {name}, as JSON with current, previous, expires_at, access_token.
      KmsKeyId: !If [HasKey, !Ref KmsKeyArn, !Ref AWS::NoValue]
"""

TAIL = """
Outputs:
  ContactKeyArn:
    Value: !GetAtt ContactKey.Id
  OdooArn:
    Value: !GetAtt Odoo.Id
  # Comma-separated, for the policies of the functions that read them.
  AccountArns:
    Value: !Join [",", [{arns}]]
"""

# Scanners want reasons where they stand.
KMS = ("CKV_AWS_149", "A customer key is the parameter KmsKeyArn; without it the key of Secrets Manager encrypts")


def metadata(*skips: tuple[str, str]) -> str:
    """The checkov suppressions of a resource, as YAML."""
    lines = ["      checkov:", "        skip:"]
    for check, reason in skips:
        lines += [f"          - id: {check}", f"            comment: {reason}"]
    return "\n".join(lines)


def logical_id(name: str) -> str:
    """Account names are lower case, so an upper-case X for the underscore keeps two names apart."""
    return "Account" + name[:1].upper() + name[1:].replace("_", "X")


def accounts() -> list[dict]:
    """The accounts, whatever tags their policies carry (`!fallback`)."""

    class Loader(yaml.SafeLoader):
        pass

    Loader.add_multi_constructor("!", lambda loader, suffix, node: None)
    text = (HERE / "config" / "accounts.yaml").read_text(encoding="utf-8")
    return yaml.load(text, Loader)["accounts"]  # noqa: S506, a SafeLoader


def render() -> str:
    found = accounts()
    parts = [HEAD.format(contact_metadata=metadata(KMS), metadata=metadata(KMS))]
    for account in found:
        name = account["name"]
        parts.append(ACCOUNT.format(channel=account["channel"], id=logical_id(name), name=name, metadata=metadata(KMS)))
    arns = ", ".join(f"!GetAtt {logical_id(account['name'])}.Id" for account in found)
    parts.append(TAIL.format(arns=arns))
    return "".join(parts)


def main() -> int:
    text = render()
    if "--check" not in sys.argv[1:]:
        TEMPLATE.write_text(text, encoding="utf-8")
        return 0
    if TEMPLATE.exists() and TEMPLATE.read_text(encoding="utf-8") == text:
        return 0
    print("infra/secrets.yaml is not what infra/config/accounts.yaml asks for: make secrets-template", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
