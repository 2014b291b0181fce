# SPDX-License-Identifier: EUPL-1.2
"""What the description of the API says in words, and no schema can: applied to the requests that are meant to be right.

A day lies in the past, an end lies after its beginning, a number passes its own test, a text holds no number. A request
that is meant to be wrong is left exactly as it was made up.
"""

import datetime
import re
import unicodedata
import uuid

import schemathesis

ABSENCE = {"verzuim", "overig_verzuim", "vsv"}
# Kinds that say no more than any kind may. What another kind must say of its own is held in conversations.
PLAIN = {"preventief", "consultatie", "aanmelding", "veiligheid", "informatie_jeugdbescherming"} | ABSENCE
OF_OTHER_KINDS = ("aanvraag", "leeftijdsband", "reden", "trede")
# What a kind of fact must say of its own; the same holds for these.
PLAIN_FACTS = {
    "inschrijving", "maatregel", "verblijf", "betrokkenheid", "afscherming", "beperking", "vrijstelling", "overlijden", "stilte",
}
MAY_TELL_ABSENCE = ABSENCE | {"informatie_jeugdbescherming"}
WITH_NUMBER = MAY_TELL_ABSENCE | {"veiligheid"}
TEXTS = {"voornamen", "achternaam", "contactpersoon", "locatie", "omschrijving", "toelichting", "kenmerk"}
# What belongs to a kind of fact: everything else on it is a fault.
INSTITUTION = {"organisatie": "99000000000000000061", "loket": "gecertificeerde_instelling"}
FACTS = {
    "maatregel": {"maatregel": "ondertoezichtstelling", "partij": INSTITUTION},
    "verblijf": {"gemeenteVooraf": "0225"},
    "betrokkenheid": {"partij": INSTITUTION, "doel": "jeugdbescherming"},
}
TODAY = datetime.date.today() - datetime.timedelta(days=1)


@schemathesis.hook
def before_call(context, case, kwargs):
    if case.meta is None or not case.meta.generation.mode.is_positive:
        return
    if isinstance(case.body, dict):
        case.body = right_body(case.operation.label, case.body)
    if case.headers and "Idempotency-Key" in case.headers:
        # Each request that is not a repetition has a key of its own.
        quote = '"' if case.headers["Idempotency-Key"].startswith('"') else ""
        made_up = case.headers["Idempotency-Key"].strip('"')[:90]
        case.headers["Idempotency-Key"] = f"{quote}{made_up}{uuid.uuid4().hex}{quote}"
    if case.query and "vanaf" in case.query:
        # Where a list goes on is something that the gateway gave to this caller.
        case.query = {name: value for name, value in case.query.items() if name != "vanaf"}
    if case.query and "omvang" in case.query:
        # No schema can say how large the log was.
        case.query = {name: value for name, value in case.query.items() if name != "omvang"}


def right_body(operation, body):
    if operation.startswith("POST /access/"):
        # Where a search goes on is something that the gateway gave for this very search.
        if isinstance(body.get("page"), dict):
            body["page"].pop("token", None)
        # Without questions the message is itself one, and must be whole.
        if operation == "POST /access/v1/evaluations" and not body.get("evaluations"):
            body["evaluations"] = [{}]
        return body
    body = right_value("", body)
    if operation == "POST /signalen":
        right_signal(body)
    if operation == "POST /bevragingen":
        in_order(body, "van", "tot", 0)
    if operation == "POST /gezag":
        in_order(body, "sinds", "tot", 1)
        # Whom a source names is not known here, and a matter belongs to part of the authority only.
        if body.get("soort") == "gi_met_deelgezag":
            body["soort"] = "ouder_met_gezag"
        for member in ("persoon", "doel", "gegevenssoort", "ontvanger"):
            body.pop(member, None)
    if operation == "POST /inzageverslagen":
        in_order(body, "van", "tot", 0)
    if operation in {"POST /gezag", "POST /toestemmingen", "POST /feiten", "POST /inzageverslagen", "POST /bezwaren"}:
        # One of both says whom it is about.
        body.pop("signaalId", None)
        body.setdefault("leerlingsleutel", "L-2026-0817")
    if operation in {"POST /toestemmingen", "POST /toestemmingen/{id}/verlenging"}:
        in_order(body, "geldigVan", "geldigTot", 1)
        # Whom a source names, and which texts are in use, no schema can say.
        body["tekstversie"] = "2026-1"
        if body["uitgesprokenOp"] < "2020-01-02":
            body["uitgesprokenOp"] = f"{TODAY.isoformat()}T09:30:00Z"
        body.pop("persoon", None)
    if operation == "POST /feiten":
        right_fact(body)
    if operation == "POST /verplichtingen/{id}/afronding":
        right_people(body)
    if operation == "POST /verplichtingen/{id}/uitstel":
        body["herzienDag"] = (TODAY + datetime.timedelta(days=8)).isoformat()
    if operation == "POST /signalen/{id}/acties" and body.get("soort") != "terugkoppelen":
        body.pop("vervolgstap", None)
        body.pop("toelichting", None)
    return body


