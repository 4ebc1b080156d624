# SPDX-License-Identifier: Apache-2.0
import pytest

from hearthline.hub.directory.models import Organisation
from hearthline.hub.mail.tests.make import Inbox, mail_server
from hearthline.hub.notices.models import Notice
from hearthline.hub.notices.tests.make import make_host, make_sent

ADDRESS = "http://pages.harbour-host.test/album/7"


@pytest.fixture
def inbox(settings):
    """A real mail server on loopback that takes everything."""
    with mail_server(settings, Inbox()) as inbox:
        yield inbox


@pytest.fixture
def host(ada, now) -> Organisation:
    return make_host(ada=ada, at=now)


@pytest.fixture
def notice(inbox, host, ana, ben, now) -> Notice:
    """Sent to Harbour Hosting at nine on Monday."""
    return make_sent(ADDRESS, ana=ana, ben=ben, at=now)
