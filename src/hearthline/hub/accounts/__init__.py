# SPDX-License-Identifier: Apache-2.0
"""Accounts: the people who work here, their roles, and what a role may do.

Administrators grant and end roles; a grant may carry an end date. Nobody signs up. Everybody
signs in with a password and a second factor.
Life of a grant: granted → in force → ended.
"""
