"""A certificate authority of one test run: it is trusted by the browsers under test alone."""

import base64
import hashlib
import ssl
import tempfile
from datetime import UTC, datetime, timedelta
from functools import cache
from ipaddress import ip_address
from threading import Lock

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.asymmetric.types import CertificatePublicKeyTypes
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

# Long enough to each side for tests that travel in time.
LIFE = timedelta(days=3650)
NAME = "Authority of the tests"


class Authority:
    """Signs a certificate for any host. Its key and theirs live in memory alone."""

    def __init__(self) -> None:
        self._key = generate_private_key(SECP256R1())
        # One key for all leaves: a new one for each host would tell no test anything more.
        self._leaf_key = generate_private_key(SECP256R1())
        self._contexts: dict[str, ssl.SSLContext] = {}
        self._lock = Lock()
        self.certificate = self._sign_itself()

    @property
    def pem(self) -> str:
        """The authority's certificate, for a client that is to trust it."""
        return self.certificate.public_bytes(Encoding.PEM).decode()

    @property
    def fingerprint(self) -> str:
        """The hash of the public key, as Chromium's list of accepted keys wants it."""
        key = self._key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        return base64.b64encode(hashlib.sha256(key).digest()).decode()

    def context(self, host: str) -> ssl.SSLContext:
        """What a server needs to speak TLS as ``host``; made once a host."""
        with self._lock:
            if host not in self._contexts:
                self._contexts[host] = self._make_context(host)
            return self._contexts[host]

    def _make_context(self, host: str) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        key = self._leaf_key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        chain = self._sign(host).public_bytes(Encoding.PEM) + self.pem.encode()
        # OpenSSL reads certificates from files alone.
        with tempfile.NamedTemporaryFile(suffix=".pem") as file:
            file.write(key + chain)
            file.flush()
            context.load_cert_chain(file.name)
        return context

    def _sign_itself(self) -> x509.Certificate:
        key = self._key.public_key()
        usage = _usage(key_cert_sign=True, crl_sign=True)
        return (
            _builder(NAME, key)
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .add_extension(usage, critical=True)
            .sign(self._key, hashes.SHA256())
        )

    def _sign(self, host: str) -> x509.Certificate:
        issuer = x509.AuthorityKeyIdentifier.from_issuer_public_key(self._key.public_key())
        return (
            _builder(host, self._leaf_key.public_key())
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(_usage(digital_signature=True), critical=True)
            .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
            .add_extension(x509.SubjectAlternativeName([_alternative(host)]), critical=False)
            .add_extension(issuer, critical=False)
            .sign(self._key, hashes.SHA256())
        )


@cache
def authority() -> Authority:
    """The authority of this run."""
    return Authority()


def _builder(name: str, key: CertificatePublicKeyTypes) -> x509.CertificateBuilder:
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(_name(name))
        .issuer_name(_name(NAME))
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - LIFE)
        .not_valid_after(now + LIFE)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
    )


def _name(words: str) -> x509.Name:
    # A common name holds 64 letters at most; what counts is the alternative name.
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, words[:64])])


def _alternative(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ip_address(host))
    except ValueError:
        return x509.DNSName(host)


def _usage(**wanted: bool) -> x509.KeyUsage:
    names = (
        *("digital_signature", "content_commitment", "key_encipherment", "data_encipherment"),
        *("key_agreement", "key_cert_sign", "crl_sign", "encipher_only", "decipher_only"),
    )
    return x509.KeyUsage(**dict.fromkeys(names, False) | wanted)
