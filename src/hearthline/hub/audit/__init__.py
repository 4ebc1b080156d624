# SPDX-License-Identifier: Apache-2.0
"""Audit: who did or read what about whom, why and when.

Read by oversight and administrators; changed by nobody: the database itself refuses to update
or delete an entry. Entries are leaves of a Merkle log (RFC 9162) whose signed checkpoints can
be verified away from the server. Entries name records by number and never hold a person's data.
Life of an entry: recorded → leaf of the log → under a signed checkpoint.
"""
