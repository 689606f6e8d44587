"""Connections that are kept (RFC 9112 sections 9.3 and 9.6). A refusal may be answered before its body is
there: then the body is read all the same, or the answer says that the connection ends."""

import socket
import time

from people import USER

BODY = b'{"schemas": []}'


def tell(tour):
    token = tour.server.token
    for method, path, media, bearer in (
        ("POST", "/Users", "application/scim+json", token),
        ("POST", "/Users", "application/scim+json", "wrong"),
        ("POST", "/Users", "text/plain", token),
        ("POST", "/nothing", "application/scim+json", token),
        ("PUT", f"/Schemas/{USER}", "application/scim+json", token),
        ("DELETE", "/Users/nobody", "application/scim+json", token),
        ("PATCH", "/Me", "application/scim+json", token),
    ):
        kept(tour, method, path, media, bearer)


def kept(tour, method, path, media, bearer):
    """A request whose body comes late, and another after it."""
    host, port = tour.server.address.split(":")
    prefix = f"/scim/{tour.server.app}/v2"
    late = f"{method} {prefix}{path} HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {bearer}\r\n"
    late += f"Content-Type: {media}\r\nContent-Length: {len(BODY)}\r\n\r\n"
    # Answered in the end, and the connection ends with it: then there is no more to read.
    last = f"GET {prefix}/Users?count=0 HTTP/1.1\r\nHost: {host}\r\n"
    last += f"Authorization: Bearer {tour.server.token}\r\nConnection: close\r\n\r\n"
    what = f"{method} {path} ({media}, token {'of the app' if bearer == tour.server.token else bearer})"
    answers = b""
    with socket.create_connection((host, int(port)), timeout=10) as connection:
        try:
            connection.sendall(late.encode())
            time.sleep(0.1)
            connection.sendall(BODY)
            time.sleep(0.05)
            connection.sendall(last.encode())
            while part := connection.recv(65_536):
                answers += part
        except OSError as error:
            answers += f"\n{error}".encode()
    first, _, rest = answers.partition(b"\r\n\r\n")
    announced = b"connection: close" in first.lower()
    tour.judge.holds(
        announced or b"HTTP/1.1 200" in rest,
        what,
        "answers before its body is there and ends the connection unannounced (RFC 9112 section 9.6)",
    )
    tour.judge.accept("on a connection that is kept")
