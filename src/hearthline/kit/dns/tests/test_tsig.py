# SPDX-License-Identifier: Apache-2.0
"""Keys as BIND writes them, and who may read them."""

from pathlib import Path

import pytest

from hearthline.kit.dns import tsig
from hearthline.kit.dns.tsig import KeyRefused

SECRET = "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="
KEY = f'key "isp.example" {{\n\talgorithm hmac-sha256;\n\tsecret "{SECRET}";\n}};\n'


def test_a_key_is_read_as_it_is_written():
    (key,) = tsig.keys_in(KEY).values()
    assert (key.name, key.secret) == ("isp.example", b"0123456789abcdef" * 2)
    assert key.text() == KEY


def test_several_keys_with_comments_are_read():
    text = f"# of the ISPs\n{KEY}\n/* two */ {KEY.replace('isp.', 'Other.')} // end\n"
    assert list(tsig.keys_in(text)) == ["isp.example", "other.example"]


def test_a_new_key_is_long_and_its_secret_is_not_shown():
    key = tsig.new_key("ISP.example.")
    assert tsig.keys_in(key.text()) == {"isp.example": key}
    assert len(key.secret) == 32
    assert repr(key) == "Key('isp.example')"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "as `tsig-keygen NAME` prints it"),
        (KEY + "options { };", "nothing else"),
        (KEY + KEY, "twice"),
        (KEY.replace("sha256", "md5"), "must be hmac-sha256"),
        (KEY.replace("MDEy", "MD!y"), "no Base64"),
        (KEY.replace(SECRET, "c2hvcnQ="), "shorter than 16"),
        (KEY.replace("isp.example", "." * 3), "no name of a key"),
    ],
)
def test_what_is_no_file_of_keys_is_refused_without_its_secret(text: str, reason: str):
    with pytest.raises(KeyRefused, match=reason) as refused:
        tsig.keys_in(text)
    assert SECRET not in str(refused.value)


def test_a_file_open_to_everybody_is_refused(tmp_path: Path):
    path = tmp_path / "keys"
    path.write_text(KEY)
    path.chmod(0o640)
    assert list(tsig.read_keys(path)) == ["isp.example"]
    path.chmod(0o644)
    with pytest.raises(KeyRefused, match="chmod 640"):
        tsig.read_keys(path)
