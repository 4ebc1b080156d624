# SPDX-License-Identifier: Apache-2.0
"""The roof: settings from the environment, the country pack, and one URL table per door."""
