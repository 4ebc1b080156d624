# SPDX-License-Identifier: Apache-2.0
"""The JSON of `/v1`, as it is checked and as the OpenAPI document tells it."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from hearthline.kit.matching.banks import Answer, HashKind, Match

Hex = Annotated[str, Field(max_length=64)]


class Asked(BaseModel):
    """Many hashes of one kind."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    kind: HashKind = HashKind.PDQ
    hashes: list[Hex] = Field(description="In hexadecimal digits; at most the limit of a batch")
    banks: list[str] | None = Field(default=None, description="Only these; all if left out")
    seed: str = Field(default="", max_length=200, description="For banks tried on a share")
    reference: str = Field(default="", description="Your name for this, which a webhook leads to")
    details: bool = Field(default=False, description="Tell categories, sources and opinions too")


class Near(BaseModel):
    """An entry of a bank near a hash."""

    bank: str
    entry: int
    distance: int = Field(description="In bits of 256; 0 for digests")
    radius: int = Field(description="The bank's: matches are this near or nearer")
    disputed: bool = Field(default=False, description="Contested; a person should look")
    category: str | None = None
    sources: list[str] | None = None
    confirmations: int | None = None
    denials: int | None = None


class Known(BaseModel):
    """What is known of one hash, by its place in the call, counted from 0."""

    query: int
    matches: list[Near] = Field(description="Nearest first, none cut off")
    suppressed: list[Near] = Field(default=[], description="Matches known to be harmless")
    reason: str = Field(default="", description="Why they were suppressed")


class Answers(BaseModel):
    """What is known. A hash of which nothing is known is not listed."""

    kind: HashKind
    queries: int
    known: list[Known]
    announced: str = Field(default="", description="The id under which webhooks were told")


class Digests(BaseModel):
    """Digests of the bytes, in hexadecimal digits."""

    md5: str
    sha1: str
    sha256: str


class Picture(BaseModel):
    """What a picture is known by."""

    pdq: str
    quality: int = Field(description="0 to 100; below 50 too little shows to mean much")
    good: bool
    format: str
    width: int
    height: int
    exact: bool = Field(description="Whether `pdq` is the reference's to the bit")
    damaged: bool = Field(description="The file ends early; the hash is of what shows")
    views: dict[str, str] = Field(description="Every PDQ hash looked up, by how it sees it")


class NotHashed(BaseModel):
    """Why there is no perceptual hash."""

    code: str
    detail: str


class Hashes(BaseModel):
    """A file's hashes. Either `picture` or `not_hashed` is null."""

    digests: Digests
    picture: Picture | None
    not_hashed: NotHashed | None


class Seen(Near):
    """An entry near one of the file's hashes."""

    kind: HashKind
    view: str = Field(description="How the picture was seen: as_it_is, turned_90, frame_7 …")


class HashesAndMatches(Hashes):
    """A file's hashes, and what is known of them."""

    matches: list[Seen]
    suppressed: list[Seen]
    reason: str
    announced: str


class KeptMatch(BaseModel):
    """A match that was announced."""

    query: int
    kind: HashKind
    bank: str
    entry: int
    distance: int
    radius: int
    disputed: bool


class Announced(BaseModel):
    """What a webhook's link tells."""

    id: str
    at: str
    reference: str
    matches: list[KeptMatch]
    more: int = Field(description="How many more there were than are kept")


class Problem(BaseModel):
    """What went wrong (RFC 9457)."""

    type: str
    title: str
    status: int
    detail: str
    code: str


class Message(BaseModel):
    """What went wrong, in the form of HMA."""

    message: str


def near(match: Match) -> dict[str, object]:
    """A match as JSON; a plain dict, because a batch may hold many."""
    told: dict[str, object] = {
        "bank": match.bank,
        "entry": match.entry,
        "distance": match.distance,
        "radius": match.radius,
        "disputed": match.disputed,
    }
    if match.details is not None:
        told["category"] = match.details.category
        told["sources"] = list(match.details.sources)
        told["confirmations"] = match.details.confirmations
        told["denials"] = match.details.denials
    return told


def known(query: int, answer: Answer) -> dict[str, object]:
    """An answer as JSON."""
    told: dict[str, object] = {
        "query": query,
        "matches": [near(match) for match in answer.matches],
    }
    if answer.suppressed:
        told["suppressed"] = [near(match) for match in answer.suppressed]
        told["reason"] = answer.reason
    return told
