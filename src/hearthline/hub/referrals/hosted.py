# SPDX-License-Identifier: Apache-2.0
"""The words for hosting facts: what each says, whose it is, and why a step gave nothing."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from hearthline.kit.hosting import Failure, Part, Step, Way, What

WORDS_OF_WHAT: dict[What, str | Promise] = {
    What.DOMAIN: _("Registered domain"),
    What.SHARED: _("Names for customers under"),
    What.ALIAS: _("Leads on to"),
    What.NAMESERVER: _("Name server"),
    What.ADDRESS: _("IP address"),
    What.NETWORK: _("Network"),
    What.AUTNUM: _("AS number"),
    What.NAME: _("Name"),
    What.ABUSE: _("Abuse contact"),
    What.COUNTRY: _("Country"),
}
WORDS_OF_PART: dict[Part, str | Promise] = {
    Part.SITE: _("Site"),
    Part.HOST: _("Host"),
    Part.PROXY: _("Proxy in front of the host"),
    Part.ORIGIN: _("Host behind the proxy"),
    Part.REGISTRAR: _("Registrar"),
    Part.STORE: _("Store"),
}
WORDS_OF_STEP: dict[Step, str | Promise] = {
    Step.DOMAIN: _("Registered domain"),
    Step.ALIASES: _("Other names"),
    Step.ADDRESSES: _("IP addresses"),
    Step.NAMESERVERS: _("Name servers"),
    Step.NETWORK: _("Network"),
    Step.REGISTRAR: _("Registrar"),
    Step.COUNTRY: _("Country"),
}
WORDS_OF_WAY: dict[Way, str | Promise] = {
    Way.TELL_HOST: _("The host is told, and where it is silent whoever the country pack says."),
    Way.TELL_STORE: _("This is a store of apps. Tell the store, which can take the app down."),
    Way.TELL_POLICE_AND_PARTNERS: _(
        "No host can be found for an onion address. Police have it; hand it to a partner hotline "
        "that works on such sites."
    ),
}
_WHY: dict[str, str | Promise] = {
    "name_not_found": _("the name does not exist"),
    "resolution_failed": _("the DNS gave no answer"),
    "no_address": _("the name has no IP address"),
    "public_suffix": _("this is a suffix and no registered domain"),
    "not_public": _("the address is not one of the open internet"),
    "not_allowed": _("the register's answer led to an address we do not connect to"),
    "no_server": _("no register is known for it"),
    "no_abuse_contact": _("the register names no abuse contact"),
    "not_found": _("the register does not know it"),
    "busy": _("the register asks us to wait"),
    "timeout": _("the register did not answer in time"),
    "not_rdap": _("the register's answer is about something else"),
    "not_json": _("the register's answer cannot be read"),
    "too_large": _("the register's answer is too long"),
    "too_many": _("more networks than are looked up at once"),
    "behind_proxy": _("a proxy stands in front of the host; ask it for the origin"),
    "perhaps_behind_proxy": _("a proxy may stand in front of the host"),
    "several_countries": _("the networks are in several countries"),
    "unknown": _("no register names a country"),
}


def sentence_of(failure: Failure) -> str:
    """Which step gave nothing, about what, and why, in the language that is active.

    What it is about keeps its own direction (Unicode, UAX 9: isolates), as an IP address must.
    """
    why = _WHY.get(failure.code, _("the register could not be reached"))
    return f"{WORDS_OF_STEP[failure.step]}, \u2068{failure.of}\u2069: {why}"
