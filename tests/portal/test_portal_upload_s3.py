"""The browser sends straight to an S3 store, and what that has verified is not read again."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import uraniborg
from playwright.sync_api import Browser, expect

from tests.support.live_server import LiveServer, Someone, live_server
from tests.support.meddling_proxy import MeddlingProxy, meddling_proxy
from tests.support.object_homes import plain_client
from tests.support.portal_page import PortalPage
from tests.support.s3_server import S3Server, s3_server  # noqa: F401 (a fixture)

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def store() -> Iterator[MeddlingProxy]:
    """The way to the store, on which requests are counted."""
    with meddling_proxy() as proxy:
        yield proxy


@pytest.fixture(scope="module")
def on_s3(
    s3_server: S3Server,  # noqa: F811
    store: MeddlingProxy,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[tuple[LiveServer, Someone]]:
    bucket = f"browser-{uuid.uuid4().hex}"
    client = plain_client(s3_server)
    client.create_bucket(Bucket=bucket)
    rule = {"AllowedOrigins": ["*"], "AllowedMethods": ["PUT", "GET"], "AllowedHeaders": ["*"]}
    client.put_bucket_cors(Bucket=bucket, CORSConfiguration={"CORSRules": [rule]})
    place = urlsplit(s3_server.endpoint)
    store.target = (str(place.hostname), int(place.port or 80))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AWS_ACCESS_KEY_ID", s3_server.access_key)
        patch.setenv("AWS_SECRET_ACCESS_KEY", s3_server.secret_key)
        objects_url = replace(s3_server, endpoint=store.url).url(bucket)
        with live_server(tmp_path_factory.mktemp("browser"), objects_url=objects_url) as server:
            owner = server.someone("sophie")
            server.stop()
            server.settings["worker"] = "false"  # which would read what has arrived
            server.start()
            yield server, owner


def test_what_the_store_verified_is_not_read_again(
    on_s3: tuple[LiveServer, Someone], store: MeddlingProxy, browser: Browser, tmp_path: Path
) -> None:
    server, owner = on_s3
    with uraniborg.connect(server.url, owner.token) as client:
        organisation = client.add_organisation(name="Hven").slug
    content = b"light of M 31" * 1000
    (tmp_path / "light.bin").write_bytes(content)
    context = browser.new_context()
    try:
        portal = PortalPage(context.new_page(), server.url)
        portal.sign_in(owner.email, owner.password)
        portal.open(f"{server.url}/app/{organisation}/upload")
        portal.page.get_by_label("Files", exact=True).set_input_files(tmp_path / "light.bin")
        expect(portal.page.get_by_role("heading", name="1 of 1 file arrived")).to_be_visible()
        assert portal.complaints == []
    finally:
        context.close()
    sha256 = hashlib.sha256(content).hexdigest()
    assert [method for method, path in store.forwarded if sha256 in path] == ["OPTIONS", "PUT", "HEAD"]
