# SPDX-License-Identifier: EUPL-1.2
"""What a team would build otherwise: a service that nginx asks before each request. It checks the token, asks pycasbin
for the role, looks the consent up, and writes one row of a log. No group commit, no hash, no second decision."""

import os

import asyncpg
import casbin
import jwt
from casbin.model import Model
from fastapi import FastAPI, Request, Response

MODEL = """
[request_definition]
r = role, thing, act
[policy_definition]
p = role, thing, act
[policy_effect]
e = some(where (p.eft == allow))
[matchers]
m = r.role == p.role && r.thing == p.thing && r.act == p.act
"""

app = FastAPI(openapi_url=None)


@app.on_event("startup")
async def start():
    with open(os.environ["NAIVE_KEY"]) as file:
        app.state.key = file.read()
    model = Model()
    model.load_model_from_text(MODEL)
    enforcer = casbin.Enforcer(model)
    rules = int(os.environ["NAIVE_RULES"])
    enforcer.add_policies([(f"role{n % 20}", f"thing{n}", "read") for n in range(rules - 1)])
    enforcer.add_policy("ib", "signal", "submit")
    app.state.enforcer = enforcer
    app.state.pool = await asyncpg.create_pool(os.environ["NAIVE_DATABASE"], min_size=16, max_size=16)
    async with app.state.pool.acquire() as connection:
        await connection.execute(
            "CREATE TABLE IF NOT EXISTS consent (pupil text PRIMARY KEY, state text);"
            "CREATE TABLE IF NOT EXISTS log (id bigserial PRIMARY KEY, at timestamptz DEFAULT now(), who text, what text, outcome text)"
        )


@app.get("/ask")
@app.post("/ask")
async def ask(request: Request) -> Response:
    token = request.headers["authorization"].removeprefix("Bearer ")
    claims = jwt.decode(token, app.state.key, algorithms=["ES256"], audience="https://sluis.test")
    allowed = app.state.enforcer.enforce("ib", "signal", "submit")
    async with app.state.pool.acquire() as connection:
        await connection.fetchval("SELECT state FROM consent WHERE pupil = $1", claims["sub"])
        await connection.execute(
            "INSERT INTO log (who, what, outcome) VALUES ($1, $2, $3)", claims["sub"], "signal", "allowed" if allowed else "refused"
        )
    return Response(status_code=204 if allowed else 403)
