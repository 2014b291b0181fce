// SPDX-License-Identifier: EUPL-1.2
//! Holds a conversation with a gateway.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use reqwest::redirect::Policy;
use reqwest::{Certificate, Client, Identity, RequestBuilder};
use serde_json::Value;
use sluis_sandbox::Counterpart;
use sluis_sandbox::behaviour::Behaviour;
use tokio::task::JoinSet;

use crate::Trouble;
use crate::conversation::{Act, Expected, Request, Step};
use crate::gateway::Gateway;
use crate::pattern::{Extra, Names, compare, compare_text, fill};
use crate::token::credentials;
use crate::world::World;

/// An answer as it came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// The headers, in order of their names.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: String,
}

const NO_ANSWER: &str = "no answer";

/// A conversation that is being held.
pub struct Play<'a> {
    world: &'a World,
    gateway: &'a Gateway,
    clients: BTreeMap<Option<String>, Client>,
    answers: BTreeMap<String, Answer>,
    seen: BTreeMap<String, usize>,
    /// What names stand for by now.
    pub names: Names,
}

impl<'a> Play<'a> {
    /// Begins. Messages that counterparts received earlier do not count.
    #[must_use]
    pub fn new(world: &'a World, gateway: &'a Gateway) -> Self {
        Self {
            world,
            gateway,
            clients: BTreeMap::new(),
            answers: BTreeMap::new(),
            seen: BTreeMap::new(),
            names: world.names(),
        }
    }

    /// Takes one step.
    ///
    /// # Errors
    /// When what happens is not what was written down.
    pub async fn step(&mut self, step: &Step) -> Result<(), Trouble> {
        match &step.act {
            Act::Exchange(request, expected) => self.exchange(&step.title, request, expected).await,
            Act::Behave { counterpart, behaviour } => {
                let (counterpart, _) = self.counterpart(counterpart)?;
                counterpart.behave(behaviour_called(behaviour)?).await.map_err(|error| error.to_string())
            }
            Act::Received { counterpart, within, message } => {
                self.received(counterpart, *within, message.as_ref()).await
            }
        }
    }

