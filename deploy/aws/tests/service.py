"""A service to smoke-test: what goal-router answers, and what it answers when something is wrong."""

import json
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

HEALTHY = {
    "/health": {"status": "healthy", "service": "goal-router", "version": "0.1.0"},
    "/health/live": {"status": "alive", "service": "goal-router", "version": "0.1.0"},
    "/health/ready": {"status": "ready", "service": "goal-router", "version": "0.1.0"},
    "/api-docs/openapi.json": {
        "openapi": "3.1.0",
        "info": {"version": "0.1.0"},
        "paths": {"/api/v1/generate-plan": {"post": {}}},
    },
}
WEEK = {"tasks": ["Read"]}
PLAN = {
    "estimated_duration_weeks": 2,
    "weekly_breakdown": [WEEK, WEEK],
    "metadata": {"model": "offline", "cost_usd": 0.01},
}


class Handler(BaseHTTPRequestHandler):
    """Answers as the service does; `server.faults` maps a path to a status and a body that it has instead."""

    def answer(self, status, body, content_type="application/json"):
        text = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(text)))
        self.send_header("X-Request-Id", self.headers.get("X-Request-Id", ""))
        self.end_headers()
        self.wfile.write(text)

    def faulty(self):
        fault = self.server.faults.get(self.path)
        if fault:
            self.answer(*fault)
        return fault

    def do_GET(self):
        if not self.faulty():
            body = HEALTHY.get(self.path)
            self.answer(200 if body else 404, body or {})

    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        if self.faulty():
            return
        key = self.headers.get("X-API-Key")
        self.server.keys.append(key)
        if key == "gr_good":
            self.answer(200, PLAN)
            return
        problem = {"code": "unauthenticated", "request_id": self.headers["X-Request-Id"]}
        self.answer(401, problem, "application/problem+json")

    def log_message(self, *_):
        """Keeps the tests' output clean."""


class Service:
    """Serves on a free port until it is closed."""

    def __init__(self):
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.faults = {}
        self.server.keys = []
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        Thread(target=self.server.serve_forever, daemon=True).start()

    def breaks(self, path, status, body):
        self.server.faults[path] = (status, body)

    @property
    def keys(self):
        """The API keys that were sent, None for a request without one."""
        return self.server.keys

    def close(self):
        self.server.shutdown()
        self.server.server_close()
