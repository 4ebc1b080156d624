# SPDX-License-Identifier: Apache-2.0
"""The school and family set: filters at home and in class that point to the nation's resolver.

Pure: names in, files out. No file of the set says what is blocked.
"""

from hearthline.kit.family.profiles import Hours, Profile, ProfilesWrong, read_profiles
from hearthline.kit.family.service import FilterService, ServiceWrong
from hearthline.kit.family.writing import (
    ListedInAllowed,
    adguard_rules,
    as_zip,
    family_set,
    mobileconfig,
    source_strings,
    write_folder,
)

__all__ = [
    "FilterService",
    "Hours",
    "ListedInAllowed",
    "Profile",
    "ProfilesWrong",
    "ServiceWrong",
    "adguard_rules",
    "as_zip",
    "family_set",
    "mobileconfig",
    "read_profiles",
    "source_strings",
    "write_folder",
]
