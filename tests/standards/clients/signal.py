# SPDX-License-Identifier: EUPL-1.2
"""A school system that was written against the description of the API, with the client that a generator made of it.

Places a signal, reads it back, and reads one that is not there. Prints what it read.
"""

import json
import os
import ssl
import uuid

from sluis_client import AuthenticatedClient
from sluis_client.api.organisaties import lijst_organisaties
from sluis_client.api.signalen import dien_signaal_in, lees_signaal
from sluis_client.models import (
    NieuwSignaal,
    NieuwSignaalDoel,
    NieuwSignaalOnderwerpenItem,
    NieuwSignaalSoort,
    OntvangendLoket,
    OntvangendLoketLoket,
    OverJeugdige,
    Probleem,
    VerzondenSignaal,
)

trusted = ssl.create_default_context(cafile=os.environ["SLUIS_AUTHORITY"])
trusted.load_cert_chain(os.environ["SLUIS_CERTIFICATE"], os.environ["SLUIS_KEY"])
client = AuthenticatedClient(
    base_url=os.environ["SLUIS_BASE"], token=os.environ["SLUIS_TOKEN"], verify_ssl=trusted, raise_on_unexpected_status=True
)

signal = NieuwSignaal(
    soort=NieuwSignaalSoort.PREVENTIEF,
    doel=NieuwSignaalDoel.VROEGSIGNALERING,
    jeugdige=OverJeugdige(leerlingsleutel=os.environ["SLUIS_PUPIL"]),
    ontvangers=[OntvangendLoket(organisatie=os.environ["SLUIS_RECEIVER"], loket=OntvangendLoketLoket.WIJKTEAM)],
    op_naam=False,
    onderwerpen=[NieuwSignaalOnderwerpenItem.GEDRAG],
)
organisations = lijst_organisaties.sync(client=client)
placed = dien_signaal_in.sync(client=client, body=signal, idempotency_key=f'"{uuid.uuid4()}"')
assert isinstance(placed, VerzondenSignaal), placed
read = lees_signaal.sync(id=placed.signaal_id, client=client)
assert isinstance(read, VerzondenSignaal), read
absent = lees_signaal.sync(id="0" * 32, client=client)
assert isinstance(absent, Probleem), absent

print(
    json.dumps(
        {
            "placed": placed.signaal_id,
            "read": read.signaal_id,
            "form": read.ontvangers[0].vorm.value,
            "absent": absent.status,
            "organisations": len(organisations.organisaties),
        }
    )
)
