# SPDX-License-Identifier: Apache-2.0
"""DKIM by dkimpy. verify MESSAGE RECORD: exit code 0 when it passes. sign MESSAGE KEY DOMAIN SELECTOR ALGORITHM:
the message with its signature on standard output. All are files but the last three."""
import sys

import dkim


def main():
    what, message = sys.argv[1], open(sys.argv[2], "rb").read()
    if what == "verify":
        record = open(sys.argv[3], "rb").read()
        return 0 if dkim.verify(message, dnsfunc=lambda name, timeout=5: record) else 1
    key, domain, selector, algorithm = sys.argv[3:7]
    private = open(key, "rb").read()
    field = dkim.sign(message, selector.encode(), domain.encode(), private, canonicalize=(b"relaxed", b"simple"),
                      signature_algorithm=algorithm.encode())
    sys.stdout.buffer.write(field + message)
    return 0


if __name__ == "__main__":
    sys.exit(main())
