"""OAuth 2.0 client credentials (RFC 6749 section 4.4) as RFC 8414 describes them, and basic authentication:
what they give opens the SCIM base URL."""

import base64

import httpx2

from endpoint import Endpoint

FORM = {"grant_type": "client_credentials"}


def tell(tour, client):
    base = tour.server.base_url.rsplit("/scim/", 1)[0]
    with httpx2.Client(base_url=base, timeout=60) as http:
        token = metadata(tour, http, base)
        tour.judge.equal(client["token endpoint"], token, "`client create`: token endpoint")
        given = accepted(tour, http, token, client["client id"], client["client secret"])
        refused(tour, http, token, client["client id"], client["client secret"])
    for authorization in (
        *(f"Bearer {one}" for one in given),
        basic("anybody", tour.server.token),
        basic("", tour.server.token),
    ):
        headers = {"Authorization": authorization}
        friend = Endpoint(tour.judge, tour.reading, tour.server.base_url, None, headers)
        friend.call("GET", "/Users?count=1")
        friend.call("GET", "/ServiceProviderConfig")
    for authorization in (
        f"Bearer {given[0]}x",
        basic("anybody", given[0]),
        basic(client["client id"], "wrong"),
    ):
        stranger = Endpoint(
            tour.judge, tour.reading, tour.server.base_url, None, {"Authorization": authorization}
        )
        stranger.call("GET", "/Users", status=401)


def basic(name, password):
    return "Basic " + base64.b64encode(f"{name}:{password}".encode()).decode()


def metadata(tour, http, base):
    """RFC 8414 sections 2 and 3: the issuer's document stands below /.well-known, before its path."""
    judge, issuer = tour.judge, f"{base}/oauth/{tour.server.app}"
    answer = http.get(f"/.well-known/oauth-authorization-server/oauth/{tour.server.app}")
    what = "RFC 8414 metadata"
    judge.equal(answer.status_code, 200, what)
    judge.equal(answer.headers["content-type"].split(";")[0], "application/json", f"{what}: Content-Type")
    document = answer.json()
    judge.equal(document["issuer"], issuer, f"{what}: issuer")
    judge.equal(document["grant_types_supported"], ["client_credentials"], f"{what}: grant types")
    judge.equal(document["response_types_supported"], [], f"{what}: response types, REQUIRED")
    ways = document["token_endpoint_auth_methods_supported"]
    judge.equal(set(ways), {"client_secret_basic", "client_secret_post", "private_key_jwt"}, f"{what}: ways")
    # Section 2: REQUIRED where private_key_jwt is offered; "none" is no algorithm.
    algorithms = document["token_endpoint_auth_signing_alg_values_supported"]
    judge.holds("RS256" in algorithms and "none" not in algorithms, what, f"algorithms {algorithms}")
    judge.accept("oauth")
    return document["token_endpoint"]


def accepted(tour, http, token, name, secret):
    """By header and by form."""
    given = []
    for headers, form in (
        ({"Authorization": basic(name, secret)}, FORM),
        ({"Authorization": basic(name, secret)}, FORM | {"client_id": name}),
        ({}, FORM | {"client_id": name, "client_secret": secret}),
        ({}, FORM | {"client_id": name, "client_secret": secret, "scope": "scim"}),
    ):
        answer = http.post(token, data=form, headers=headers)
        what = f"token request {sorted(form)} {sorted(headers)}"
        tour.judge.equal(answer.status_code, 200, what)
        document = answer.json()
        tour.judge.equal(document["token_type"].lower(), "bearer", f"{what}: token_type")
        tour.judge.holds(isinstance(document["expires_in"], int), what, "expires_in is no number")
        tour.judge.equal(
            answer.headers.get("cache-control"), "no-store", f"{what}: Cache-Control (section 5.1)"
        )
        tour.judge.equal(answer.headers.get("pragma"), "no-cache", f"{what}: Pragma (section 5.1)")
        given.append(document["access_token"])
        tour.judge.accept("oauth")
    tour.judge.equal(len(set(given)), len(given), "access tokens")
    return given


def refused(tour, http, token, name, secret):
    """RFC 6749 section 5.2."""
    good = {"client_id": name, "client_secret": secret}
    header = {"Authorization": basic(name, secret)}
    for headers, form, status, keyword in (
        ({}, FORM, 401, "invalid_client"),
        ({}, FORM | {"client_id": name}, 401, "invalid_client"),
        ({}, FORM | good | {"client_secret": "wrong"}, 401, "invalid_client"),
        ({}, FORM | good | {"client_id": "nobody"}, 401, "invalid_client"),
        ({"Authorization": basic(name, "wrong")}, FORM, 401, "invalid_client"),
        ({"Authorization": "Bearer x"}, FORM, 401, "invalid_client"),
        ({}, good, 400, "invalid_request"),
        ({}, good | {"grant_type": "password"}, 400, "unsupported_grant_type"),
        (header, FORM | good, 400, "invalid_request"),
        (header, FORM | {"grant_type": ["client_credentials"] * 2}, 400, "invalid_request"),
    ):
        answer = http.post(token, data=form, headers=headers)
        what = f"token request {sorted(form)} {sorted(headers)}"
        tour.judge.equal((answer.status_code, answer.json().get("error")), (status, keyword), what)
        tour.judge.equal(answer.headers.get("cache-control"), "no-store", f"{what}: Cache-Control")
        if status == 401:
            challenge = answer.headers.get("www-authenticate", "")
            tour.judge.holds(challenge.startswith("Basic"), what, "401 without the challenge of section 5.2")
        tour.judge.accept("oauth")
    answer = http.post(token, json=FORM | good)
    tour.judge.equal(
        (answer.status_code, answer.json()["error"]), (400, "invalid_request"), "token request in JSON"
    )
    answer = http.get(token)
    tour.judge.equal(
        (answer.status_code, answer.headers.get("allow")), (405, "POST"), "GET of the token endpoint"
    )
