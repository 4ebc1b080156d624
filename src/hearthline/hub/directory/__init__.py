# SPDX-License-Identifier: Apache-2.0
"""Directory: organisations we work with and how to reach them, with the day each was checked.

Staff read and managers edit; helplines marked public are shown to everybody. Contacts are never
overwritten, only superseded. Vocabulary follows Open Referral HSDS where it has a word.
Life of a contact: recorded → verified again → superseded.
"""
