# SPDX-License-Identifier: Apache-2.0
"""Block lists: what the country's networks keep out of reach while a host does not act.

Two people list an address, as narrowly as can be, for a time and on a named law; the worker signs
each version, and networks fetch it at the partners' door. Analysts propose, seniors approve, the
manager reviews and looks after the networks, oversight reads. Nobody else sees an address, and
nothing of this ledger is public but counts.
Life of an entry: proposed → listed → delisted (gone, expired, appeal, review, withdrawn), or
proposed → refused.
"""
