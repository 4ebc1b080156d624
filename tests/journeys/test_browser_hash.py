# SPDX-License-Identifier: Apache-2.0
"""A young person's picture becomes a hash in the browser: the same bits, and nothing is sent."""

import base64
import io
import json
import re
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, PngImagePlugin
from playwright.sync_api import Page

from hearthline.kit import hashing
from hearthline.kit.hashing.pdq import Pdq, dihedral, hash_luma, hash_rgb
from hearthline.kit.hashing.tests.make import picture as drawn
from hearthline.kit.hashing.tests.make import sample

pytestmark = pytest.mark.browser

HASHING = Path(hashing.__file__).parent
FILES = HASHING / "browser"
VECTORS = json.loads((HASHING / "tests" / "vectors.json").read_text())["vectors"]
LANGUAGES = ("en", "zh-Hans", "ar", "es", "fr", "ru")

# What the page's own scripts see as `Uint8Array` of the base64 text `text`.
BYTES = "const bytes = (text) => Uint8Array.from(atob(text), (one) => one.charCodeAt(0));"
HASH_FILE = f"""async (text) => {{
    {BYTES}
    const {{ hashFile }} = await import("./pdq.js");
    try {{
        return await hashFile(new Blob([bytes(text)]));
    }} catch (error) {{
        return {{ name: error.name, code: error.code, message: error.message }};
    }}
}}"""
# What a browser does that guards against fingerprinting: a few values read back are one off.
NOISE = """for (const kind of [CanvasRenderingContext2D, OffscreenCanvasRenderingContext2D]) {
    const read = kind.prototype.getImageData;
    kind.prototype.getImageData = function (...where) {
        const image = read.apply(this, where);
        for (let at = 400; at < image.data.length; at += 9973) image.data[at] ^= 1;
        return image;
    };
}"""


