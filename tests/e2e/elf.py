"""Just enough of ELF (64 bits, little-endian) to list the symbol versions that a program wants of its libraries."""

import struct

SHT_GNU_VERNEED = 0x6FFFFFFE


def versions(path) -> set[str]:
    """Names like `GLIBC_2.34`; empty for a static program."""
    data = path.read_bytes()
    if data[:6] != b"\x7fELF\x02\x01":
        raise ValueError(f"{path} is no 64-bit little-endian ELF file")
    (offset,) = struct.unpack_from("<Q", data, 40)
    entry, count = struct.unpack_from("<HH", data, 58)
    sections = [struct.unpack_from("<IIQQQQIIQQ", data, offset + index * entry) for index in range(count)]
    found: set[str] = set()
    for section in sections:
        if section[1] == SHT_GNU_VERNEED:
            # `sh_link` is the section with the names, `sh_info` the number of libraries.
            found |= needed(data, section[4], section[7], sections[section[6]][4])
    return found


def needed(data: bytes, at: int, libraries: int, names: int) -> set[str]:
    found = set()
    for _ in range(libraries):
        _, count, _, first, following = struct.unpack_from("<HHIII", data, at)
        aux = at + first
        for _ in range(count):
            _, _, _, name, further = struct.unpack_from("<IHHII", data, aux)
            end = data.index(b"\0", names + name)
            found.add(data[names + name : end].decode())
            aux += further
        at += following
    return found
