# SPDX-License-Identifier: Apache-2.0
"""A video is known by frames taken at a set rate, and compared by the shares that match."""

import io

import av
import numpy as np
import pytest
from PIL import Image

from hearthline.kit.hashing import NotHashable, Pdq, Why, hash_rgb
from hearthline.kit.hashing.tests.make import picture, saved
from hearthline.kit.hashing.video import VideoLimits, hash_video, video_score

PER_SECOND = 5


def scenes(count: int, height: int = 120, width: int = 160) -> list[np.ndarray]:
    """Drawn pictures that have little in common, each to be shown for a second."""
    return [
        np.ascontiguousarray(np.roll(picture(height, width), (31 * n, 47 * n), (0, 1)))
        for n in range(count)
    ]


def clip(shown: list[np.ndarray], container: str = "mp4", codec: str = "mpeg4") -> bytes:
    """A video that shows each picture for a second, with a dark spot that moves a little."""
    file = io.BytesIO()
    with av.open(file, "w", format=container) as output:
        stream = output.add_stream(codec, rate=PER_SECOND)
        stream.height, stream.width = shown[0].shape[:2]
        stream.pix_fmt = "yuvj420p" if codec == "mjpeg" else "yuv420p"
        stream.bit_rate = 2_000_000
        for scene in shown:
            for step in range(PER_SECOND):
                pixels = scene.copy()
                pixels[4 * step : 4 * step + 4, :4] //= 2
                output.mux(stream.encode(av.VideoFrame.from_ndarray(pixels, format="rgb24")))
        output.mux(stream.encode(None))
    return file.getvalue()


def refusal(source, **options) -> NotHashable:
    with pytest.raises(NotHashable) as caught:
        hash_video(source, **options)
    return caught.value


SCENES = scenes(6)
CLIP = clip(SCENES)


@pytest.mark.parametrize(
    ("container", "codec"),
    [("mp4", "mpeg4"), ("mov", "mjpeg"), ("matroska", "ffv1"), ("webm", "libvpx")],
)
def test_one_frame_a_second_is_hashed(container, codec):
    hashes = hash_video(clip(SCENES, container, codec))
    assert [frame.seconds for frame in hashes.frames] == [0, 1, 2, 3, 4, 5]
    for frame, scene in zip(hashes.frames, SCENES, strict=True):
        assert frame.pdq.distance(hash_rgb(scene)) <= 31
    assert (hashes.height, hashes.width, hashes.taken) == (120, 160, 6)
    assert not hashes.damaged
    assert not hashes.cut_short


def test_a_path_and_an_open_file_do_as_well(tmp_path):
    path = tmp_path / "clip"
    path.write_bytes(CLIP)
    assert hash_video(path) == hash_video(CLIP) == hash_video(io.BytesIO(CLIP))


def test_the_rate_is_the_callers():
    hashes = hash_video(CLIP, rate=PER_SECOND, alike=-1)
    assert hashes.taken == len(hashes.frames) == 30
    assert hash_video(CLIP, rate=0.5).taken == 3


def test_neighbours_that_look_alike_are_hashed_once():
    still = hash_video(clip([SCENES[0]] * 4), rate=PER_SECOND)
    assert still.taken == 20
    assert len(still.frames) == 1


def test_quality_is_of_the_whole_range_of_luma():
    dim = picture(120, 160) // 6
    (frame,) = hash_video(clip([dim])).frames
    assert abs(frame.pdq.quality - hash_rgb(dim).quality) <= 5


def test_a_clip_cut_from_a_film_scores_high_one_way_and_low_the_other():
    film = [frame.pdq for frame in hash_video(CLIP).frames]
    part = [frame.pdq for frame in hash_video(clip(SCENES[2:4])).frames]
    assert video_score(part, film) == (1.0, 2 / 6)
    assert video_score(film, part) == (2 / 6, 1.0)


def test_videos_that_share_nothing_score_nothing():
    film = [frame.pdq for frame in hash_video(CLIP).frames]
    turned = [frame.complement() for frame in film]
    assert video_score(film, turned) == (0.0, 0.0)


def test_the_radius_is_counted_in_bits():
    one = Pdq(bytes(32), 100)
    other = Pdq(b"\x0f" + bytes(31), 100)
    assert video_score([one], [other], radius=3) == (0.0, 0.0)
    assert video_score([one], [other], radius=4) == (1.0, 1.0)


def test_frames_of_low_quality_do_not_count():
    blank = [Pdq(bytes(32), 10)]
    assert video_score(blank, blank) == (0.0, 0.0)
    assert video_score([], []) == (0.0, 0.0)


def test_what_breaks_off_is_hashed_as_far_as_it_goes_and_marked():
    content = clip(SCENES, "matroska", "mjpeg")
    hashes = hash_video(content[: len(content) // 2])
    assert 1 <= len(hashes.frames) < 6


def test_limits_end_a_video_early_and_it_says_so():
    few = hash_video(CLIP, limits=VideoLimits(kept=2))
    assert (len(few.frames), few.cut_short) == (2, True)
    short = hash_video(CLIP, limits=VideoLimits(decoded=6))
    assert (len(short.frames), short.cut_short) == (2, True)


def test_frames_that_are_too_large_are_refused():
    assert refusal(CLIP, limits=VideoLimits(pixels=100)).code == Why.TOO_LARGE


PLAYLIST = b"#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:9,\nfile:///etc/hostname\n#EXT-X-ENDLIST\n"
REFUSED = {
    "nothing": (b"", Why.EMPTY),
    "text": (b"only words " * 99, Why.NOT_A_VIDEO),
    "a picture": (saved(Image.fromarray(SCENES[0]), "PNG"), Why.NOT_A_VIDEO),
    "a playlist of other files": (PLAYLIST, Why.NOT_A_VIDEO),
    "a list of files to join": (b"ffconcat version 1.0\nfile /etc/hostname\n", Why.NOT_A_VIDEO),
    "the first bytes of a video": (CLIP[:40], Why.BROKEN),
}


@pytest.mark.parametrize(("content", "why"), REFUSED.values(), ids=REFUSED)
def test_what_is_not_a_video_is_refused_by_name(content, why):
    assert refusal(content).code == why


def test_sound_alone_is_refused():
    file = io.BytesIO()
    with av.open(file, "w", format="matroska") as output:
        stream = output.add_stream("pcm_s16le", rate=8000)
        silence = np.zeros((1, 800), np.int16)
        frame = av.AudioFrame.from_ndarray(silence, format="s16", layout="mono")
        frame.rate = 8000
        output.mux(stream.encode(frame))
        output.mux(stream.encode(None))
    assert refusal(file.getvalue()).code == Why.NOT_A_VIDEO


def test_a_file_that_is_not_there_is_refused(tmp_path):
    assert refusal(tmp_path / "missing.mp4").code == Why.UNREADABLE


def test_a_rate_of_nothing_is_the_callers_mistake():
    with pytest.raises(ValueError, match="frames a second"):
        hash_video(CLIP, rate=0)
