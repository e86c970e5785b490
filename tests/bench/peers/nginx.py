"""nginx as a reverse proxy: one worker, kept-alive upstream connections, replies passed on as they come."""

import os
import pwd
import time
from pathlib import Path

from tests.bench.peers.child import Child
from tests.bench.peers.peer import Peer, Place, Start, free_port, when_ready

# A body stays in memory: with the default buffer nginx would write every large one to disk.
_CONFIG = """
daemon off; user {user}; worker_processes 1; pid {folder}/nginx.pid; error_log {folder}/nginx-error.log warn;
events {{ worker_connections 4096; }}
http {{
  access_log off; client_max_body_size 64m; client_body_buffer_size 2m; keepalive_requests 100000000;
  client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
  upstream provider {{ server 127.0.0.1:{upstream}; keepalive 256; keepalive_requests 100000000; }}
  server {{
    listen 127.0.0.1:{port} backlog=4096;
    location / {{
      proxy_pass http://provider; proxy_http_version 1.1; proxy_set_header Connection ""; proxy_buffering off;
    }}
  }}
}}
"""


def nginx(binary: str) -> Start:
    def start(place: Place) -> Peer:
        port = free_port()
        user = pwd.getpwuid(os.geteuid()).pw_name
        config = place.folder / "nginx.conf"
        settings = {"user": user, "folder": place.folder, "upstream": place.upstream_port, "port": port}
        config.write_text(_CONFIG.format(**settings))
        began_s = time.monotonic()
        argv = (binary, "-p", str(place.folder), "-e", str(place.folder / "nginx-error.log"), "-c", str(config))
        child = Child(Path(binary).name, argv, place.folder, place.cores)
        return Peer(port, child, ready_s=when_ready(child, port, "/v1/models", 10, began_s))

    return start
