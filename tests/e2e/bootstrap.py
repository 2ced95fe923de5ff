"""What SAM built: a bootstrap that runs on Amazon Linux 2023, with the configuration beside it, small enough.

`python tests/e2e/bootstrap.py` reports on .aws-sam/build; MAX_ZIP (bytes) bounds the zipped package, as for a release.
"""

import io
import os
import re
import sys
import zipfile

from elf import versions
from processes import ROOT, Trouble

BUILD = ROOT / ".aws-sam" / "build"
FUNCTIONS = ("WebhookIngress", "Normalizer", "OdooWriter", "Reconciler")
# provided.al2023 has glibc 2.34.
GLIBC = (2, 34)


def report() -> list[str]:
    """A line a function; `Trouble` for what would not run or is too large."""
    lines, most = [], int(os.environ.get("MAX_ZIP", 0))
    for name in FUNCTIONS:
        package = BUILD / name
        bootstrap = package / "bootstrap"
        if not os.access(bootstrap, os.X_OK):
            raise Trouble(f"{bootstrap} is missing: sam build")
        if not (package / "config" / "accounts.yaml").is_file():
            raise Trouble(f"{package} has no configuration")
        found = [tuple(map(int, version.groups())) for version in map(re.compile(r"GLIBC_(\d+)\.(\d+)").match, versions(bootstrap)) if version]
        newest = max(found, default=(0, 0))
        if newest > GLIBC:
            raise Trouble(f"{bootstrap} wants glibc {newest[0]}.{newest[1]}, provided.al2023 has {GLIBC[0]}.{GLIBC[1]}")
        zipped = size(package)
        if most and zipped > most:
            raise Trouble(f"{name}: {zipped:,} bytes zipped, at most {most:,} are allowed")
        lines.append(f"{name}: glibc {newest[0]}.{newest[1]}, {zipped / 1e6:.2f} MB zipped")
    return lines


def size(package) -> int:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(package.rglob("*")):
            archive.write(path, path.relative_to(package))
    return len(out.getvalue())


if __name__ == "__main__":
    try:
        print(*report(), sep="\n")
    except Trouble as trouble:
        sys.exit(str(trouble))
