# SPDX-License-Identifier: Apache-2.0
"""The hasher of passwords with little work: tests sign in hundreds of times."""

from django.contrib.auth.hashers import Argon2PasswordHasher


class QuickHasher(Argon2PasswordHasher):
    """Argon2 as in service, with the least memory and one pass."""

    time_cost = 1
    memory_cost = 8  # KiB
    parallelism = 1
