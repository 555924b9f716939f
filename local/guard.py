"""Runs MiniStack behind a guard.

MiniStack answers whoever asks: any page in a browser, any user of the machine. The guard lets pass what comes from
this machine and is signed with this run's credentials, and checks the signature itself, as MiniStack doesn't. Below
the path of HTTP APIs it asks for no signature: these have API keys of their own.
"""

import hmac
import os
import re
import signal
import sys
import threading
import uuid
from urllib.parse import parse_qs, quote, urlsplit

import ministack.app as gateway
from ministack.core.iam_actions import access_denied_response
from ministack.core.iam_evaluator import ResolvedCredential, resolve_credential
from ministack.core.sigv4 import (
    calculate_signature,
    decode_header_value,
    header_signature_failure,
    parse_header_signature,
    parse_query_signature,
)
from ministack.services.s3 import _parse_multipart_form

ACCOUNT = os.environ["FACEDROP_ACCOUNT"]
ENDPOINT = urlsplit(os.environ["AWS_ENDPOINT_URL"])
HOSTS = {ENDPOINT.netloc, f"localhost:{ENDPOINT.port}"}
ORIGINS = {f"{ENDPOINT.scheme}://{host}" for host in HOSTS} | set(os.environ["FACEDROP_ORIGINS"].split())

READY = "/_ministack/ready"
# With these MiniStack is looked into, set up and emptied.
ADMINISTRATION = ("/_ministack/", "/_localstack/")
HTTP_API = re.compile(r"/_aws/execute-api/\w+/")


def guard(ministack):
    """MiniStack's application, for those who may use it."""

    async def guarded(scope, receive, send):
        if scope["type"] == "lifespan":
            return await ministack(scope, receive, send)
        if scope["type"] != "http":
            # Nothing here talks over WebSockets.
            await receive()
            return await send({"type": "websocket.close", "code": 1008})
        request = Request(scope)
        send = without_wildcard(send, request.headers.get("origin"))
        refused = request.from_elsewhere()
        if refused is None and not request.is_open():
            body = await read(receive)
            if body is None:
                return None
            receive = replay(body, receive)
            refused = request.unsigned(body)
        if refused:
            return await refuse(send, request, refused)
        return await ministack(scope, receive, send)

    return guarded


class Request:
    """What a request says of itself, read as MiniStack reads it."""

    def __init__(self, scope):
        self.method = scope["method"]
        self.path = scope["path"]
        self.raw_path = (scope.get("raw_path") or quote(self.path).encode()).decode("latin-1")
        self.query = parse_qs(scope.get("query_string", b"").decode("utf-8", "replace"), keep_blank_values=True)
        self.headers = {}
        for name, value in scope["headers"]:
            key, text = name.decode("latin-1").lower(), decode_header_value(value)
            # Signed in this form when it comes on several lines.
            self.headers[key] = f"{self.headers[key]},{text}" if key in self.headers else text

    def from_elsewhere(self):
        """Why the request doesn't come from this machine's own programs and pages, or None."""
        host, origin = self.headers.get("host", ""), self.headers.get("origin")
        if host not in HOSTS:
            return f"Expected the host {ENDPOINT.netloc} but received {host!r}. Use the address that the stack gave."
        # No page can say this of itself. With it, the origin may be "null": forms keep it to themselves.
        site = self.headers.get("sec-fetch-site")
        if site != "same-origin" and origin is not None and origin not in ORIGINS:
            return (
                f"Expected a request from a page of this stack but received one from {origin!r}. "
                "Name that origin in the setting corsOrigins to allow it."
            )
        if site in ("cross-site", "same-site") and origin is None:
            return "Expected a request from a page of this stack but received one from another. Open the address itself."
        if self.path.startswith(ADMINISTRATION) and self.path != READY:
            return f"Expected a path of AWS but received {self.path!r}, which administers MiniStack."
        return None

    def is_open(self):
        """Whether the request needs no signature."""
        if self.path == READY:
            return True
        # A browser asks so before it sends what is signed.
        if self.method == "OPTIONS" and "origin" in self.headers:
            return True
        # Whoever names an access key there is taken for its holder.
        names_key = "authorization" in self.headers and self.headers["authorization"].startswith("AWS")
        return bool(HTTP_API.match(self.path)) and not (
            names_key or gateway.extract_access_key_id(self.headers, self.query)
        )

    def unsigned(self, body):
        """Why the request isn't signed with credentials of this stack, or None."""
        if self.headers.get("authorization", "").startswith("AWS4-"):
            return self.wrong(parse_header_signature(self.headers), body)
        if any(name.lower() == "x-amz-credential" for name in self.query):
            return self.wrong(parse_query_signature(self.query), body, presigned=True)
        if self.is_upload() and is_signed(form_fields(self.headers["content-type"], body)):
            return None
        return "Expected a signed request but received one without a signature. Use the credentials in stack.json."

    def wrong(self, signature, body, presigned=False):
        if isinstance(signature, tuple):
            return signature[1]
        secret = secret_of(signature.access_key_id)
        if secret is None:
            return (
                f"Expected an access key of this stack but received {signature.access_key_id!r}. "
                "Use the credentials in stack.json."
            )
        target = "x-amz-target"
        if target in self.headers and target not in signature.signed_headers.split(";"):
            return f"Expected the header {target} to be signed but it is not."
        failure = header_signature_failure(
            signature, secret, self.method, self.raw_path, self.query, self.headers, body, presigned=presigned
        )
        return failure and failure[1]

    def is_upload(self):
        """Whether the request can only be S3's POST Object, whose signature is in the form."""
        return (
            self.method == "POST"
            and re.fullmatch(r"/[a-z0-9.-]+/?", self.path) is not None
            and not self.query
            and "x-amz-target" not in self.headers
            and self.headers.get("content-type", "").startswith("multipart/form-data")
        )


