# SPDX-License-Identifier: Apache-2.0
"""Evidence: the vault. Sealed records of what was captured, as facts and hashes, never bytes.

Opened only by casework and only with a reason; every opening is in the custody log. The four
handling steps of ISO/IEC 27037 (identification, collection, acquisition, preservation) are the
checklist behind the fields (from general knowledge, not verified).
Life of an exhibit: sealed → opened (each time logged) → shredded by destroying its key.
"""
