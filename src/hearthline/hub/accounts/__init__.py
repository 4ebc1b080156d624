# SPDX-License-Identifier: Apache-2.0
"""Accounts: the people who work here, their roles, and what a role may do.

Administrators grant and end roles; a grant may carry an end date. Nobody signs up. Everybody
signs in with a password and a second factor, or with a passkey, which is both; the gravest steps
ask for a fresh second factor (NIST SP 800-63B-4, reauthentication).
Life of a grant: granted → in force → ended. Life of a sitting: signed in → left idle, or ended.
"""
