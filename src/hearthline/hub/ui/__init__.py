# SPDX-License-Identifier: Apache-2.0
"""The face: base pages, components, colours and words shared by every room.

Ledger: none. The room keeps no table and reads nothing about a person.
Who may see it: everybody; each door (public, desk, partners) has its own base page.
Standards: WCAG 2.2 level AA; a strict Content-Security-Policy with nothing inline.
Life cycle: a room renders a template, the template includes components, `PrivacyMiddleware`
closes the response before it leaves the house.
"""
