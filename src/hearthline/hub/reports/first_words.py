# SPDX-License-Identifier: Apache-2.0
"""What a child is told at once about pictures and threats: no blame, what helps, what we do."""

from typing import Final, NamedTuple

from django.utils.translation import gettext_lazy as _

from hearthline.hub.reports.wording import Words


class FirstWords(NamedTuple):
    """`title` and `lines` come first; then what one can do, what we do, and what we never do."""

    title: Words
    lines: tuple[Words, ...]
    you_can: tuple[Words, ...]
    we_do: tuple[Words, ...]
    we_never: tuple[Words, ...]


_WE_NEVER: Final = (
    _("We do not ask to see any picture."),
    _("We never report you to the police."),
    _("We do not tell your parents. We do not tell your school."),
)
_PICTURE_WE_DO: Final = (
    _("We ask sites to take it down, where we can."),
    _("We show you who can help you now."),
)
# Kept by `hub.cases`: the police hear of such a case only after two people found an adult.
_YOUNG: Final = _("Did somebody your age do it? Then we help first.")
_ADULT: Final = _("Is an adult behind it? Then the police can stop them.")
_TALK: Final = _("Talk to an adult you trust, if you want to.")
_MORE: Final = _("You can ask a service to get it taken down.")

_PRESSURE: Final = FirstWords(
    _("You are not in trouble. What they do is wrong."),
    (
        _("Do not pay. Do not send more pictures."),
        _("Stop answering them. Block them if you can."),
        _("Keep their messages and names. Do not delete them."),
    ),
    (
        _("Did you pay or send more? It is not too late to stop."),
        _("Tell an adult you trust. You do not have to do this alone."),
        _MORE,
    ),
    (
        _("A person reads what you tell us."),
        _("We can tell the police what they did to you."),
        *_PICTURE_WE_DO,
    ),
    _WE_NEVER,
)

FIRST_WORDS: Final[dict[str, FirstWords]] = {
    "self_generated": FirstWords(
        _("You are not in trouble."),
        (_("This happens to many young people."), _("There is help to get it taken down.")),
        (_MORE, _TALK),
        (*_PICTURE_WE_DO, _YOUNG, _ADULT),
        _WE_NEVER,
    ),
    "ncii_peer": FirstWords(
        _("It is not your fault."),
        (_("Nobody may pass on your picture without asking you."), _YOUNG),
        (
            _("Ask people not to pass it on."),
            _("Keep the names of who shared it. Do not keep the picture."),
            _MORE,
            _TALK,
        ),
        (*_PICTURE_WE_DO, _ADULT),
        _WE_NEVER,
    ),
    "synthetic": FirstWords(
        _("It is not your fault."),
        (
            _("A fake picture can hurt like a real one."),
            _("There is help to get it taken down."),
        ),
        (_MORE, _TALK),
        (*_PICTURE_WE_DO, _YOUNG, _ADULT),
        _WE_NEVER,
    ),
    "extortion_sexual": _PRESSURE,
    "extortion_money": _PRESSURE,
}
