"""A Python that starts at once. Most of a short script's time is spent on importing torch; tests start scripts hundreds of times.

    subprocess.run([quick.PYTHON, "train/gan.py", "--smoke"], ...)       # like [sys.executable, ...]: files, -c and -m

One server for all pytest workers has imported torch and the other large libraries that read no environment when imported
(so neither gradio nor huggingface_hub). The command above is a small process that hands its arguments, folder,
environment and standard streams to the server; the server forks, the fork runs the script as `__main__`. Signals are passed
on, exit codes and deaths by signal come back. A test that needs the script's own process id starts `sys.executable`.
"""

import contextlib
import importlib
import json
import os
import select
import signal
import socket
import socketserver
import sys
import threading

COMMAND = "GANZOO_TEST_QUICK"  # the variable that names the command to workers
# What scripts and pages import and what reads no environment then.
PRELOADED = (
    *("numpy", "PIL.Image", "PIL.ImageDraw", "safetensors.torch", "torch", "torch._dynamo", "torch.optim"),
    *("torchvision", "pandas", "pydantic", "fastapi", "starlette.applications", "uvicorn", "httpx", "jinja2", "orjson"),
)


def ask(path: str, argv: list[str]) -> None:
    """Let the server at the socket `path` run `argv`, and end as it ends."""
    connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    connection.connect(path)
    request = json.dumps({"argv": argv, "cwd": os.getcwd(), "env": dict(os.environ)}).encode()
    streams = [0, 1, 2]
    socket.send_fds(connection, [len(request).to_bytes(8, "big")], streams)
    connection.sendall(request)
    child = int.from_bytes(connection.recv(8), "big")
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda got, _: os.kill(child, got))
    status = connection.recv(8)
    if not status:
        os._exit(70)  # the server is gone
    code = os.waitstatus_to_exitcode(int.from_bytes(status, "big"))
    if code < 0:
        if -code not in (signal.SIGKILL, signal.SIGSTOP):  # those two nobody may handle
            signal.signal(-code, signal.SIG_DFL)
        os.kill(os.getpid(), -code)
    os._exit(code)


class Server(socketserver.ForkingMixIn, socketserver.UnixStreamServer):
    """Forks for everybody who asks, until standard input ends, which it does with the process that started this one."""

    max_children = request_queue_size = 64

    def service_actions(self) -> None:
        super().service_actions()
        if select.select([0], [], [], 0)[0]:
            os._exit(0)


class Asked(socketserver.BaseRequestHandler):
    """In that fork: start one more process that runs the script, tell the asker how it ends, and kill it if the asker is
    gone."""

    def handle(self) -> None:
        head, streams, *_ = socket.recv_fds(self.request, 8, 3)
        if not head:
            return  # it was killed before it asked
        request = self.request.recv(int.from_bytes(head, "big"), socket.MSG_WAITALL)
        child = os.fork()
        if not child:
            code = 1
            try:
                self.request.close()
                self.server.socket.close()
                code = run(json.loads(request), streams)
            finally:
                os._exit(code)
        for fd in streams:
            os.close(fd)
        self.ended = False
        threading.Thread(target=self.watch, args=(child,), daemon=True).start()
        self.tell(child)
        status = os.waitpid(child, 0)[1]
        self.ended = True  # from here on its number may be another's
        self.tell(status)

    def watch(self, child: int) -> None:
        with contextlib.suppress(OSError):  # both have ended
            if not self.request.recv(1) and not self.ended:
                os.kill(child, signal.SIGKILL)

    def tell(self, number: int) -> None:
        with contextlib.suppress(BrokenPipeError):  # it was killed since
            self.request.sendall(number.to_bytes(8, "big"))


def serve(path: str) -> None:
    with Server(path, Asked) as server:
        print("ready", flush=True)  # to be asked; the answer comes after the imports
        for name in PRELOADED:
            importlib.import_module(name)
        server.serve_forever()


