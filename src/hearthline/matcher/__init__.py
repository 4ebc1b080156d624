# SPDX-License-Identifier: Apache-2.0
"""The matching service: a platform runs it beside its own product to recognise known content.

It answers with what is known about a hash: bank, distance, entry. It keeps no content and logs
none; its state is a folder of banks. For platforms and authorised hotlines only.
"""