def right_people(body):
    """Each person once, and either told or not."""
    if not isinstance(body.get("personen"), list):
        return
    people = {one["persoon"]: one for one in body["personen"]}
    for one in people.values():
        one.pop("nietVerteld", None)
        one.setdefault("kanaal", "gesprek")
    body["personen"] = list(people.values())


def right_fact(body):
    if body["soort"] not in PLAIN_FACTS:
        # They name a person, and whom a source names is not known here, or say more than a schema can tell.
        body["soort"] = "vrijstelling"
    for member in [member for member in body if member not in {"soort", "bron", "van", "tot", "leerlingsleutel"}]:
        body.pop(member)
    body.update(FACTS.get(body["soort"], {}))
    in_order(body, "van", "tot", 1)


def right_signal(body):
    if body.get("soort") not in PLAIN:
        body["soort"] = "preventief"
    for member in OF_OTHER_KINDS:
        body.pop(member, None)
    # Only a report on safety can wait with telling, and a day to look at that again lies ahead.
    if body["soort"] == "veiligheid" and isinstance(body.get("informerenUitgesteld"), dict):
        body["informerenUitgesteld"]["herzienDag"] = (TODAY + datetime.timedelta(days=8)).isoformat()
    else:
        body.pop("informerenUitgesteld", None)
    body["jeugdige"] = {name: one for name, one in body.get("jeugdige", {}).items() if name != "signaal"}
    body["jeugdige"].setdefault("leerlingsleutel", "L-2026-0817")
    body.setdefault("opNaam", False)
    if body.get("soort") not in WITH_NUMBER:
        body["jeugdige"].pop("bsn", None)
    if body.get("soort") not in MAY_TELL_ABSENCE:
        body.pop("verzuim", None)
    elif body["soort"] in ABSENCE and "verzuim" not in body:
        body["soort"] = "preventief"
        body["jeugdige"].pop("bsn", None)
    elif "verzuim" in body:
        in_order(body["verzuim"], "van", "tot", 0)
    if "ontvangers" in body:
        different = {(one["organisatie"], one["loket"]): one for one in body["ontvangers"]}
        body["ontvangers"] = list(different.values())


def in_order(body, first, last, least):
    if first not in body or last not in body:
        return
    begin, end = (datetime.date.fromisoformat(body[name]) for name in (first, last))
    if not least <= (end - begin).days <= 400:
        body[last] = (begin + datetime.timedelta(days=least)).isoformat()


def right_value(name, value):
    if isinstance(value, dict):
        return {name: right_value(name, one) for name, one in value.items()}
    if isinstance(value, list):
        return [right_value(name, one) for one in value]
    if not isinstance(value, str):
        return value
    if name == "bsn":
        return "999990019"
    if name == "leerlingsleutel":
        return value if re.fullmatch(r"[A-Z]-[0-9-]{1,9}", value) else "L-2026-0817"
    if name in TEXTS:
        return value if readable(value) else "een paar gewone woorden"
    if name in {"uitgesprokenOp", "eldersBevestigdOp"}:
        return value if value < TODAY.isoformat() else f"{TODAY.isoformat()}T09:30:00Z"
    if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value):
        return min(value, TODAY.isoformat())
    return value


def readable(text):
    control = any(unicodedata.category(letter) in {"Cc", "Cf", "Zl", "Zp", "Cs"} for letter in text)
    return bool(text.strip()) and not control and not any(letter.isnumeric() for letter in text)
