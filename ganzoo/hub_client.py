"""Is the Hub there, and what did it say?"""

import os
import re
import threading
import urllib.error
import urllib.request
from http.client import HTTPException

from huggingface_hub import constants, get_token
from huggingface_hub.errors import HTTPError

# HTTPError is the client's own transport library's (httpx or httpx2): refusals by the Hub and broken connections alike.
TROUBLE = (HTTPError, OSError)
PATIENCE = 2.0  # seconds to wait for a sign of life where something could stand in (the client: HF_HUB_ETAG_TIMEOUT)


def reachable(seconds: float = PATIENCE) -> bool:
    """Whether the Hub gives a sign of life within so many seconds."""
    return hub_responds(seconds) is True


def hub_responds(seconds: float) -> bool | None:
    """True: the Hub answers, be it with a refusal. False: nobody is there, or takes no connection for so many seconds. None:
    it took the connection and is silent, as a slow Hub is. The question is asked in a thread of its own: a name server that
    is silent keeps it longer than any time-out."""
    if constants.HF_HUB_OFFLINE:
        return False
    answered: list[bool | None] = []
    asking = threading.Thread(target=lambda: answered.append(_answers(seconds)), daemon=True)
    asking.start()
    asking.join(seconds)
    return answered[0] if answered else None


def _answers(seconds: float) -> bool | None:
    try:
        request = urllib.request.Request(constants.ENDPOINT, method="HEAD")
        urllib.request.urlopen(request, timeout=0.9 * seconds).close()  # done before `hub_responds` gives up
    except urllib.error.HTTPError:
        return True
    except TimeoutError:
        return None
    except urllib.error.URLError as error:  # it wraps the TimeoutError of a TLS handshake, which only its words tell
        return None if "handshake" in str(error.reason) else False
    except (OSError, ValueError, HTTPException):
        return False
    return True


def short(error: Exception, given: str | bool | None = None) -> str:
    """The first line of an error, without its number and with no token in it: not the machine's, not the `given` one."""
    text = str(error).strip().splitlines()[0] if str(error).strip() else "no details"
    text = re.sub(r"\[Errno -?\d+\] ", "", text)
    for token in {os.environ.get("HF_TOKEN") or "", get_token() or "", given if isinstance(given, str) else ""} - {""}:
        text = text.replace(token, "***")
    return f"{type(error).__name__}: {text[:160]}"
