# SPDX-License-Identifier: Apache-2.0
import socket
import sys
import threading

import pytest

from hearthline.kit.sealing import Local, Program, UnixSocket, UnwrapFailed, Unwrapper, run

WRAPPED = "the wrapped ring"


def python(source: str) -> list[str]:
    return [sys.executable, "-c", source]


def test_a_setting_in_clear_is_taken_as_it_is() -> None:
    local: Unwrapper = Local()
    assert local.unwrap(WRAPPED) == WRAPPED


def test_a_program_is_given_the_wrapped_text_and_prints_the_clear_one() -> None:
    upper = python("import sys; print(sys.stdin.read().upper())")
    assert Program(upper).unwrap(WRAPPED) == WRAPPED.upper()


def test_no_shell_reads_the_arguments() -> None:
    assert run([*python("import sys; print(sys.argv[1])"), "$(date) ; x"]) == "$(date) ; x"


@pytest.mark.parametrize(
    ("command", "said"),
    [
        (python("import sys; sys.exit('the secret is 7')"), "ended with 1"),
        (python("pass"), "nothing that can be a key"),
        (python("import sys; sys.stdout.buffer.write(bytes([255]))"), "nothing that can be a key"),
        (["/there/is/no/such/program"], "cannot be run"),
        ([], "empty"),
    ],
)
def test_a_program_that_fails_is_named_and_not_quoted(command: list[str], said: str) -> None:
    with pytest.raises(UnwrapFailed, match=said) as refusal:
        run(command)
    assert "secret" not in str(refusal.value).replace("-c", "")


def test_a_program_that_hangs_is_ended() -> None:
    with pytest.raises(UnwrapFailed, match=r"within 0\.3 seconds"):
        Program(python("import time; time.sleep(60)"), timeout=0.3).unwrap(WRAPPED)


def test_a_service_on_a_socket_is_asked_the_same(tmp_path) -> None:
    path = str(tmp_path / "kms")
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as service:
        service.bind(path)
        service.listen()

        def answer() -> None:
            line, _ = service.accept()
            with line:
                asked = b""
                while part := line.recv(100):
                    asked += part
                line.sendall(asked.upper() + b"\n")

        helper = threading.Thread(target=answer)
        helper.start()
        assert UnixSocket(path).unwrap(WRAPPED) == WRAPPED.upper()
        helper.join()
    with pytest.raises(UnwrapFailed, match="does not answer"):
        UnixSocket(str(tmp_path / "nobody")).unwrap(WRAPPED)
