"""Configuration: one frozen tree, read once from the environment or a TOML file; nobody else reads the environment."""

from __future__ import annotations

import contextlib
import os
import re
import secrets
import tomllib
from collections.abc import Mapping
from ipaddress import ip_network
from pathlib import Path
from typing import Any, Literal

import msgspec

from domain.errors import InvalidInput
from service.mail_url import read_mail_url, read_sender
from service.name_server import read_name_server

__all__ = ["Config", "IdentityProvider", "Secret", "load_config"]

PREFIX = "URANIBORG_"


class Secret(str):
    """A string that does not show itself."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "Secret('…')"


class IdentityProvider(msgspec.Struct, frozen=True, kw_only=True):
    """Where people can sign in elsewhere: a table ``[identity_providers.<name>]`` of the TOML file."""

    preset: Literal["", "orcid", "google", "github"] = ""
    "One of the known ones, which needs nothing but the two next."
    client_id: str
    "As the provider gave it, for the address <public_url>/sign-in/<name>/callback."
    client_secret: Secret
    "As the provider gave it."
    title: str = ""
    "What people know it as; empty: the preset's, or the name."
    issuer: str = ""
    "https://... of a provider of OpenID Connect, from which everything is found; or of a GitHub of one's own."
    scopes: list[str] = []
    "What to ask it for; empty: openid, profile and email."
    makes_accounts: bool = False
    "Whether who is new gets an account although sign-up is closed, if the provider confirms an e-mail address."


class Config(msgspec.Struct, frozen=True, kw_only=True):
    """Everything an operator may set. Each field is the variable ``URANIBORG_<FIELD>`` or a key of the TOML file."""

    data_dir: Path = Path(".uraniborg")
    "Where the embedded database, the local objects and the service's own secret live."
    database_url: str = ""
    "postgresql://...; empty: a PostgreSQL of our own under data_dir."
    objects_url: str = ""
    "file:///folder or s3://bucket?endpoint=...; empty: a folder under data_dir."
    public_url: str = ""
    "The address people reach the service at; empty: http:// and the listen address."
    listen: str = "127.0.0.1:8000"
    "Address and port to answer on."
    trusted_proxies: str = ""
    "Addresses or networks, with commas between, of proxies in front, which are believed whom they speak for."
    signup: Literal["open", "closed"] = "closed"
    "Whether anyone may make an account, or the operator does."
    identity_providers: dict[str, IdentityProvider] = {}
    "Where people can sign in elsewhere, by name; in the TOML file only."
    worker: bool = True
    "Whether `serve` also runs a worker for the jobs."
    worker_processes: int = 2
    "Processes that read headers and draw previews."
    job_attempts: int = 5
    "How often a job may fail before it is dead and waits for somebody to retry it; that its worker died is no failure."
    job_retry_seconds: float = 2.0
    "How long the first retry waits; each next one twice as long."
    job_lease_seconds: float = 15.0
    "After how long without a sign of life of its worker a job is taken over."
    worker_grace_seconds: float = 30.0
    "How long a worker that is told to stop waits for the jobs in its hands; then they wait for the next one."
    session_hours: float = 24 * 14
    "How long a browser stays signed in."
    device_poll_seconds: float = 5.0
    "How long a device that waits to be let in waits before it asks again."
    signed_url_seconds: int = 300
    "How long a download address works."
    upload_url_seconds: int = 300
    "How long an upload address works: to begin sending to it; a client asks for another afterwards."
    part_size_bytes: int = 64 * 1024 * 1024
    "Files larger than this are sent in parts of this size."
    max_file_bytes: int = 5 * 1024**4
    "Largest file taken."
    delete_grace_days: float = 30
    "How long a deleted file can be restored."
    stripe_key: Secret = Secret("")
    "Secret key of Stripe, which then takes payments; empty: there are plans and no payer."
    stripe_webhook_secret: Secret = Secret("")
    "What Stripe signs its events with: those of the endpoint <public_url>/stripe/events."
    stripe_url: str = "https://api.stripe.com"
    "Where Stripe's API is; https, or this machine itself."
    stripe_tax: bool = False
    "Whether Stripe computes taxes (Stripe Tax), for which addresses and tax numbers are asked at checkout."
    recall_days: int = 7
    "How long what was recalled from the archive can be read before it goes back."
    plans_file: str = ""
    "TOML file of plans, in the form of billing/plans.toml; empty: that one, which limits and costs nothing."
    mail_url: Secret = Secret("")
    "Where mail is handed over: smtp://user:password@host:port or smtps://...; empty: a file each in data_dir/mail."
    mail_from: str = ""
    "Who mail is from, as in Uraniborg <noreply@hven.example>; empty: noreply at the public address's host."
    webhook_private_addresses: bool = False
    "Whether webhooks may lead to http:// and to addresses inside a network: for tests, never where strangers register."
    admin_email: str = ""
    "Whom harvesters and others write to; empty: postmaster at the service's host."
    datacite_url: str = "https://api.datacite.org"
    "Where DataCite's REST API is; https, or this machine itself."
    datacite_test_url: str = "https://api.test.datacite.org"
    "Where DataCite's test system is."
    satellites_url: str = "https://celestrak.org/NORAD/elements/gp.php?GROUP=active&FORMAT=csv"
    "Where element sets of satellites are fetched from, OMM or two-line; empty: nowhere."
    satellites_interval_hours: float = 8.0
    "How often; not more often than every two hours."
    name_server: str = ""
    "Who is asked for DNS records that prove an organisation's own host, such as 127.0.0.1:5353; empty: the system's."
    log_format: Literal["json", "text"] = "text"
    "How log lines look."

    @property
    def host(self) -> str:
        return self.listen.rpartition(":")[0].strip("[]")

    @property
    def port(self) -> int:
        return int(self.listen.rpartition(":")[2])

    @property
    def proxies(self) -> list[str]:
        return [each.strip() for each in self.trusted_proxies.split(",") if each.strip()]

    @property
    def base_url(self) -> str:
        host = "127.0.0.1" if self.host in ("0.0.0.0", "::", "") else self.host  # noqa: S104 (compared, not bound)
        return (self.public_url or f"http://{host}:{self.port}").rstrip("/")

    @property
    def effective_objects_url(self) -> str:
        return self.objects_url or (self.data_dir / "store").absolute().as_uri()

    @property
    def scratch_dir(self) -> Path:
        """Where large things lie for a while, without names: /tmp may be small, or the machine's memory."""
        return (self.data_dir / "scratch").absolute()

    def secret_file(self, purpose: str) -> Path:
        return self.data_dir / "secrets" / purpose

    def secret(self, purpose: str) -> bytes:
        """Read the service's own secret for one purpose, made at first use and kept in the data folder (mode 0600)."""
        path = self.secret_file(purpose)
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            draft = path.with_name(f".{purpose}.{os.getpid()}")
            with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
                file.write(secrets.token_bytes(32))
            with contextlib.suppress(FileExistsError):
                os.link(draft, path)  # whoever comes first; a half-written secret is never seen
            draft.unlink()
        return path.read_bytes()


