"""The pages: what a GAN makes and why, in English at / and in Chinese at /zh.

    python demos/app.py [--port 7860] [--host 127.0.0.1]

No token, no network: everything is computed here, with the models in ganzoo/weights and runs/. GANZOO_NAMESPACE=USER
adds what USER pushed to the Hub with ganzoo.
"""

import argparse
import os
import shutil
import signal
import socket
import sys
import threading
from pathlib import Path

if __name__ == "__main__":
    if not __package__:  # started by its path: look for modules in the checkout, so that `demos` is a package
        __package__ = "demos"
        sys.path[0] = str(Path(__file__).resolve().parent.parent)

from .runtime import temp_dirs

os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"  # before gradio is imported: ask no outside host
# Before torch is: on a busy machine, threads that spin longer while they wait make a training ten times as slow.
os.environ.setdefault("GOMP_SPINCOUNT", "10000")

SESSIONS = 2000  # visitors that gradio remembers, the latest ones; it would keep 10,000
PORTS = 100  # how many ports are tried after the one asked for


def free_port(host: str, port: int) -> int:
    """`port`, or the next one that nobody listens on; OSError where there is none. gradio's own search waits five seconds for
    each port of a host that is not this machine, and asks for ports of localhost only."""
    if port < 1:
        raise OSError("no such port")
    for candidate in range(port, min(port + PORTS, 65536)):
        with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, candidate))
            except OSError:
                continue
            return candidate
    raise OSError("no free port")


def keep_no_uploads() -> None:
    """What gradio writes down of a visitor's files lies in a folder of this process, and goes with it; while it runs, they
    go after half an hour (`delete_cache` in interface.py). The pages' own pictures travel in requests and are never written."""
    if "GRADIO_TEMP_DIR" not in os.environ:
        temp_dirs.sweep()
        folder = temp_dirs.place("uploads")
        folder.mkdir(mode=0o700)
        os.environ["GRADIO_TEMP_DIR"] = str(folder)
        temp_dirs.ENDS.callback(shutil.rmtree, folder, ignore_errors=True)
    for end in ("SIGINT", "SIGTERM", "SIGHUP"):  # or nothing would be tidied up; Windows knows no SIGHUP
        if hasattr(signal, end):
            signal.signal(getattr(signal, end), leave)


def leave(*_) -> None:
    """Tidy up and go at once: threads that still compute would make the interpreter's own end an abort."""
    temp_dirs.ENDS.close()
    os._exit(0)


def arguments(argv) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.error = lambda problem: parser.exit(2, f"Error: {problem} (see --help).\n")  # settings.Parser needs torch
    here = os.environ.get("GRADIO_SERVER_NAME") or ("0.0.0.0" if os.environ.get("SPACE_ID") else "127.0.0.1")
    port = os.environ.get("GRADIO_SERVER_PORT") or 7860
    parser.add_argument("--port", type=int, default=port, help=f"first port to try (default: {port})")
    parser.add_argument("--host", default=here, help=f"0.0.0.0 shows the pages to the network (default: {here})")
    return parser.parse_args(argv)


def main(argv=None) -> int:
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:  # closed by whoever started this (>&-): there is nobody to tell
            setattr(sys, name, open(os.devnull, "w"))  # noqa: SIM115
    args = arguments(argv)
    keep_no_uploads()
    try:
        free_port(args.host, args.port)  # now, for gradio and torch take seconds to import
    except OSError:
        from ganzoo import GanzooError  # with it comes torch

        print(f"Error: {GanzooError('no_free_port', port=args.port, host=args.host)}", file=sys.stderr)
        return 2

    if os.environ.get("SPACE_ID"):  # before torch
        from .space import zero_gpu

        zero_gpu.set_up()
    from starlette.middleware import Middleware  # what gradio's server is made of

    from .catalog import hub
    from .interface import build, warm
    from .runtime import light_sessions, memory, server_log
    from .tabs.compare import render as compare_render
    from .ui.first_paint import Shell
    from .ui.theme import css, theme

    threading.Thread(target=hub.fetch_at_start, daemon=True).start()
    server_log.install()
    light_sessions.install()
    demo = build()
    memory.give_back(demo._queue)
    _, url, _ = demo.launch(
        server_name=args.host,
        server_port=free_port(args.host, args.port),
        theme=theme(),
        css=css(),
        app_kwargs={"middleware": [Middleware(Shell, opening=compare_render.opening)]},
        footer_links=["api"],  # the page has its own footer; this one describes the API
        ssr_mode=False,
        share=False,
        enable_monitoring=False,
        run_history=False,
        mcp_server=True if os.environ.get("SPACE_ID") else None,  # elsewhere as GRADIO_MCP_SERVER says
        pwa=False,
        state_session_capacity=SESSIONS,
        max_file_size="100mb",
        quiet=True,
        prevent_thread_lock=True,
        _frontend=False,  # gradio would ask the page once, and end where a busy machine answers after 3 seconds
    )
    taken = "" if f":{args.port}" in url else f"; port {args.port} is taken"
    print(f"ganzoo is at {url} (Ctrl-C ends it{taken})", flush=True)
    threading.Thread(target=warm, daemon=True).start()
    demo.block_thread()
    return 0


if __name__ == "__main__":
    sys.exit(main())
