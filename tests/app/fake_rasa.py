"""Stands in for Rasa where only its being a process matters: answers the parse door, dies or hangs as told.

The model's name tells it how to behave. Its environment is written next to the model.
"""

import json
import os
import signal
import sys
import time
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

model = Path(sys.argv[sys.argv.index("-m", 3) + 1])
port = int(sys.argv[sys.argv.index("-p") + 1])
model.with_suffix(".env").write_text(json.dumps(dict(os.environ)))

if "broken" in model.name:
    print("this model cannot be loaded", flush=True)
    sys.exit(3)
if "stubborn" in model.name:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
if "slow" in model.name:
    time.sleep(60)


class Door(BaseHTTPRequestHandler):
    """The one route that is asked."""

    def do_POST(self) -> None:
        asked = self.rfile.read(int(self.headers["Content-Length"]))
        right = self.headers["Authorization"] == f"Bearer {os.environ['ONECALL_ENGINE_TOKEN']}"
        known = self.path == "/webhooks/turn/parse" and "texts" in json.loads(asked)
        self.send_response(200 if right and known else 404)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


HTTPServer(("127.0.0.1", port), Door).serve_forever()
