"""Whether the service can listen where it is told to, asked before minutes of set-up."""

import errno
import socket

from app.setup.errors import SetupError


def require_listenable(host: str, port: int) -> None:
    """Raises SetupError, naming the port and another way, when nothing can listen on `host`:`port`."""
    try:
        family, kind, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
            probe.listen(1)
    except OSError as error:
        raise _problem(host, port, error) from error


def _problem(host: str, port: int, error: OSError) -> SetupError:
    if error.errno == errno.EADDRINUSE:
        return SetupError(f"端口 {port} 已被别的程序占用。", f"换一个端口：./onecall up --port {port + 1}")
    if error.errno == errno.EACCES:
        return SetupError(f"没有权限使用端口 {port}。", "换一个 1024 以上的端口：./onecall up --port 8000")
    return SetupError(f"不能在地址 {host} 上提供服务。", "本机使用请用 --host 127.0.0.1，对外服务请用 --host 0.0.0.0。")
