# SPDX-License-Identifier: Apache-2.0
"""Whatever is wrong with a file, the only thing raised is NotHashable."""

from contextlib import suppress

from hypothesis import given, settings
from hypothesis import strategies as st

from hearthline.kit.hashing import Limits, NotHashable, hash_picture
from hearthline.kit.hashing.tests.mutate import picture_files, spoilt, video_files
from hearthline.kit.hashing.video import VideoLimits, hash_video

SMALL = Limits(pixels=4_000_000, animation_pixels=8_000_000)


def test_the_files_are_sound_before_they_are_spoilt():
    for content in picture_files():
        assert not hash_picture(content).damaged
    for content in video_files():
        assert hash_video(content).frames


@settings(max_examples=150, deadline=None)
@given(random=st.randoms(use_true_random=False), exact=st.booleans())
def test_a_spoilt_picture_has_hashes_or_a_named_refusal(random, exact):
    with suppress(NotHashable):
        hashes = hash_picture(spoilt(picture_files(), random), exact=exact, limits=SMALL)
        assert len(hashes.dihedral) == 8
        assert 0 <= hashes.pdq.quality <= 100


@settings(max_examples=40, deadline=None)
@given(random=st.randoms(use_true_random=False))
def test_a_spoilt_video_has_hashes_or_a_named_refusal(random):
    with suppress(NotHashable):
        assert hash_video(
            spoilt(video_files(), random), limits=VideoLimits(pixels=4_000_000)
        ).frames
