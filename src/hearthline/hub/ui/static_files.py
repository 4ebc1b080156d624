# SPDX-License-Identifier: Apache-2.0
"""Static files: named by their content, compressed once at set-up, served by our own process."""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class CompressedHashedStorage(CompressedManifestStaticFilesStorage):  # type: ignore[misc]
    """Hashed names wherever `collectstatic` has run; plain names where it has not.

    Tests and a developer's first start have no manifest, and a page without its style is better
    than no page. Once there is a manifest it is strict: a name it does not hold is an error.
    """

    manifest_strict = True

    def stored_name(self, name: str) -> str:
        if not self.hashed_files:
            return name
        return str(super().stored_name(name))
