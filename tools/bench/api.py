"""The API as a program uses it: one connection that stays open, and a personal access token."""

import http.client
import json

from devkit.proc import Failed

SIGN_IN = "mutation($input: SignInInput!) { signIn(input: $input) { viewer { id } } }"
TOKEN = "mutation($input: CreateAccessTokenInput!) { createAccessToken(input: $input) { secret } }"


class Api:
    def __init__(self, port: int, headers: dict[str, str]):
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        self.headers = {
            "Content-Type": "application/json", "Accept": "application/graphql-response+json", **headers
        }  # fmt: skip

    def post(self, body: bytes) -> tuple[http.client.HTTPResponse, bytes]:
        try:
            return self._post(body)
        except ConnectionError:
            # The server ends connections that are idle for long; the next request opens one anew.
            self.connection.close()
            return self._post(body)

    def _post(self, body: bytes) -> tuple[http.client.HTTPResponse, bytes]:
        self.connection.request("POST", "/graphql", body, self.headers)
        answer = self.connection.getresponse()
        return answer, answer.read()

    def ask(self, query: str, **variables) -> dict:
        return self._ask(query, variables)[0]

    def _ask(self, query: str, variables: dict) -> tuple[dict, http.client.HTTPResponse]:
        answer, text = self.post(request(query, variables))
        told = json.loads(text)
        if told.get("errors"):
            codes = ", ".join(str(error.get("extensions", {}).get("code")) for error in told["errors"])
            raise Failed(f"the API refused ({answer.status}): {codes}: {json.dumps(told['errors'])[:600]}")
        return told["data"], answer


def request(query: str, variables: dict | None = None) -> bytes:
    return json.dumps({"query": query, "variables": variables or {}}).encode()


def make_token(port: int, origin: str, email: str, password: str) -> str:
    """Signs in as a browser does, and makes a token."""
    browser = Api(port, {"Origin": origin})
    _, answer = browser._ask(SIGN_IN, {"input": {"email": email, "password": password}})
    browser.headers["Cookie"] = "; ".join(value.split(";")[0] for value in answer.headers.get_all("Set-Cookie", []))
    made = browser.ask(TOKEN, input={"name": "bench", "scopes": ["READ", "WRITE"], "expiresInDays": 1})
    return made["createAccessToken"]["secret"]
