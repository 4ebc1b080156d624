# SPDX-License-Identifier: Apache-2.0
"""Resolvers as operators run them: each in a folder of its own, on loopback, ended by its pid.

The policy part of every configuration is read from docs/dns-blocking.md; what is added here says
only where this one listens, where it writes, and that all other names come from one authority.
"""

import os
import re
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import dns.message
import dns.query
import dns.rdatatype

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "dns-blocking.md"
HERE = "127.0.0.1"
SECONDS = 10.0


@dataclass(frozen=True)
class Place:
    """What a configuration has to be told: folder, ports, the key's text and secret."""

    folder: Path
    port: int
    primary: int
    authority: int
    key: str
    secret: str

    @property
    def zone_file(self) -> Path:
        return self.folder / "rpz.zone"


class Program:
    """A resolver that runs. `reread` makes it take a changed zone file in."""

    def __init__(self, command: Sequence[object], place: Place, reread: Callable[[], None]) -> None:
        self.place, self.port = place, place.port
        self._command, self._reread = [str(part) for part in command], reread
        self._running: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        log = (self.place.folder / "log").open("ab")
        with log:
            self._running = subprocess.Popen(
                self._command,
                cwd=self.place.folder,
                stdout=log,
                stderr=log,
                stdin=subprocess.DEVNULL,
            )

    def stop(self) -> None:
        """Ends this process and no other."""
        if self._running is not None:
            self._running.terminate()
            try:
                self._running.wait(3)
            except subprocess.TimeoutExpired:
                self._running.kill()
                self._running.wait()
            self._running = None

    def restart(self) -> None:
        self.stop()
        self.start()

    def hang_up(self) -> None:
        """SIGHUP, by which many a service reads its files anew."""
        assert self._running is not None
        self._running.send_signal(signal.SIGHUP)

    def processor_seconds(self) -> float:
        """What the process has used of processors up to now."""
        assert self._running is not None
        text = Path(f"/proc/{self._running.pid}/stat").read_text().rpartition(")")[2]
        user, system = text.split()[11:13]
        return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")

    def reread(self) -> None:
        self._reread()

    def log(self) -> str:
        return (self.place.folder / "log").read_text(errors="replace")[-3000:]

    def ask(self, name: str, kind: str = "A", *, timeout: float = 2) -> dns.message.Message:
        asked = dns.message.make_query(name, kind, use_edns=True)
        return dns.query.udp(asked, HERE, port=self.port, timeout=timeout)

    def says(self, name: str, kind: str = "A", *, timeout: float = 2) -> set[str]:
        """The data of the answer; the code's name alone where it is not NOERROR; none at all."""
        try:
            answer = self.ask(name, kind, timeout=timeout)
        except (OSError, dns.exception.Timeout):
            return {"silent"}
        if answer.rcode():
            return {dns.rcode.to_text(answer.rcode())}
        return {
            data.to_text().strip('"')
            for rrset in answer.answer
            if rrset.rdtype == dns.rdatatype.from_text(kind)
            for data in rrset
        }

    def soon(self, name: str, kind: str, wanted: set[str], seconds: float = SECONDS) -> float:
        """Seconds until it says so. Fails with its log."""
        began = time.monotonic()
        while (said := self.says(name, kind, timeout=0.2)) != wanted:
            took = time.monotonic() - began
            assert took < seconds, f"{name} {kind}: {said}, not {wanted}\n{self.log()}"
            time.sleep(0.02)
        return time.monotonic() - began


def snippet(name: str, place: Place) -> str:
    """A block of the document with this test's places in it."""
    found = re.search(
        rf"<!-- {name} -->\n```\w*\n(.*?)```\n", DOCUMENT.read_text(encoding="utf-8"), re.S
    )
    assert found, f"docs/dns-blocking.md has no block {name}"
    text = found[1]
    for there, here in (
        ("192.0.2.53 port 53", f"{HERE} port {place.primary}"),
        ("192.0.2.53@53", f"{HERE}@{place.primary}"),
        ("192.0.2.53:53", f"{HERE}:{place.primary}"),
        ("192.0.2.53", HERE),
        ("SECRET-OF-YOUR-KEY", place.secret),
        ("/etc/hearthline/isp.key", str(place.folder / "isp.key")),
        ("/etc/hearthline/rpz.zone", str(place.zone_file)),
        ("/var/cache/bind/", f"{place.folder}/"),
        ("/var/lib/knot", str(place.folder)),
    ):
        text = text.replace(there, here)
    assert not re.search(r"192\.0\.2\.53|/etc/|/var/", text)
    return text


