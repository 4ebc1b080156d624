# SPDX-License-Identifier: Apache-2.0
"""Statistics: counts of the ledgers as observations fit to publish.

Compiled by a statistician, published by a manager; everybody may read what is published. Pages,
CSV and SDMX read observations only, and small cells are suppressed before they are written.
Life of a release: compiled → published; a later compilation is a new revision.
"""
