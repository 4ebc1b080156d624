# SPDX-License-Identifier: Apache-2.0
"""The block list by DNS: versions in a folder, and a small primary that resolvers transfer from.

The site's worker calls `write_version`; `hearthline blocklist serve-dns` serves what it wrote by
AXFR (RFC 5936), IXFR (RFC 1995) and NOTIFY (RFC 1996), signed with TSIG (RFC 8945).
"""

from .versions import VersionBroken, VersionRefused, write_version

__all__ = ["VersionBroken", "VersionRefused", "write_version"]
