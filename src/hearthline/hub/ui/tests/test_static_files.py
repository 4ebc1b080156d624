# SPDX-License-Identifier: Apache-2.0
import json

import pytest

from hearthline.hub.ui.static_files import CompressedHashedStorage


def storage(folder, paths=None):
    if paths is not None:
        manifest = {"version": "1.1", "hash": "", "paths": paths}
        (folder / "staticfiles.json").write_text(json.dumps(manifest), encoding="utf-8")
    return CompressedHashedStorage(location=folder, base_url="/static/")


def test_names_are_plain_until_the_files_are_collected(tmp_path):
    assert storage(tmp_path).url("ui/base.css") == "/static/ui/base.css"


def test_names_are_hashed_once_the_files_are_collected(tmp_path):
    collected = storage(tmp_path, {"ui/base.css": "ui/base.1a2b.css"})
    assert collected.url("ui/base.css") == "/static/ui/base.1a2b.css"


def test_a_file_that_was_not_collected_is_an_error(tmp_path):
    collected = storage(tmp_path, {"ui/base.css": "ui/base.1a2b.css"})
    with pytest.raises(ValueError, match=r"missing\.css"):
        collected.url("ui/missing.css")
