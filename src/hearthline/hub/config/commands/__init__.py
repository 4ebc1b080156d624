# SPDX-License-Identifier: Apache-2.0
"""The commands of the site, one file each: `main(arguments) -> exit code`."""