def load_config(environment: Mapping[str, str] | None = None, **overrides: Any) -> Config:
    """Read the configuration: overrides, then ``URANIBORG_*``, then the TOML file, then defaults.

    The file is named by ``URANIBORG_CONFIG``, or is ``uraniborg.toml`` in the working folder if there is one.

    Raises
    ------
    InvalidInput
        An unknown name, or a value of the wrong type; the message names it.
    """
    environment = os.environ if environment is None else environment
    fields = {f.name for f in msgspec.structs.fields(Config)}
    named = environment.get(PREFIX + "CONFIG")
    file = Path(named or "uraniborg.toml")
    values: dict[str, Any] = {}
    if named or file.exists():
        try:
            values.update(tomllib.loads(file.read_text()))
        except OSError as error:
            raise InvalidInput(f"The configuration file {file} cannot be read.") from error
        except tomllib.TOMLDecodeError as error:
            raise InvalidInput(f"The configuration file {file} is not valid TOML: {error}.") from error
    if unknown := values.keys() - fields:
        raise InvalidInput(f"The configuration file names {sorted(unknown)}, which are no settings: {sorted(fields)}.")
    for name in fields:
        if (text := environment.get(PREFIX + name.upper())) is not None:
            values[name] = text
    values.update(overrides)
    try:
        config = msgspec.convert(values, Config, strict=False, dec_hook=_decode)
    except msgspec.ValidationError as error:
        raise InvalidInput(f"A setting has the wrong form: {error}.") from error
    for name, provider in config.identity_providers.items():
        if not re.fullmatch(r"[a-z0-9-]{1,40}", name) or name == "second-factor":
            raise InvalidInput(
                f"The identity provider {name!r} needs another name: lower case letters, digits, hyphens."
            )
        if provider.preset != "github" and bool(provider.issuer) == bool(provider.preset):
            raise InvalidInput(f"The identity provider {name!r} needs either an issuer or a preset.")
    if not re.fullmatch(r"\S*:\d{1,5}", config.listen):
        raise InvalidInput("URANIBORG_LISTEN must be an address and a port, such as 127.0.0.1:8000.")
    for proxy in config.proxies:
        try:
            ip_network(proxy)
        except ValueError as error:
            raise InvalidInput(
                f"URANIBORG_TRUSTED_PROXIES names addresses or networks, as in 127.0.0.1,10.0.0.0/8: {error}."
            ) from error
    if config.mail_url:
        read_mail_url(config.mail_url)  # says now what is wrong with it
    read_sender(config.mail_from)
    if config.name_server:
        read_name_server(config.name_server)
    if config.satellites_url and not re.fullmatch(r"https?://[^\s/]\S*", config.satellites_url):
        raise InvalidInput("URANIBORG_SATELLITES_URL must begin with https:// or http://, or be empty.")
    if not 2.0 <= config.satellites_interval_hours <= 24 * 30:
        raise InvalidInput("URANIBORG_SATELLITES_INTERVAL_HOURS must be from 2, as sources ask for, to 720.")
    if not 1 <= config.recall_days <= 365:
        raise InvalidInput("URANIBORG_RECALL_DAYS must be from 1 to 365.")
    if bool(config.stripe_key) != bool(config.stripe_webhook_secret):
        raise InvalidInput("Give both URANIBORG_STRIPE_KEY and URANIBORG_STRIPE_WEBHOOK_SECRET, or neither.")
    for name in ("datacite_url", "datacite_test_url", "stripe_url"):
        # Passwords go there.
        if not re.fullmatch(
            r"https://[^\s/]\S*|http://(127\.0\.0\.1|localhost|\[::1\])(:\d+)?(/\S*)?", getattr(config, name)
        ):
            raise InvalidInput(f"{PREFIX}{name.upper()} must begin with https://, as {getattr(Config(), name)}.")
    return config


def _decode(kind: type, value: Any) -> Any:
    if kind is Path:
        return Path(value).expanduser()
    if kind is Secret:
        return Secret(value)
    if kind is Secret and isinstance(value, str):
        return Secret(value)
    raise TypeError(kind)