def run(request: dict, streams: list[int]) -> int:
    """In the fork: become the process that was asked for, run its script -> its exit code."""
    import atexit
    import io
    import runpy
    import tempfile
    import traceback
    import types

    for number, fd in enumerate(streams):
        os.dup2(fd, number)
        os.close(fd)
    os.chdir(request["cwd"])
    os.environ.clear()
    os.environ.update(request["env"])
    now = bool(os.environ.get("PYTHONUNBUFFERED"))
    sys.stdin = io.TextIOWrapper(io.FileIO(0, closefd=False))
    sys.stdout = io.TextIOWrapper(io.FileIO(1, "w", closefd=False), "utf-8", write_through=now)
    sys.stderr = io.TextIOWrapper(io.FileIO(2, "w", closefd=False), "utf-8", "backslashreplace", write_through=True)
    sys.__stdin__, sys.__stdout__, sys.__stderr__ = sys.stdin, sys.stdout, sys.stderr
    if threads := os.environ.get("OMP_NUM_THREADS"):
        sys.modules["torch"].set_num_threads(int(threads))
    tempfile.tempdir = None  # which the server may have asked for: $TMPDIR counts
    argv = [word for word in request["argv"] if word != "-u"]
    given = [folder for folder in os.environ.get("PYTHONPATH", "").split(os.pathsep) if folder]
    customizing = [os.path.join(folder, "sitecustomize.py") for folder in given if folder not in sys.path]
    sys.path[:] = given + [folder for folder in sys.path if folder != os.path.dirname(__file__)]
    code = 0
    try:
        for script in filter(os.path.exists, customizing):
            runpy.run_path(script)
        if argv[0] == "-c":
            sys.argv, sys.path = ["-c", *argv[2:]], ["", *sys.path]
            main = sys.modules["__main__"] = types.ModuleType("__main__")
            exec(compile(argv[1], "<string>", "exec"), vars(main))
        elif argv[0] == "-m":
            sys.argv, sys.path = argv[1:], [os.getcwd(), *sys.path]
            runpy.run_module(argv[1], run_name="__main__", alter_sys=True)
        else:
            sys.argv, sys.path = argv, [os.path.dirname(os.path.abspath(argv[0])), *sys.path]
            runpy.run_path(argv[0], run_name="__main__")
    except SystemExit as stop:
        code = stop.code if isinstance(stop.code, int) else int(stop.code is not None)
        if not isinstance(stop.code, int | None):
            print(stop.code, file=sys.stderr)
    except KeyboardInterrupt:
        traceback.print_exc()
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        os.kill(os.getpid(), signal.SIGINT)
    except BaseException:
        traceback.print_exc()
        code = 1
    try:
        threading._shutdown()
        atexit._run_exitfuncs()
        sys.stdout.flush()
        sys.stderr.flush()
    except OSError:  # a closed pipe
        code = code or 120
    return code


def start() -> str:
    """The server of the process that started this worker, or else a new one -> the command that asks it, which may stand
    where a Python does."""
    if COMMAND in os.environ:
        return os.environ[COMMAND]
    import atexit
    import subprocess
    import tempfile
    from pathlib import Path

    folder = tempfile.TemporaryDirectory(prefix="quick-")
    atexit.register(folder.cleanup)
    path = os.path.join(folder.name, "socket")
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONPATH"} | {"OMP_NUM_THREADS": "1"}
    command, pipe = [sys.executable, __file__, "--serve", path], subprocess.PIPE
    server = subprocess.Popen(command, stdin=pipe, stdout=pipe, env=environment, start_new_session=True)
    atexit.register(server.stdin.close)
    if server.stdout.readline() != b"ready\n":
        raise RuntimeError("the server that starts scripts did not start")
    command = Path(folder.name, "python")
    command.write_text(f'#!/bin/sh\nexec {sys.executable} -I -S {__file__} {path} "$@"\n')
    command.chmod(0o700)
    os.environ[COMMAND] = str(command)
    return str(command)


if __name__ == "__main__":
    if sys.argv[1] == "--serve":
        serve(sys.argv[2])
    else:
        ask(sys.argv[1], sys.argv[2:])
else:
    PYTHON = start()
    TORCHRUN = ["-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2", "--no-python"]
    TWO_PROCESSES = [*TORCHRUN, PYTHON]  # after PYTHON: torchrun, which starts a script that follows twice
