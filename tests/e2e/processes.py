"""Processes on loopback: started with a log each, waited for, and stopped by their own ids."""

import atexit
import http.client
import os
import pathlib
import signal
import socket
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
VENV = ROOT / ".venv" / "bin"
TARGET = pathlib.Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))
if not TARGET.is_absolute():
    TARGET = ROOT / TARGET


class Trouble(Exception):
    """Something that ends the run, with a sentence for whoever started it."""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def is_taken(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return True
    return False


def until(what: str, seconds: float, probe, pause: float = 0.2):
    """Asks until the answer is true, and gives it back; `Trouble` when the time is over."""
    end = time.monotonic() + seconds
    answer = probe()
    while not answer:
        if time.monotonic() > end:
            raise Trouble(f"{what}: not within {seconds:.0f} s")
        time.sleep(pause)
        answer = probe()
    return answer


class Processes:
    """What this run started. Everything ends with it, whatever way it ends."""

    def __init__(self, logs: pathlib.Path):
        self.logs = logs
        self.logs.mkdir(parents=True, exist_ok=True)
        self.running: dict[str, subprocess.Popen] = {}
        atexit.register(self.stop_all)
        # SIGTERM ends Python without its exit handlers, unless somebody raises.
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))

    def log(self, name: str) -> pathlib.Path:
        return self.logs / f"{name}.log"

    def start(self, name: str, command: list, env: dict, cwd: pathlib.Path = ROOT) -> subprocess.Popen:
        with open(self.log(name), "ab") as log:
            # A group of its own: Ctrl-C reaches this process only, which then stops the others in order.
            process = subprocess.Popen(
                [str(part) for part in command], env=env, cwd=cwd, stdout=log, stderr=log, stdin=subprocess.DEVNULL, start_new_session=True
            )
        self.running[name] = process
        return process

    def answers(self, name: str, port: int, seconds: float = 30) -> None:
        """Waits until the process answers HTTP, whatever the answer."""

        def probe():
            if self.running[name].poll() is not None:
                raise Trouble(f"{name} ended at once; the end of {self.log(name)}:\n{self.tail(name)}")
            try:
                connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
                connection.request("GET", "/")
                return connection.getresponse().status > 0
            except OSError:
                return False

        try:
            until(f"{name} answers on 127.0.0.1:{port}", seconds, probe)
        except Trouble as trouble:
            raise Trouble(f"{trouble}\n{self.tail(name)}") from None

    def tail(self, name: str, lines: int = 20) -> str:
        text = self.log(name).read_text(errors="replace") if self.log(name).exists() else ""
        return "\n".join(text.splitlines()[-lines:])

    def stop(self, name: str) -> None:
        process = self.running.pop(name, None)
        if process is None:
            return
        # Its whole group: the emulator runs functions as its children.
        for sign in (signal.SIGTERM, signal.SIGKILL):
            try:
                os.killpg(process.pid, sign)
            except ProcessLookupError:
                break
            try:
                process.wait(timeout=5)
            except subprocess.TimeoutExpired:
                continue

    def stop_all(self) -> None:
        for name in reversed(list(self.running)):
            self.stop(name)


def run(command: list, env: dict, log: pathlib.Path, what: str, seconds: float) -> None:
    """Runs to the end, into a log; `Trouble` with the log's end when it fails."""
    began = time.monotonic()
    with open(log, "ab") as out:
        try:
            done = subprocess.run(
                [str(part) for part in command], env=env, cwd=ROOT, stdout=out, stderr=out, stdin=subprocess.DEVNULL, timeout=seconds
            )
        except subprocess.TimeoutExpired:
            raise Trouble(f"{what}: not done within {seconds:.0f} s; its log is {log}") from None
    if done.returncode != 0:
        end = "\n".join(log.read_text(errors="replace").splitlines()[-25:])
        raise Trouble(f"{what} failed; the end of {log}:\n{end}")
    print(f"  {what}: {time.monotonic() - began:.0f} s", flush=True)
