# SPDX-License-Identifier: Apache-2.0
"""A browser extension that checks pages by hash prefixes (Chrome's Manifest V3).

A starting point for a school or a ministry, not a finished product. Its declarative rules hold the
sites a profile allows, and an address only once it was opened and found listed, until the browser
closes. It speaks to the service alone: its content security policy permits nobody else.
"""

from __future__ import annotations

import json
import tomllib
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from hearthline.kit.family.profiles import Profile
from hearthline.kit.family.service import FilterService

_FILES: Final = Path(__file__).parent / "extension"
_COPIED: Final = ("background.js", "check.js", "closed.html", "closed.js")
LARGEST: Final = 15_000
"""Bytes that all files of the extension may have together."""


def extension(service: FilterService, profile: Profile) -> dict[str, bytes]:
    """The files of the extension, by name."""
    files = {name: (_FILES / name).read_bytes() for name in _COPIED}
    files["manifest.json"] = _json(_manifest(service))
    files["rules.json"] = _json(_rules(service, profile))
    files["settings.json"] = _json(_settings(service, profile))
    files["managed.json"] = _json({"type": "object", "properties": {"key": {"type": "string"}}})
    spoken = tomllib.loads((_FILES / "messages.toml").read_text(encoding="utf-8"))
    for language, messages in spoken.items():
        entries = {name: {"message": text} for name, text in messages.items()}
        files[f"_locales/{language}/messages.json"] = _json(entries)
    return files


def _manifest(service: FilterService) -> dict[str, object]:
    origins = " ".join(sorted({_origin(service.list_url), _origin(service.search_url)}))
    policy = f"default-src 'none'; script-src 'self'; connect-src 'self' {origins}"
    return {
        "manifest_version": 3,
        "name": service.name,
        "description": "__MSG_description__",
        "version": "1.0",
        "default_locale": "en",
        "minimum_chrome_version": "111",
        "permissions": ["alarms", "declarativeNetRequest", "storage", "webNavigation"],
        "host_permissions": ["<all_urls>"],
        "background": {"service_worker": "background.js", "type": "module"},
        "declarative_net_request": {
            "rule_resources": [{"id": "allowed", "enabled": True, "path": "rules.json"}]
        },
        "storage": {"managed_schema": "managed.json"},
        "web_accessible_resources": [{"resources": ["closed.html"], "matches": ["<all_urls>"]}],
        "content_security_policy": {"extension_pages": policy},
    }


def _rules(service: FilterService, profile: Profile) -> list[dict[str, object]]:
    """With an allow-list: every page is closed, but for the sites allowed and the stop page."""
    if not profile.allow_only:
        return []
    allowed = sorted({*profile.allow, service.stop_host})
    return [
        {
            "id": 1,
            "priority": 1,
            "condition": {"resourceTypes": ["main_frame"]},
            "action": {"type": "redirect", "redirect": {"extensionPath": "/closed.html"}},
        },
        {
            "id": 2,
            "priority": 2,
            "condition": {"requestDomains": allowed, "resourceTypes": ["main_frame"]},
            "action": {"type": "allow"},
        },
    ]


def _settings(service: FilterService, profile: Profile) -> dict[str, object]:
    return {
        "list_url": service.list_url,
        "search_url": service.search_url,
        "stop_page": service.stop_page,
        "profile": profile.code,
        "hours": [span.model_dump() for span in profile.hours],
    }


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def _json(value: object) -> bytes:
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return f"{text}\n".encode()
