# SPDX-License-Identifier: Apache-2.0
"""The embedded database, with a queue before its one place for a writer."""
