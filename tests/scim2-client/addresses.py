"""Where a resource says that it is (RFC 7643 section 3.1), as clients see the server: at its own address,
at the configured one, and at that of a proxy that is trusted, or is not."""

from scim2_models import ScimProvider

from endpoint import Endpoint
from judge import Judge
from people import USER, group, person
from reading import Reading
from server import Server

PUBLIC = "https://scim.tidal.example:8443"
CLAIMS = (
    {"X-Forwarded-Proto": "https", "X-Forwarded-Host": "proxy.tidal.example"},
    {"Forwarded": 'for=192.0.2.1;proto=https;host="proxy.tidal.example"'},
)
CLAIMED = "https://proxy.tidal.example"


def tell(tidegate, judge: Judge):
    with Server(tidegate) as server:
        at_home(judge, server)
        for headers in CLAIMS:
            # Nobody is trusted: what they say of the way here is their own invention.
            seen_from(judge, server, server.base_url, headers)
    with Server(tidegate, "--public-url", PUBLIC + "/") as server:
        judge.equal(
            server.base_url, f"{PUBLIC}/scim/{server.app}/v2", "the base URL that the first start prints"
        )
        for headers in ({}, *CLAIMS):
            seen_from(judge, server, f"{PUBLIC}/scim/{server.app}/v2", headers)
    trust = {"TIDEGATE_TRUSTED_PROXIES": '["127.0.0.0/8"]'}
    with Server(tidegate, environment=trust) as server:
        seen_from(judge, server, server.base_url, {})
        for headers in CLAIMS:
            seen_from(judge, server, f"{CLAIMED}/scim/{server.app}/v2", headers)
        # The nearest proxy speaks last.
        chain = {"X-Forwarded-Proto": "http, https", "X-Forwarded-Host": "evil.example, proxy.tidal.example"}
        seen_from(judge, server, f"{CLAIMED}/scim/{server.app}/v2", chain)
        only = {"X-Forwarded-Proto": "https"}
        seen_from(judge, server, server.base_url.replace("http:", "https:"), only)


def client_of(judge, server, base_url, headers):
    endpoint = Endpoint(judge, Reading(judge), base_url, server.token, headers)
    endpoint.reached_at = f"http://{server.address}/scim/{server.app}/v2"
    return endpoint


def seen_from(judge, server, base_url, headers):
    """Every address in every answer begins as this client sees the server."""
    endpoint = client_of(judge, server, base_url, headers)
    call = endpoint.call
    schemas, types, config = (
        call("GET", path) for path in ("/Schemas", "/ResourceTypes", "/ServiceProviderConfig")
    )
    endpoint.reading.provider = ScimProvider.from_discovery(
        schemas.read.resources, types.read.resources, config.read
    )
    for document in (*schemas.body["Resources"], *types.body["Resources"], config.body):
        place = document["meta"]["location"]
        judge.holds(
            place.startswith(f"{base_url}/"), f"{base_url} {headers}", f"a document says it is at {place}"
        )
    made = call("POST", "/Users", person(1), status=201)
    team = call("POST", "/Groups", group(1, [made.body["id"]]), status=201)
    judge.equal(
        made.headers["location"], f"{base_url}/Users/{made.body['id']}", f"{base_url} {headers}: Location"
    )
    member = call("GET", f"/Groups/{team.body['id']}").body["members"][0]["$ref"]
    judge.equal(member, made.body["meta"]["location"], f"{base_url} {headers}: members.$ref")
    mine = call("GET", f"/Users/{made.body['id']}").body["groups"][0]["$ref"]
    judge.equal(mine, team.body["meta"]["location"], f"{base_url} {headers}: groups.$ref")
    for answer in (call("GET", "/Users"), call("GET", "/Groups")):
        for resource in answer.body["Resources"]:
            endpoint.complete(answer.what, resource)
    operations = [{"method": "DELETE", "path": f"/Users/{made.body['id']}"}]
    operations.append({"method": "DELETE", "path": f"/Groups/{team.body['id']}"})
    request = {"schemas": ["urn:ietf:params:scim:api:messages:2.0:BulkRequest"], "Operations": operations}
    for entry in call("POST", "/Bulk", request).body["Operations"]:
        judge.holds(
            entry["location"].startswith(base_url), f"{base_url} {headers}", f"bulk says {entry['location']}"
        )
    issuer = f"{base_url.rsplit('/scim/', 1)[0]}/oauth/{server.app}"
    path = f"http://{server.address}/.well-known/oauth-authorization-server/oauth/{server.app}"
    metadata = endpoint.http.get(path, headers=headers).json()
    judge.equal(
        (metadata["issuer"], metadata["token_endpoint"]), (issuer, f"{issuer}/token"), f"{headers}: issuer"
    )
    judge.accept("oauth")


def at_home(judge, server):
    """Location is meta.location is the URL that answers with the same."""
    endpoint = client_of(judge, server, server.base_url, {})
    documents = [endpoint.request("GET", path).json() for path in ("/Schemas", "/ResourceTypes")]
    found = [place for document in documents for place in document["Resources"]]
    made = [
        endpoint.request("POST", "/Users", {"schemas": [USER], "userName": "at home"}),
        endpoint.request("POST", "/Groups", group(9)),
    ]
    for answer in made:
        judge.equal(
            answer.headers["location"], answer.json()["meta"]["location"], "Location of what was made"
        )
        found.append(answer.json())
    for resource in found:
        place = resource["meta"]["location"]
        answer = endpoint.http.get(place, headers=endpoint.authorization)
        judge.equal((answer.status_code, answer.json()), (200, resource), f"GET {place}")
        endpoint.http.delete(place, headers=endpoint.authorization)
