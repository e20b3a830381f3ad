"""Loaded by Schemathesis (`SCHEMATHESIS_HOOKS`), with its Python: what must hold of every answer, and ids that exist."""

import json
import os

import schemathesis
from hypothesis import strategies as st
from hypothesis_graphql import nodes

# Words that only the inside of the server knows. They do not stand here: Hypothesis makes things up from the texts in this file.
INSIDE = json.loads(os.environ["WOOW_FUZZ_INSIDE"])
CODES = set(os.environ["WOOW_FUZZ_CODES"].split(","))
IDS = os.environ["WOOW_FUZZ_IDS"].split(",")

# Most of what is made up finds nothing: half of the ids are of things that are there.
ids = st.one_of(st.sampled_from(IDS), st.text(max_size=40))
schemathesis.graphql.scalar("ID", ids.map(nodes.String))
simple = st.one_of(
    st.text(max_size=40).map(nodes.String),
    st.integers(-(2**31), 2**31 - 1).map(nodes.Int),
    st.floats(allow_nan=False, allow_infinity=False).map(nodes.Float),
    st.booleans().map(nodes.Boolean),
    st.just(nodes.Null),
)
schemathesis.graphql.scalar("JSON", st.one_of(simple, st.lists(simple, max_size=3).map(nodes.List)))


@schemathesis.check
def answers_in_our_words(ctx, response, case):
    """No fault of the server's, and nothing of its inside."""
    assert response.status_code < 500, f"status {response.status_code}"
    answer = json.loads(response.content)
    for error in answer.get("errors", []):
        code = error.get("extensions", {}).get("code")
        assert code in CODES and code not in ("INTERNAL", "UNAVAILABLE"), f"code {code}: {error['message']}"
    # What was asked may be said again.
    asked = json.dumps(case.body)
    told = [word for word in INSIDE if word in response.text and word not in asked]
    assert not told, f"the answer tells of {told}"