    async fn exchange(&mut self, title: &str, request: &Request, expected: &Expected) -> Result<(), Trouble> {
        let until = Instant::now() + expected.within.unwrap_or_default();
        if expected.no_connection {
            return match self.ask(request).await {
                Ok(answer) => Err(format!("somebody answered: {}", answer.status)),
                Err(trouble) if trouble.starts_with(NO_ANSWER) => Ok(()),
                Err(trouble) => Err(trouble),
            };
        }
        if request.at_once > 1 {
            return self.exchange_at_once(request, expected).await;
        }
        loop {
            let answer = self.ask(request).await?;
            let judged = self.judge(request, expected, &answer);
            if judged.is_ok() || Instant::now() > until {
                self.answers.insert(title.to_owned(), answer.clone());
                return judged.map_err(|trouble| {
                    let shown = self.world.masked(&answer.body);
                    format!("{trouble}\n      it was: {} {shown}", answer.status)
                });
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }

    /// Sends all before the first answer is there.
    async fn exchange_at_once(&mut self, request: &Request, expected: &Expected) -> Result<(), Trouble> {
        let mut asked = JoinSet::new();
        for number in 1..=request.at_once {
            self.names.insert("number".into(), number.to_string());
            asked.spawn(whole_answer(self.prepare(request)?));
        }
        let mut as_wished = 0;
        for answer in asked.join_all().await {
            let answer = answer?;
            if expected.or_status == Some(answer.status) {
                clean(&answer)?;
            } else {
                self.judge(request, expected, &answer).map_err(|trouble| {
                    format!("{trouble}\n      it was: {} {}", answer.status, self.world.masked(&answer.body))
                })?;
                as_wished += 1;
            }
        }
        if as_wished > 0 { Ok(()) } else { Err("none had the first status".into()) }
    }

    /// Asks once.
    ///
    /// # Errors
    /// When there was no answer.
    pub async fn ask(&mut self, request: &Request) -> Result<Answer, Trouble> {
        whole_answer(self.prepare(request)?).await
    }

    /// Makes everything ready that sending needs: names filled in, credentials made.
    ///
    /// # Errors
    /// When the request is not understood.
    pub fn prepare(&mut self, request: &Request) -> Result<RequestBuilder, Trouble> {
        let credentials = credentials(self.world, &fill(&request.caller, &self.names))?;
        let target = fill(&request.target, &self.names);
        let url = match target.strip_prefix("operations:") {
            Some(path) => format!("{}{path}", self.gateway.operations),
            None => format!("{}{target}", self.gateway.machine),
        };
        let client = self.client(credentials.certificate.as_deref())?;
        let method = request.method.parse().map_err(|_| format!("`{}` is no method", request.method))?;
        let mut sent = client.request(method, url);
        if let Some(token) = &credentials.token {
            sent = sent.header("authorization", format!("Bearer {token}"));
        }
        for (name, value) in &request.headers {
            sent = sent.header(name, fill(value, &self.names));
        }
        if !request.body.is_empty() {
            let body = fill(&request.body, &self.names);
            let padding = " ".repeat(request.padded.saturating_sub(body.len()));
            sent = sent.body(body + padding.as_str());
            if !request.headers.iter().any(|(name, _)| name == "content-type") {
                sent = sent.header("content-type", "application/json");
            }
        }
        Ok(sent)
    }

    fn client(&mut self, certificate: Option<&str>) -> Result<Client, Trouble> {
        if let Some(client) = self.clients.get(&certificate.map(str::to_owned)) {
            return Ok(client.clone());
        }
        let unusable = |error: reqwest::Error| format!("no client: {}", causes(&error));
        let root = Certificate::from_pem(self.world.pki.ca_pem().as_bytes()).map_err(unusable)?;
        let mut builder = Client::builder().tls_certs_only([root]).no_proxy().redirect(Policy::none());
        if let Some(name) = certificate {
            let issued =
                self.world.certificates.get(name).ok_or_else(|| format!("there is no certificate `{name}`"))?;
            let pem = format!("{}{}", issued.certificate_pem, issued.key_pem);
            builder = builder.identity(Identity::from_pem(pem.as_bytes()).map_err(unusable)?);
        }
        let client = builder.timeout(Duration::from_secs(30)).build().map_err(unusable)?;
        self.clients.insert(certificate.map(str::to_owned), client.clone());
        Ok(client)
    }

    fn judge(&mut self, request: &Request, expected: &Expected, answer: &Answer) -> Result<(), Trouble> {
        if let Some(status) = expected.status.filter(|status| *status != answer.status) {
            return Err(format!("status {status} was expected"));
        }
        if !request.target.starts_with("operations:") {
            clean(answer)?;
        }
        if let Some(title) = &expected.same_as {
            let earlier = self.answers.get(title).ok_or_else(|| format!("there is no earlier `{title}`"))?;
            same(earlier, answer)?;
        }
        for (name, pattern) in &expected.headers {
            let found = answer.headers.iter().find(|(known, _)| known == name);
            match (found, pattern.as_str()) {
                (None, "{absent}") => {}
                (None, _) => return Err(format!("header {name} is not there")),
                (Some(_), "{absent}") => return Err(format!("header {name} must not be there")),
                (Some((_, value)), pattern) => {
                    compare_text(pattern, value, &mut self.names)
                        .map_err(|trouble| format!("header {name} {trouble}"))?;
                }
            }
        }
        let Some(pattern) = &expected.body else {
            return if expected.extra == Extra::Refused && !answer.body.is_empty() {
                Err("there must be no body".into())
            } else {
                Ok(())
            };
        };
        let body = serde_json::from_str(&answer.body).map_err(|_| "the body is not JSON")?;
        compare(pattern, &body, expected.extra, &mut self.names)
    }

    fn counterpart(&self, name: &str) -> Result<(&'a Counterpart, String), Trouble> {
        let (system, path) = match name {
            "wijkteam" | "leerplicht" | "gecertificeerde_instelling" | "rmc" => ("back-office", format!("/{name}/")),
            "toegang" | "samenwerkingsverband" => ("access-office", format!("/{name}/")),
            "school" => ("school-system", format!("/{}/", sluis_sandbox::seed::SCHOOL)),
            other => match self.neighbouring(other) {
                Some(path) => ("neighbours", path),
                None => (other, "/".to_owned()),
            },
        };
        let found = self.world.counterparts.get(system).ok_or_else(|| format!("there is no counterpart `{name}`"))?;
        Ok((found, path))
    }

    /// Where a neighbour is delivered to: `gemeente-tiel.wijkteam`, or by its name alone where it has one desk.
    fn neighbouring(&self, name: &str) -> Option<String> {
        let (short, desk) = name.split_once('.').unwrap_or((name, ""));
        let neighbour = self.world.neighbours.iter().find(|known| known.short == short)?;
        let desk = neighbour.desks.iter().find(|known| known.code() == desk).or(neighbour.desks.first())?;
        Some(neighbour.path(*desk))
    }

    /// The next message that a counterpart received since the last one looked at.
    async fn received(
        &mut self,
        name: &str,
        within: Duration,
        message: Option<&(Value, Extra)>,
    ) -> Result<(), Trouble> {
        let (counterpart, path) = self.counterpart(name)?;
        let seen = self.seen.get(name).copied().unwrap_or_default();
        let until = Instant::now() + within;
        loop {
            let received = counterpart.received();
            let next = received.iter().filter(|received| received.path.starts_with(&path)).nth(seen);
            match (next, message) {
                (Some(_), None) => return Err(format!("{name} received something")),
                (Some(next), Some((pattern, extra))) => {
                    self.seen.insert(name.to_owned(), seen + 1);
                    let body = serde_json::from_str(&next.body).map_err(|_| "the message is not JSON")?;
                    let compared = compare(pattern, &body, *extra, &mut self.names);
                    return compared
                        .map_err(|trouble| format!("{trouble}\n      it was: {}", self.world.masked(&next.body)));
                }
                (None, None) if Instant::now() > until => return Ok(()),
                (None, Some(_)) if Instant::now() > until => return Err(format!("{name} received nothing")),
                (None, _) => tokio::time::sleep(Duration::from_millis(50)).await,
            }
        }
    }

    /// Lets messages that came before this conversation not count in it.
    pub fn forget_received(&mut self) {
        let neighbours = self.world.neighbours.iter().flat_map(|known| {
            let by_desk = known.desks.iter().map(|desk| format!("{}.{desk}", known.short));
            by_desk.chain([known.short.clone()])
        });
        let own = [
            "wijkteam",
            "leerplicht",
            "toegang",
            "samenwerkingsverband",
            "gecertificeerde_instelling",
            "rmc",
            "school",
            "back-office",
            "school-system",
            "verwijsindex",
        ];
        for name in own.map(str::to_owned).into_iter().chain(neighbours) {
            if let Ok((counterpart, path)) = self.counterpart(&name) {
                let received = counterpart.received();
                self.seen.insert(name, received.iter().filter(|received| received.path.starts_with(&path)).count());
            }
        }
    }
}

/// Sends what was prepared, and waits for the whole answer.
///
/// # Errors
/// When there was none.
pub async fn whole_answer(sent: RequestBuilder) -> Result<Answer, Trouble> {
    let came = sent.send().await.map_err(|error| format!("{NO_ANSWER}: {}", causes(&error)))?;
    let status = came.status().as_u16();
    let text = |value: &reqwest::header::HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
    let mut headers: Vec<_> = came.headers().iter().map(|(name, value)| (name.to_string(), text(value))).collect();
    headers.sort();
    let body = came.text().await.map_err(|error| format!("no whole answer: {}", causes(&error)))?;
    Ok(Answer { status, headers, body })
}

/// What every answer on the machine listener has, whatever became of the request.
fn clean(answer: &Answer) -> Result<(), Trouble> {
    let header =
        |name: &str| answer.headers.iter().find(|(known, _)| known == name).map_or("", |(_, value)| value.as_str());
    for (name, wanted) in [
        ("api-version", "1."),
        ("x-content-type-options", "nosniff"),
        ("x-frame-options", "DENY"),
        ("cache-control", "no-store"),
        ("strict-transport-security", "max-age="),
        ("content-security-policy", "default-src 'none'"),
        ("referrer-policy", "no-referrer"),
        ("traceparent", "00-"),
    ] {
        if !header(name).starts_with(wanted) {
            return Err(format!("header {name} must begin with `{wanted}`"));
        }
    }
    if answer.status < 400 {
        return Ok(());
    }
    let problem: Value = serde_json::from_str(&answer.body).map_err(|_| "a problem must be JSON")?;
    let kind = problem.get("type").and_then(Value::as_str).unwrap_or_default();
    let trace = problem.get("traceId").and_then(Value::as_str).unwrap_or("no trace");
    let whole = header("content-type") == "application/problem+json"
        && problem.get("status").and_then(Value::as_u64) == Some(u64::from(answer.status))
        && kind.starts_with("urn:sluis:probleem:")
        && header("traceparent").contains(trace);
    if whole { Ok(()) } else { Err("this is not a whole problem".into()) }
}

/// Whether two answers cannot be told apart, but for the trace that belongs to each.
///
/// # Errors
/// With what tells them apart.
pub fn same(earlier: &Answer, answer: &Answer) -> Result<(), Trouble> {
    let trace = |answer: &Answer| {
        let header = answer.headers.iter().find(|(name, _)| name == "traceparent");
        header.and_then(|(_, value)| value.split('-').nth(1)).unwrap_or_default().to_owned()
    };
    let stripped = |answer: &Answer| {
        let own = trace(answer);
        let headers =
            answer.headers.iter().filter(|(name, _)| name != "traceparent" && name != "date").cloned().collect();
        Answer { status: answer.status, headers, body: answer.body.replace(&own, "") }
    };
    let (one, other) = (stripped(earlier), stripped(answer));
    if one == other { Ok(()) } else { Err(format!("this can be told apart from {one:?}")) }
}

fn behaviour_called(name: &str) -> Result<Behaviour, Trouble> {
    use Behaviour::{
        Breaks, Down, EndlessAnswer, Fails, Hangs, Healthy, HugeAnswer, NoAcknowledgement, Redirects, WrongId,
    };
    let all = [Healthy, Down, Hangs, Breaks, Redirects, NoAcknowledgement, WrongId, Fails, HugeAnswer, EndlessAnswer];
    all.into_iter().find(|known| format!("{known:?}") == name).ok_or_else(|| format!("there is no behaviour `{name}`"))
}

/// An error with what caused it, without addresses.
fn causes(error: &dyn std::error::Error) -> String {
    let mut said = error.to_string();
    let mut next = error.source();
    while let Some(cause) = next {
        said = format!("{said}: {cause}");
        next = cause.source();
    }
    said
}