def bind(way: str, place: Place) -> Program:
    """BIND: the options of the document, with more put into them."""
    (place.folder / "isp.key").write_text(place.key)
    more = f"""options {{
    directory "{place.folder}"; pid-file none; session-keyfile none; lock-file none;
    listen-on port {place.port} {{ {HERE}; }}; listen-on-v6 {{ none; }};
    forwarders {{ {HERE} port {place.authority}; }}; forward only;
    dnssec-validation no; empty-zones-enable no; allow-query {{ {HERE}; }};
"""
    text = snippet(f"bind-{way}", place).replace("options {\n", more) + "controls { };\n"
    path = place.folder / "named.conf"
    path.write_text(text)
    program = Program(
        [_path("named"), "-g", "-n", 1, "-U", 1, "-c", path], place, lambda: program.hang_up()
    )
    return program


def unbound(way: str, place: Place) -> Program:
    text = f"""server:
    interface: {HERE}
    port: {place.port}
    directory: "{place.folder}"
    username: ""
    chroot: ""
    pidfile: ""
    use-syslog: no
    do-not-query-localhost: no
    num-threads: 1
    local-zone: "test." nodefault
remote-control:
    control-enable: no
forward-zone:
    name: "."
    forward-addr: {HERE}@{place.authority}
{snippet(f"unbound-{way}", place)}"""
    path = place.folder / "unbound.conf"
    path.write_text(text)
    return _hung_up([_path("unbound"), "-d", "-p", "-c", path], place)


def pdns(way: str, place: Place) -> Program:
    script = place.folder / "policy.lua"
    script.write_text(snippet(f"pdns-{way}", place))
    (place.folder / "recursor.conf").write_text(f"""local-address={HERE}
local-port={place.port}
config-dir={place.folder}
socket-dir={place.folder}
lua-config-file={script}
forward-zones-recurse=.={HERE}:{place.authority}
dont-query=
dnssec=off
threads=1
{snippet("pdns", place)}write-pid=no
disable-syslog=yes
hint-file=no
security-poll-suffix=
""")
    control = [_path("rec_control"), f"--config-dir={place.folder}", "reload-lua-config"]
    return Program(
        [_path("pdns_recursor"), f"--config-dir={place.folder}", "--daemon=no"],
        place,
        lambda: _run([str(part) for part in control]),
    )


def kresd(way: str, place: Place) -> Program:
    path = place.folder / "config.lua"
    path.write_text(f"""log_target('stderr')
net.listen('{HERE}', {place.port})
cache.open(10 * MB, 'lmdb://{place.folder}/cache')
trust_anchors.remove('.')
modules.unload('ta_update')
modules.unload('ta_signal_query')
modules.unload('priming')
{snippet(f"kresd-{way}", place)}
policy.add(policy.all(policy.FORWARD({{'{HERE}@{place.authority}'}})))
""")
    program = Program(
        [_path("kresd"), "-n", "-q", "-c", path, place.folder], place, lambda: program.restart()
    )
    return program


def _hung_up(command: Sequence[object], place: Place) -> Program:
    program = Program(command, place, lambda: program.hang_up())
    return program


def _path(name: str) -> str:
    found = shutil.which(name) or shutil.which(name, path="/usr/sbin:/usr/local/sbin")
    assert found, f"{name} is not installed"
    return found


def _run(command: Sequence[str]) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=10)
    assert done.returncode == 0, done.stderr + done.stdout


def free_port() -> int:
    """A port nobody uses just now, neither by UDP nor by TCP."""
    while True:
        with socket.socket() as tcp, socket.socket(type=socket.SOCK_DGRAM) as udp:
            tcp.bind((HERE, 0))
            port: int = tcp.getsockname()[1]
            try:
                udp.bind((HERE, port))
            except OSError:
                continue
            return port
