# SPDX-License-Identifier: GPL-3.0-or-later
"""The root authority that the demo's inventory names, and a certificate of it for each host, as strongSwan's files."""

from __future__ import annotations

import datetime
from collections.abc import Iterable

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID

METHOD = [{"method": "certificate", "ca": "CN=Example Root, O=Example"}]
"""As tests/demo/inventory.yml has it."""
FILE = "host.pem"
DAY = datetime.timedelta(days=1)


def files_of_hosts(hosts: Iterable[str]) -> dict[str, dict[str, str]]:
    """The files below /etc/swanctl of each host: its certificate and key, and the authority's certificate."""
    root_key = _key()
    root_name = _name("Example Root")
    root = _certificate(root_name, root_name, root_key, root_key, authority=True)
    found = {}
    for host in hosts:
        key = _key()
        own = _certificate(_name(f"{host}.example"), root_name, key, root_key, authority=False)
        text = key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        found[host] = {f"x509/{FILE}": _pem(own), "x509ca/root.pem": _pem(root), "private/host.key": text.decode()}
    return found


def _key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def _name(common: str) -> x509.Name:
    """A subject in the order in which Windows writes it, the common name first."""
    parts = ((NameOID.COMMON_NAME, common), (NameOID.ORGANIZATION_NAME, "Example"))
    return x509.Name([x509.NameAttribute(kind, value) for kind, value in parts])


def _certificate(
    subject: x509.Name, issuer: x509.Name, key: rsa.RSAPrivateKey, signer: rsa.RSAPrivateKey, *, authority: bool
) -> x509.Certificate:
    now = datetime.datetime.now(datetime.timezone.utc)
    builder = (
        x509.CertificateBuilder().subject_name(subject).issuer_name(issuer).public_key(key.public_key())
        .serial_number(x509.random_serial_number()).not_valid_before(now - DAY).not_valid_after(now + DAY)
        .add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
    )  # fmt: skip
    return builder.sign(signer, hashes.SHA256())


def _pem(certificate: x509.Certificate) -> str:
    return certificate.public_bytes(serialization.Encoding.PEM).decode()