def form_fields(content_type, body):
    return {
        name.lower(): value.decode("utf-8", "replace")
        for name, _, _, value in _parse_multipart_form(content_type, body)
        if name != "file"
    }


def is_signed(fields):
    """Whether a form's policy is signed; that the form keeps to it, and in time, MiniStack sees to."""
    scope = fields.get("x-amz-credential", "").split("/")
    secret = secret_of(scope[0])
    if len(scope) != 5 or secret is None:
        return False
    signature = calculate_signature(secret, scope[1], scope[2], scope[3], fields.get("policy", ""))
    return hmac.compare_digest(signature.encode(), fields.get("x-amz-signature", "").encode())


def secret_of(access_key_id):
    """This run's secret, or that of a role's session."""
    credential = resolve_credential(access_key_id, ACCOUNT) if access_key_id else None
    return credential.secret_access_key if isinstance(credential, ResolvedCredential) else None


async def read(receive):
    """The whole body, or None when its sender has gone."""
    body = bytearray()
    while True:
        message = await receive()
        if message["type"] != "http.request":
            return None
        body += message.get("body", b"")
        if not message.get("more_body"):
            return bytes(body)


def replay(body, receive):
    messages = [{"type": "http.request", "body": body, "more_body": False}]

    async def again():
        return messages.pop() if messages else await receive()

    return again


def without_wildcard(send, origin):
    """Only pages that may ask may read the answers."""

    async def closed(message):
        if message["type"] == "http.response.start":
            headers = message.get("headers", [])
            wildcard = [header for header in headers if is_wildcard(*header)]
            kept = [header for header in headers if header not in wildcard]
            if wildcard and origin in ORIGINS:
                kept += [(b"access-control-allow-origin", origin.encode()), (b"vary", b"Origin")]
            message = {**message, "headers": kept}
        await send(message)

    return closed


def is_wildcard(name, value):
    return name.lower() == b"access-control-allow-origin" and value.strip() == b"*"


async def refuse(send, request, message):
    """Says so in the words of the service that was meant, which its clients understand."""
    service = (
        "apigateway"
        if HTTP_API.match(request.path)
        else gateway.detect_service(request.method, request.path, request.headers, request.query)
    )
    status, headers, body = access_denied_response(
        service, "", "", str(uuid.uuid4()), error_code="AccessDenied", message=message, headers=request.headers
    )
    fields = {**headers, "Content-Length": str(len(body))}
    await send(
        {
            "type": "http.response.start",
            "status": status,
            "headers": [(name.encode(), value.encode()) for name, value in fields.items()],
        }
    )
    await send({"type": "http.response.body", "body": b"" if request.method == "HEAD" else body})


def follow():
    """MiniStack lives as long as the pipe to its standard input: it ends, and its functions' processes with it, even
    when the process that started it had no time to say so."""
    sys.stdin.buffer.read()
    os.kill(os.getpid(), signal.SIGTERM)


if __name__ == "__main__":
    threading.Thread(target=follow, daemon=True).start()
    sys.argv = ["ministack"]
    gateway.app = guard(gateway.app)
    try:
        gateway.main()
    finally:
        os.killpg(0, signal.SIGKILL)
