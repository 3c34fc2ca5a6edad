import grpc
import pytest

from emsar.statistics import google as client
from tests.statistics.google_server import Google, serving


@pytest.fixture
def connected(settings):
    """A property and a key; the key's file is never opened, the servers want none."""
    settings.GA_PROPERTY_ID = "123456"
    settings.GA_CREDENTIALS_FILE = "nowhere.json"


@pytest.fixture
def google(connected, monkeypatch):
    """Servers in place of Google's, and waits short enough for a test."""
    answers = Google()
    with serving(answers) as address:
        channels = []

        def local(kind):
            channels.append(grpc.insecure_channel(address))
            return kind(channel=channels[-1])

        monkeypatch.setattr(client, "transport", local)
        monkeypatch.setattr(client, "FIRST_WAIT", 0.01)
        yield answers
        for channel in channels:
            channel.close()
