# SPDX-License-Identifier: Apache-2.0
"""What a country's law and its networks' contracts say about blocking (docs/blocking.md).

Without a law that allows it (`allows_blocking` of a legal basis) nothing can be listed at all.
"""

from pydantic import Field

from hearthline.kit.packs.section import Days, Minutes, Section


class Blocking(Section):
    """The block list's clocks, and how a blocked name is answered."""

    review_days: Days = Field(
        default=90, description="days after which an entry is reviewed by a person, e.g. 90"
    )
    review_notice_days: Days = Field(
        default=7, description="days before its review at which an entry is shown as due, e.g. 7"
    )
    expires_days: Days = Field(
        default=180, description="days after which an entry ends unless a review renewed it"
    )
    keep_days: Days = Field(
        default=365, description="days an address is kept after it was delisted or refused"
    )
    behind_minutes: Minutes = Field(
        default=24 * 60, description="minutes a network has to work with a new version, e.g. 1440"
    )
    test_days: Days = Field(
        default=92, description="days within which each network tests itself again, e.g. 92"
    )
    zone: str = Field(
        default="blocklist.invalid",
        pattern=r"^[a-z0-9.-]+$",
        description="the name of the response policy zone networks carry, such as rpz.example.org",
    )
    stop_ipv4: str = Field(
        default="", description="the stop page's IPv4 address; without one a name does not exist"
    )
    stop_ipv6: str = Field(default="", description="the stop page's IPv6 address, or leave it out")
    canary: str = Field(
        default="canary.invalid",
        pattern=r"^[a-z0-9.-]+$",
        description="a name of your own that is always blocked, by which networks test themselves",
    )