class Site:
    """The files of the page on a loopback address, and what was asked of it."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        asked = self.asked

        class Handler(SimpleHTTPRequestHandler):
            def log_message(self, *words: object) -> None:
                asked.append(f"{self.command} {self.path}")

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Handler, directory=FILES))
        self.address = f"http://127.0.0.1:{self.server.server_port}/"
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True)
        self.thread.start()

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    served = Site()
    yield served
    served.close()


@pytest.fixture(scope="module")
def loaded(chromium, site) -> Iterator[Page]:
    """The page, loaded once, for tests that leave it as it was."""
    context = chromium.new_context()
    page = context.new_page()
    page.goto(site.address)
    yield page
    context.close()


@pytest.fixture
def page(browse, site) -> Page:
    """The page for one test alone, watched as on every journey."""
    opened = browse()
    opened.goto(site.address)
    return opened


def text_of(content: bytes | np.ndarray) -> str:
    return base64.b64encode(bytes(content)).decode()


def file_of(image: Image.Image, kind: str, **options: object) -> bytes:
    written = io.BytesIO()
    image.save(written, kind, **options)
    return written.getvalue()


def choose(page: Page, content: bytes) -> None:
    held = {"name": "mine.png", "mimeType": "image/png", "buffer": content}
    page.get_by_label(re.compile("picture|图片|صورة")).set_input_files(held)


def hashed(page: Page, content: bytes) -> tuple[Pdq, dict]:
    made = page.evaluate(HASH_FILE, text_of(content))
    assert "hex" in made, made
    return Pdq.from_hex(made["hex"], quality=made["quality"]), made


CAT = Image.fromarray(sample("chelsea", (301, 400)))
HASH_OF_CAT = hash_rgb(np.asarray(CAT))
CAT_PNG = file_of(CAT, "PNG")


# The bits.


def test_the_shared_vectors_give_the_same_bits(loaded):
    pixels = ", ".join(
        f"[{vector['width']}, {vector['height']}, (x, y, c) => {vector['value']}]"
        for vector in VECTORS
    )
    made = loaded.evaluate(f"""async () => {{
        const {{ hashPixels }} = await import("./pdq.js");
        return [{pixels}].map(([width, height, value]) => {{
            const at = (place) => [(place >> 2) % width, Math.floor((place >> 2) / width)];
            const rgba = new Uint8ClampedArray(width * height * 4).map((_, place) =>
                place % 4 === 3 ? 255 : value(...at(place), place % 4));
            return hashPixels(rgba, width, height);
        }});
    }}""")
    assert len(made) == len(VECTORS)
    for ours, vector in zip(made, VECTORS, strict=True):
        assert ours["hex"] == vector["pdq"], vector["name"]
        assert ours["quality"] == vector["quality"], vector["name"]
        assert ours["dihedral"] == vector["dihedral"], vector["name"]


def some_pixels() -> Iterator[np.ndarray]:
    """Noise of few shades, whose frequencies nearly tie, at odd sizes; and real pictures."""
    random = np.random.default_rng(20)
    for shades in ((0, 255), (0, 1), (30, 31, 200), tuple(range(256))):
        for size in ((5, 9), (17, 130), (64, 64), (65, 63), (129, 40), (140, 257)):
            yield random.choice(np.array(shades, np.uint8), (*size, 3))
    yield drawn(300, 451)
    yield sample("coffee", (512, 513))
    yield np.tile(np.array([[0, 0, 0], [255, 255, 255]], np.uint8), (90, 45, 1))


def test_any_pixels_give_the_bits_that_python_gives(loaded):
    arrays = list(some_pixels())
    sent = [
        (text_of(np.dstack([rgb, np.full(rgb.shape[:2], 255, np.uint8)])), *rgb.shape[:2])
        for rgb in arrays
    ]
    made = loaded.evaluate(
        f"""async (sent) => {{
            {BYTES}
            const {{ hashPixels }} = await import("./pdq.js");
            return sent.map(([text, height, width]) =>
                hashPixels(new Uint8ClampedArray(bytes(text)), width, height));
        }}""",
        sent,
    )
    for ours, rgb in zip(made, arrays, strict=True):
        assert ours["dihedral"] == [each.hex for each in dihedral(rgb)], rgb.shape
        assert (ours["hex"], ours["quality"]) == (hash_rgb(rgb).hex, hash_rgb(rgb).quality)


def test_luma_is_hashed_and_left_as_it_is(loaded):
    grey = drawn(90, 120)[:, :, 1]
    hex_, untouched = loaded.evaluate(
        f"""async (text) => {{
            {BYTES}
            const {{ hashLuma }} = await import("./pdq.js");
            const given = bytes(text);
            const luma = Float32Array.from(given);
            const {{ hex }} = hashLuma(luma, 120, 90);
            return [hex, luma.every((value, place) => value === given[place])];
        }}""",
        text_of(np.ascontiguousarray(grey)),
    )
    assert hex_ == hash_luma(np.ascontiguousarray(grey)).hex
    assert untouched


@pytest.mark.parametrize("call", ["hashLuma(new Float32Array(9), 2, 4)", "hashPixels([], 0, 0)"])
def test_values_that_are_no_picture_are_refused(loaded, call):
    said = loaded.evaluate(f"""async () => {{
        const {{ hashLuma, hashPixels }} = await import("./pdq.js");
        try {{ return {call}; }} catch (error) {{ return error.name + ": " + error.message; }}
    }}""")
    assert re.match(r"RangeError: \d values are no picture", said)


# Files.


def lossless() -> dict[str, bytes]:
    gamma = PngImagePlugin.PngInfo()
    gamma.add(b"gAMA", (100_000).to_bytes(4))  # colours would shift if it were heeded
    return {
        "PNG": CAT_PNG,
        "BMP": file_of(CAT, "BMP"),
        "WebP without loss": file_of(CAT, "WEBP", lossless=True),
        "with a gamma": file_of(CAT, "PNG", pnginfo=gamma),
        "in two strips": file_of(Image.fromarray(drawn(1100, 1000)), "PNG", compress_level=1),
        "palette": file_of(CAT.quantize(200), "PNG"),
        "GIF": file_of(CAT, "GIF"),
        "one bit": file_of(CAT.convert("1"), "PNG"),
    }


def test_a_file_without_loss_gives_the_bits_that_python_gives(loaded):
    for name, content in lossless().items():
        expected = hash_rgb(np.asarray(Image.open(io.BytesIO(content)).convert("RGB")))
        assert hashed(loaded, content)[0] == expected, name


def test_a_photograph_comes_within_four_bits_whatever_its_form(loaded):
    turned = Image.Exif()
    turned[0x0112] = 6  # shown after a quarter turn
    forms = {
        "JPEG": file_of(CAT, "JPEG", quality=85),
        "turned by EXIF": file_of(CAT.rotate(90, expand=True), "JPEG", quality=95, exif=turned),
        "inks": file_of(CAT.convert("CMYK"), "JPEG", quality=90),
        "WebP": file_of(CAT, "WEBP", quality=85),
    }
    for name, content in forms.items():
        assert hashed(loaded, content)[0].distance(HASH_OF_CAT) <= 4, name


def test_what_is_transparent_lies_on_white(loaded):
    see_through = CAT.convert("RGBA")
    see_through.putalpha(Image.fromarray(sample("coins", CAT.size[::-1])).convert("L"))
    on_white, on_black = (
        hash_rgb(np.asarray(Image.alpha_composite(laid, see_through).convert("RGB")))
        for laid in (Image.new("RGBA", CAT.size, ground) for ground in ("white", "black"))
    )
    assert on_white.distance(on_black) > 31
    assert hashed(loaded, file_of(see_through, "PNG"))[0].distance(on_white) <= 4


def test_a_picture_too_small_to_hash_says_so_by_its_quality(loaded):
    small, made = hashed(loaded, file_of(CAT.crop((0, 0, 30, 4)), "PNG"))
    assert small == Pdq(bytes(32), 0)
    assert made["dihedral"] == ["0" * 64] * 8


REFUSED = {
    "nothing": (b"", "empty"),
    "words": (b"These are words.", "not_an_image"),
    "a page": (b"<!doctype html><p>Hello", "not_an_image"),
    "half a picture": (CAT_PNG[: len(CAT_PNG) // 2], "not_an_image"),
    "too many pixels": (file_of(Image.new("1", (8001, 8000)), "PNG"), "too_large"),
}


@pytest.mark.parametrize(("content", "code"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_hashed_is_refused_by_name(loaded, content, code):
    refused = loaded.evaluate(HASH_FILE, text_of(content))
    assert (refused["name"], refused["code"]) == ("NotHashable", code)
    assert refused["message"]


def test_a_browser_that_alters_what_is_read_is_told_and_gives_no_hash(browse, site):
    page = browse()
    page.add_init_script(NOISE)
    page.goto(site.address)
    assert page.evaluate(HASH_FILE, text_of(CAT_PNG))["code"] == "canvas_protected"
    choose(page, CAT_PNG)
    page.get_by_text("The code would be wrong.").wait_for()
    assert page.locator("#result").is_hidden()


@pytest.mark.parametrize("missing", ["createImageBitmap = undefined", "Float32Array = undefined"])
def test_a_browser_that_cannot_do_it_is_told(page, missing):
    page.evaluate('() => import("./pdq.js")')
    page.evaluate(f"() => {{ globalThis.{missing}; }}")
    assert page.evaluate(HASH_FILE, text_of(CAT_PNG))["code"] == "unsupported"


def test_without_an_offscreen_canvas_an_ordinary_one_does(page):
    page.evaluate("() => { delete globalThis.OffscreenCanvas; }")
    assert hashed(page, CAT_PNG)[0] == HASH_OF_CAT


# The page.


def test_nothing_leaves_the_device(browse, site):
    site.asked.clear()
    page = browse()
    wanted: list[str] = []
    page.on("request", lambda request: wanted.append(f"{request.method} {request.url}"))
    page.goto(site.address)
    names = ("", "page.css", "page.js", "pdq.js", "words.js")
    assert sorted(wanted) == sorted(f"GET {site.address}{name}" for name in names)
    page.context.set_offline(True)
    wanted.clear()
    choose(page, CAT_PNG)
    page.get_by_text("Done.").wait_for()
    assert page.locator("#hex").text_content() == HASH_OF_CAT.hex
    page.get_by_role("button", name="Clear").click()
    assert wanted == []
    assert len(site.asked) == len(names)
    kept = "[document.cookie, localStorage.length, sessionStorage.length]"
    assert page.evaluate(kept) == ["", 0, 0]


def test_the_policy_would_stop_a_script_that_tried(chromium, site):
    """In a context of its own, because the browser rightly complains."""
    context = chromium.new_context()
    page = context.new_page()
    page.goto(site.address)
    site.asked.clear()
    refused = page.evaluate("""async () => {
        const image = new Promise((done) => {
            const tried = new Image();
            tried.onload = () => done("loaded");
            tried.onerror = () => done("refused");
            tried.src = "/page.css?image";
        });
        const fetched = fetch("/page.css?fetch").then(() => "fetched", () => "refused");
        const form = Object.assign(document.createElement("form"), { action: "/page.css" });
        document.body.append(form);
        form.submit();
        navigator.sendBeacon("/page.css?beacon", "hello");
        return [await image, await fetched];
    }""")
    page.wait_for_timeout(100)
    assert refused == ["refused", "refused"]
    assert site.asked == []
    assert page.url == site.address
    context.close()


def test_a_picture_becomes_a_code_that_can_be_copied_and_cleared(page):
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    status = page.get_by_role("status")
    choose(page, CAT_PNG)
    page.get_by_role("heading", name="Your code").wait_for()
    assert status.text_content() == "Done. Your code is below."
    assert "100 of 100" in page.locator("#quality").text_content()
    assert page.locator("#weak").is_hidden()
    page.get_by_role("button", name="Copy the code").click()
    page.get_by_text("Copied.").wait_for()
    assert page.evaluate("navigator.clipboard.readText()") == HASH_OF_CAT.hex
    page.get_by_role("button", name="Clear").click()
    assert page.locator("#result").is_hidden()
    assert page.locator("#hex").text_content() == ""
    assert page.evaluate("document.activeElement.id") == "file"
    assert status.text_content().startswith("Cleared.")


def test_where_nothing_may_be_copied_the_code_is_marked(page):
    page.evaluate("() => { navigator.clipboard.writeText = () => Promise.reject(); }")
    choose(page, CAT_PNG)
    page.get_by_role("button", name="Copy the code").click()
    page.get_by_text("The code is marked.").wait_for()
    assert page.evaluate("getSelection().toString()") == HASH_OF_CAT.hex


def test_the_keyboard_reaches_everything_in_order(page):
    choose(page, CAT_PNG)
    page.get_by_role("button", name="Copy the code").wait_for()
    reached = []
    for _ in range(4):
        page.keyboard.press("Tab")
        reached.append(page.evaluate("document.activeElement.id || document.activeElement.lang"))
    assert reached == ["file", "copy", "clear", "en"]


def test_a_picture_with_little_in_it_is_said_to_match_badly(page):
    choose(page, file_of(Image.new("RGB", (90, 90), "grey"), "PNG"))
    page.get_by_text("There is little to see in this picture.").wait_for()


def test_what_is_no_picture_leaves_no_code_behind(page):
    choose(page, CAT_PNG)
    page.get_by_text("Done.").wait_for()
    choose(page, b"These are words.")
    page.get_by_text("We cannot read this as a picture.").wait_for()
    assert page.locator("#result").is_hidden()


def test_without_scripts_the_page_says_what_it_needs(browse, site):
    page = browse(scripts=False)
    page.goto(site.address)
    assert page.get_by_text("it needs JavaScript").is_visible()
    assert page.locator("#choose").is_hidden()


# Its words.


def words(page: Page) -> dict[str, dict[str, str]]:
    return page.evaluate('async () => (await import("./words.js")).WORDS')


def test_every_language_says_everything(loaded):
    said = words(loaded)
    assert set(said) == set(LANGUAGES)
    for language, sentences in said.items():
        assert list(sentences) == list(said["en"]), language
        assert all(sentences.values())
        assert "{quality}" in sentences["quality"]


def test_a_ten_year_old_can_read_it(loaded):
    for sentences in re.split(r"[.?!:] ?", " ".join(words(loaded)["en"].values())):
        assert len(sentences.split()) <= 12, sentences


@pytest.mark.parametrize(
    ("asked", "locale", "language", "direction"),
    [
        ("", "ar", "ar", "rtl"),
        ("?lang=zh-hans", "fr", "zh-Hans", "ltr"),
        ("?lang=tlh", "de", "en", "ltr"),
    ],
)
def test_the_page_speaks_the_language_asked_for(browse, site, asked, locale, language, direction):
    page = browse(language=locale)
    page.goto(site.address + asked)
    root = page.locator("html")
    assert (root.get_attribute("lang"), root.get_attribute("dir")) == (language, direction)
    assert page.locator("h1").text_content() == words(page)[language]["title"] == page.title()
    assert page.locator("nav a[aria-current]").get_attribute("lang") == language


@pytest.mark.parametrize(
    ("language", "width", "dark"),
    [("en", 360, False), ("zh-Hans", 1280, True), ("ar", 360, True)],
)
def test_it_fits_and_can_be_used_by_everybody(
    browse, site, accessible, picture, language, width, dark
):
    page = browse(width=width, dark=dark)
    page.goto(f"{site.address}?lang={language}")
    page.locator("#file").set_input_files(
        {"name": "mine.png", "mimeType": "image/png", "buffer": CAT_PNG}
    )
    page.locator("#result").wait_for()
    accessible(page)
    picture(page, f"browser-hash-{language}-{width}")


# Its size.


def test_the_module_stays_small_and_alone():
    module = (FILES / "pdq.js").read_text(encoding="utf-8")
    assert len(module.encode()) < 12 * 1024
    assert len(module.splitlines()) <= 250
    assert not re.search(r"^import|\bfetch\(|XMLHttpRequest|https?:", module, re.MULTILINE)


def test_the_whole_page_stays_under_fifty_kilobytes():
    files = [path for path in FILES.iterdir() if path.is_file()]
    assert {path.name for path in files} == {
        "index.html", "page.css", "page.js", "pdq.js", "words.js",
    }  # fmt: skip
    assert sum(path.stat().st_size for path in files) < 50_000
